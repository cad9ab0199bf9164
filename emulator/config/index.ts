export { type AppConfig, type AppResource, type Config, type ConfigInput, configSchema } from './schema.ts';
