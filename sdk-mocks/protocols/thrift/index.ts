export { createSchema } from './codec/index.ts';
export { createThriftEndpoint, type ThriftEndpoint } from './endpoint.ts';
export { catalogMetadata, type MetadataPort } from './metadata/port.ts';
export type { ThriftParts } from './service.ts';
export { Sessions } from './sessions.ts';
export { defaultThriftSettings, type ThriftSettings } from './settings.ts';
