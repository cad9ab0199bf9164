export type { Egress, EgressOptions, EgressReport } from './contract.ts';
