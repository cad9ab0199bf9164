/** The public API: what the CLI, the test kit and programs build on. */

export { type Config, type ConfigInput, loadConfig } from './config/index.ts';
export type {
  AppView,
  ClockView,
  Control,
  ControlOptions,
  CoverageRow,
  CoverageView,
  EgressView,
  FaultsView,
  FetchAnswer,
  PersonaView,
  SqlAnswer,
  StatusView,
} from './control/index.ts';
export { ApiError, BrickboxError, type Clock, SqlError } from './core/index.ts';
export { checkDeclarations, type DeclarationCheck, type EgressReport, formatReport } from './egress/index.ts';
export type { FindingEntry, Journal, JournalEntry, JournalQuery, Severity } from './journal/index.ts';
export type { LogLine } from './runtime/index.ts';
export { createControl } from './sandbox/control.ts';
export { coverageTable } from './sandbox/coverage.ts';
export { createSandbox } from './sandbox.ts';
export type {
  Actor,
  InsideCommand,
  InsideRequest,
  Sandbox,
  SandboxApp,
  SandboxOptions,
} from './sandbox-contract.ts';
