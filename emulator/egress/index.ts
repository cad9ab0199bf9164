export type { Egress, EgressOptions, EgressReport } from './contract.ts';
export { createEgress } from './egress.ts';
export {
  isDatabricksName,
  type NetworkPolicy,
  networkPolicySchema,
  parsePolicy,
  policyRefusals,
  type ValidationOptions,
} from './policy/index.ts';
