export type { AppBackend, Gateway, GatewayOptions, UpstreamTarget } from './contract.ts';
