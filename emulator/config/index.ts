export { type AppYaml, type AppYamlEnv, readAppYaml } from './app-yaml.ts';
export { type Bundle, type BundleApp, type ReadBundleOptions, readBundle } from './bundle.ts';
export type { KnownNames } from './checks.ts';
export { configJsonSchema, configJsonSchemaText } from './json-schema.ts';
export {
  defaultWorld,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  resolveConfig,
  secretValues,
} from './load.ts';
export { kindOf, resourceLines } from './paste.ts';
export { ConfigError } from './problems.ts';
export {
  type AppConfig,
  type AppResource,
  type AppResourceKind,
  type Config,
  type ConfigInput,
  configSchema,
  type RuntimeSettings,
  resourceKindNames,
} from './schema.ts';
