export { checkDeclarations, type DeclarationCheck } from './check.ts';
export type { Egress, EgressOptions, EgressReport } from './contract.ts';
export { createEgress } from './egress.ts';
export { formatReport, type ReportFormat, reportFormats, type Suggestion, suggest } from './formats.ts';
export { type OutboundNetworkRow, outboundNetworkRows } from './outbound-network.ts';
export {
  isDatabricksName,
  loadPolicy,
  type NetworkPolicy,
  networkPolicySchema,
  parsePolicy,
  policyRefusals,
  presetPolicy,
  type ValidationOptions,
} from './policy/index.ts';
