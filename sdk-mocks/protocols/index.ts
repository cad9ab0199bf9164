export { createProtocols, type ProtocolOptions, type Protocols } from './protocols.ts';
export { createResultLinks, type ResultLinks } from './results/index.ts';
export { catalogMetadata, type MetadataPort, type ThriftSettings } from './thrift/index.ts';
