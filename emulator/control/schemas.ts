import { z } from 'zod';

/** Shapes of the control API's answers. Times are virtual epoch milliseconds, lifetimes seconds. */

export const personaView = z.object({
  alias: z.string(),
  user_name: z.string(),
  display_name: z.string(),
  groups: z.array(z.string()),
  sees: z.string().optional(),
});

export const appView = z.object({
  name: z.string(),
  url: z.string(),
  state: z.string(),
  scopes: z.array(z.string()),
  service_principal: z.object({ application_id: z.string(), display_name: z.string() }),
});

export const logLine = z.object({
  /** Wall epoch milliseconds. */
  at: z.number(),
  source: z.enum(['APP', 'SYSTEM', 'BUILD']),
  message: z.string(),
});

export const clockView = z.object({
  now: z.number().describe('Virtual time, epoch milliseconds.'),
  wall: z.number().describe('Wall time, epoch milliseconds.'),
  offset: z.number().describe('How far virtual time is ahead, milliseconds.'),
});

/** Journal entries keep the shape the journal gives them (`emulator/journal`); only the stamp is fixed here. */
export const journalEntry = z.looseObject({
  kind: z.string(),
  seq: z.number(),
  at: z.number(),
  epoch: z.number(),
  exchange: z.string().nullable(),
});

export const finding = z.looseObject({
  seq: z.number(),
  severity: z.enum(['info', 'warning', 'leak']),
  finding: z.string(),
  app: z.string().nullable(),
  message: z.string(),
  fix: z.string(),
});

export const statusView = z.object({
  id: z.string(),
  workspace_url: z.string(),
  workspace_id: z.string(),
  warehouse_id: z.string(),
  egress_mode: z.enum(['strict', 'cooperative', 'off']),
  loosened: z.array(z.string()),
  notes: z.array(z.string()),
  personas: z.array(personaView),
  apps: z.array(appView),
  clock: clockView,
  journal: z.object({ last: z.number(), dropped: z.number() }),
  findings: z.object({ info: z.number(), warning: z.number(), leak: z.number() }),
  snapshots: z.array(z.string()),
});

export const sqlAnswer = z.object({
  statement_id: z.string(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.json())),
  truncated: z.boolean(),
  affected_rows: z.number().optional(),
});

export const fetchAnswer = z.object({
  status: z.number(),
  status_text: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string().describe('Base64.'),
});

export const egressView = z.object({
  mode: z.enum(['strict', 'cooperative', 'off']),
  policy: z.looseObject({}),
  attempts: z.array(
    z.object({
      host: z.string(),
      port: z.number().nullable(),
      protocol: z.string(),
      app: z.string().nullable(),
      verdict: z.string(),
      rule: z.string(),
      count: z.number(),
    }),
  ),
  declared: z.array(z.string()),
  declared_unused: z.array(z.string()),
  used_undeclared: z.array(z.string()),
});

const faultMatch = z.strictObject({
  operation: z.string().optional().describe('Id of the operations catalogue, see "brickbox coverage".'),
  method: z.string().optional(),
  path: z.string().optional().describe('* stands for any characters.'),
});
const faultMoment = z.enum(['before', 'instead', 'after']);
const faultEffect = z.strictObject({
  latency: z.number().optional().describe('Milliseconds of wall time.'),
  status: z.number().optional(),
  error_code: z.string().optional(),
  message: z.string().optional(),
  body: z.looseObject({}).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  drop: z.boolean().optional().describe('Cut the connection without an answer.'),
});

export const faultRule = z.strictObject({
  match: faultMatch.default({}),
  when: faultMoment.optional(),
  effect: faultEffect,
  times: z.number().optional(),
});

export const standingFaults = z.object({
  faults: z.array(
    z.object({
      id: z.string(),
      match: faultMatch,
      when: faultMoment,
      effect: faultEffect,
      times: z.number().optional(),
      struck: z.number(),
    }),
  ),
});

export const coverageView = z.object({
  operations: z.array(
    z.object({
      id: z.string(),
      method: z.string(),
      path: z.string(),
      family: z.string().nullable(),
      grade: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
});

export type StatusView = z.output<typeof statusView>;
export type PersonaView = z.output<typeof personaView>;
export type AppView = z.output<typeof appView>;
export type SqlAnswer = z.output<typeof sqlAnswer>;
export type FetchAnswer = z.output<typeof fetchAnswer>;
export type EgressView = z.output<typeof egressView>;
export type CoverageView = z.output<typeof coverageView>;
export type ClockView = z.output<typeof clockView>;
export type FaultsView = z.output<typeof standingFaults>;
