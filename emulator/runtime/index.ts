export { createAppProcess } from './app-process.ts';
export type { AppProcess, AppTarget, LogLine, RuntimeOptions } from './contract.ts';
export { type ResourceGrant, resourceGrants } from './resource-grants.ts';
export { createResourceResolver, type ResourcePorts } from './resources.ts';
