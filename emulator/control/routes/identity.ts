import { z } from 'zod';
import { toJsonCell } from '../cells.ts';
import { type ControlTarget, defineRoute } from '../define.ts';
import { ControlError } from '../errors.ts';
import { fetchAnswer, sqlAnswer } from '../schemas.ts';

/** Who acts: a persona (alias, user name) or an app's service principal. */
const actor = {
  as: z.string().optional().describe('Persona alias, user name, or name of a service principal.'),
  as_app: z.string().optional().describe('App whose own service principal acts.'),
};

const scopes = z.array(z.string().min(1)).optional();
const lifetime = z.number().int().min(1).optional().describe('Seconds.');
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const identityRoutes = [
  defineRoute({
    method: 'POST',
    path: '/v1/tokens',
    summary: 'An OAuth token for the workspace.',
    input: z.strictObject({ ...actor, scopes, lifetime }),
    answer: z.object({ access_token: z.string(), token_type: z.literal('Bearer') }),
    handle: async ({ scopes, lifetime, ...who }, { target }) => ({
      access_token: await findActor(target, who).token({
        ...(scopes && { scopes }),
        ...(lifetime !== undefined && { lifetime }),
      }),
      token_type: 'Bearer' as const,
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/pats',
    summary: 'A personal access token.',
    input: z.strictObject({ as: z.string(), scopes, lifetime }),
    answer: z.object({ token: z.string() }),
    handle: ({ as, scopes, lifetime }, { target }) => ({
      token: target.createPat(as, {
        ...(scopes && { scopes }),
        ...(lifetime !== undefined && { lifetime }),
      }),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/sql',
    summary: 'Runs one statement in the warehouse.',
    input: z.strictObject({
      ...actor,
      statement: z.string().min(1),
      parameters: z.record(z.string(), scalar).optional().describe('Named parameters.'),
    }),
    answer: sqlAnswer,
    handle: async ({ statement, parameters, ...who }, { target }) => {
      const result = await findActor(target, who).sql(statement, parameters);
      return {
        statement_id: result.statementId,
        columns: result.columns.map(({ name, type }) => ({ name, type })),
        rows: result.rows.map((row) =>
          row.map((cell, index) => toJsonCell(cell, result.columns[index]?.type ?? '')),
        ),
        truncated: result.truncated,
        ...(result.affectedRows !== undefined && { affected_rows: result.affectedRows }),
      };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/fetch',
    summary: 'A request through the gateway of an app, signed in (or not signed in, with anonymous).',
    input: z.strictObject({
      as: actor.as,
      as_app: actor.as_app,
      anonymous: z.boolean().default(false),
      app: z.string().optional().describe('Default: the first app.'),
      path: z.string().startsWith('/'),
      method: z
        .string()
        .regex(/^[A-Z]+$/)
        .default('GET'),
      headers: z.record(z.string(), z.string()).default({}),
      body: z.base64().optional(),
    }),
    answer: fetchAnswer,
    handle: async ({ anonymous, app, path, method, headers, body, ...who }, { target }) => {
      const caller = anonymous ? target.anonymous() : findActor(target, who);
      const response = await caller.fetch(path, {
        method,
        headers,
        redirect: 'manual',
        ...(app !== undefined && { app }),
        ...(body !== undefined && { body: Buffer.from(body, 'base64') }),
      });
      return {
        status: response.status,
        status_text: response.statusText,
        headers: [...response.headers].map(([name, value]): [string, string] => [name, value]),
        body: Buffer.from(await response.arrayBuffer()).toString('base64'),
      };
    },
  }),
];

/** @throws ControlError 400 unless exactly one is named; BrickboxError for an unknown name */
function findActor(target: ControlTarget, who: { as?: string | undefined; as_app?: string | undefined }) {
  if (who.as !== undefined && who.as_app === undefined) return target.as(who.as);
  if (who.as_app !== undefined && who.as === undefined) return target.asApp(who.as_app);
  const known = target
    .personas()
    .map(({ alias }) => alias)
    .join(', ');
  throw new ControlError(
    400,
    'ACTOR_NEEDED',
    'Say who acts: exactly one of "as" and "as_app".',
    `Personas: ${known || 'none'}. Apps: ${target.apps.map(({ name }) => name).join(', ') || 'none'}.`,
  );
}
