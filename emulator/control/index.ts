export type { CoverageRow } from './define.ts';
export type { ErrorBody } from './errors.ts';
export { openApiDocument } from './openapi.ts';
export type {
  AppView,
  ClockView,
  CoverageView,
  EgressView,
  FaultsView,
  FetchAnswer,
  PersonaView,
  SqlAnswer,
  StatusView,
} from './schemas.ts';
export { type Control, type ControlOptions, createControl } from './server.ts';
