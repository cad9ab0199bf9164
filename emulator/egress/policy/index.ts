export { type ActivePolicy, createActivePolicy } from './active.ts';
export { createDecide, type Decide, type EgressDecision, type Verdict } from './decide.ts';
export { isDatabricksName, isLoopback, isValidHostname, matchesHost, normalizeHost } from './hosts.ts';
export { loadPolicy, type Preset, presetPolicy, presets } from './load.ts';
export { type NetworkPolicy, networkPolicySchema, type Product } from './schema.ts';
export { parsePolicy, policyRefusals, type ValidationOptions } from './validate.ts';
