import type { CellValue, SqlParameter, StatementResult } from '../../sdk-mocks/sql/index.ts';
import { BrickboxError } from '../core/index.ts';
import type { Caller, Principal } from '../identity/index.ts';
import type { Actor, SqlArguments } from '../sandbox-contract.ts';
import type { RunningApp } from './apps.ts';
import { signInThroughRedirects } from './sign-in.ts';
import type { World } from './world.ts';

export interface ActorContext {
  world: World;
  workspaceOrigin: string;
  apps: ReadonlyMap<string, RunningApp>;
}

/** Acts as a user or service principal, the way a test or the command line does. */
export function createActor(principal: Principal, { world, workspaceOrigin, apps }: ActorContext): Actor {
  const appNamed = (name?: string) => findApp(apps, name);
  return {
    async signIn(options = {}) {
      const { app, ...rest } = options;
      const { cookie } = await world.identity.signIn(principal, workspaceOrigin);
      return signInThroughRedirects({
        gatewayOrigin: appNamed(app).gateway.origin,
        workspaceOrigin,
        workspaceCookie: cookie,
        ...rest,
      });
    },
    async cookie(app) {
      return (await appNamed(app).gateway.session(principal)).cookie;
    },
    async fetch(path, init = {}) {
      const { app, ...rest } = init;
      const { gateway } = appNamed(app);
      const headers = new Headers(rest.headers);
      if (principal.kind === 'user') {
        headers.append('cookie', (await gateway.session(principal)).cookie);
      } else {
        headers.set('authorization', `Bearer ${await token(world, workspaceOrigin, principal, {})}`);
      }
      return fetch(new URL(path, gateway.origin), { redirect: 'manual', ...rest, headers });
    },
    token: (options = {}) => token(world, workspaceOrigin, principal, options),
    async sql(text, parameters = []) {
      const result = await world.warehouse.execute({
        caller: controlCaller(principal),
        text,
        session: { catalog: 'main', schema: 'default', timeZone: world.timeZone },
        parameters: sqlParameters(parameters),
      });
      return { ...result, objects: rowObjects(result) };
    },
  };
}

/** `fetch` without any credential: redirects are not followed. */
export function createAnonymous(apps: ReadonlyMap<string, RunningApp>): Pick<Actor, 'fetch'> {
  return {
    async fetch(path, init = {}) {
      const { app, ...rest } = init;
      return fetch(new URL(path, findApp(apps, app).gateway.origin), { redirect: 'manual', ...rest });
    },
  };
}

/** @throws BrickboxError when nobody has this name, with the names there are. */
export function findPrincipal(world: World, name: string): Principal {
  const principal = world.identity.directory.find(name);
  if (principal) return principal;
  const known = world.identity.directory.personas().map(({ alias }) => alias);
  throw new BrickboxError('PERSONA_UNKNOWN', `Nobody is called "${name}" in this sandbox.`, {
    fix: `Use one of ${known.join(', ') || '(no personas are configured)'}, a user name or an application id.`,
  });
}

/** The caller of statements that the control API and the kit run: all scopes, no token on the wire. */
export function controlCaller(principal: Principal): Caller {
  return {
    principal,
    how: 'control',
    app: principal.kind === 'service_principal' ? principal.app : null,
    clientId: null,
    scopes: ['all-apis'],
    tokenId: 'control',
    exchange: null,
    session: null,
  };
}

async function token(
  world: World,
  origin: string,
  principal: Principal,
  options: { scopes?: readonly string[]; lifetime?: number },
): Promise<string> {
  const minted = await world.identity.tokens.mint({
    principal,
    how: principal.kind === 'user' ? 'u2m' : 'm2m',
    clientId: principal.kind === 'user' ? 'databricks-cli' : principal.name,
    scopes: options.scopes ?? ['all-apis'],
    origin,
    app: principal.kind === 'service_principal' ? principal.app : null,
    ...(options.lifetime === undefined ? {} : { lifetime: options.lifetime }),
  });
  return minted.token;
}

/** @throws BrickboxError when there is no such app. */
export function findApp(apps: ReadonlyMap<string, RunningApp>, name?: string): RunningApp {
  const app = name === undefined ? apps.values().next().value : apps.get(name);
  if (app) return app;
  throw new BrickboxError(
    'APP_UNKNOWN',
    name === undefined ? 'This sandbox has no app.' : `There is no app "${name}" in this sandbox.`,
    { fix: `Apps here: ${[...apps.keys()].join(', ') || 'none; add one under `apps` in brickbox.yaml'}.` },
  );
}

function sqlParameters(given: SqlArguments): SqlParameter[] {
  if (isList(given)) return [...given];
  return Object.entries(given).map(([name, value]) => ({
    name,
    value: value === null ? null : String(value),
    type: typeOf(value),
  }));
}

const isList = (given: SqlArguments): given is readonly SqlParameter[] => Array.isArray(given);

function typeOf(value: string | number | boolean | null): string {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return Number.isInteger(value) ? 'BIGINT' : 'DOUBLE';
  return 'STRING';
}

function rowObjects({ columns, rows }: StatementResult): Record<string, CellValue>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column.name, row[i] ?? null])));
}
