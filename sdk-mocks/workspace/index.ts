export { pageOf, requireAccountAdmin, servicePrincipalById } from './account.ts';
export { type Coverage, type CoverageRow, coverageMarkdown, coverageTable } from './coverage.ts';
export {
  defineFamily,
  defineOperation,
  defineSlot,
  type Exchange,
  type Family,
  type Grade,
  type HostServices,
  type Memory,
  type Need,
  type Operation,
  type Reply,
  type Services,
  type Slot,
} from './define.ts';
export type {
  AppsPort,
  NetworkPoliciesPort,
  Ports,
  SecretsPort,
  WarehouseInfo,
  WarehousesPort,
} from './ports.ts';
export { satisfyingScope } from './scopes.ts';
export { createWorkspace, type Workspace, type WorkspaceOptions } from './server.ts';
export { defaultSettings, type WorkspaceSettings } from './settings.ts';
