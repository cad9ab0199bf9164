export type { AppBackend, Gateway, GatewayOptions, UpstreamTarget } from './contract.ts';
export { createGateway } from './gateway.ts';
export { type ChangedSetting, changedSettings, describeSettings } from './settings.ts';
