export type { Egress, EgressOptions, EgressReport } from './contract.ts';
export { createEgress } from './egress.ts';
export { formatReport, type ReportFormat, reportFormats, type Suggestion, suggest } from './formats.ts';
export { type OutboundNetworkRow, outboundNetworkRows } from './outbound-network.ts';
export {
  isDatabricksName,
  type NetworkPolicy,
  networkPolicySchema,
  parsePolicy,
  policyRefusals,
  type ValidationOptions,
} from './policy/index.ts';
