import { createHash, randomBytes } from 'node:crypto';
import type { AppClient } from '../index.ts';
import { createBrowser, type World } from './world.ts';

/** Where an app's gateway would listen; nothing does. */
export const callback = 'http://127.0.0.1:9/.auth/callback';

export function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function registerOrders(world: World, scopes: readonly string[] = ['sql']): AppClient {
  return world.identity.registerApp({
    app: 'orders',
    origin: 'http://127.0.0.1:9',
    redirectUris: [callback],
    scopes: ['iam.access-control:read', 'iam.current-user:read', ...scopes],
  });
}

export function authorizeUrl(world: World, query: Record<string, string>, path = '/oidc/v1/authorize') {
  return `${world.origin}${path}?${new URLSearchParams({ response_type: 'code', ...query })}`;
}

/** Authorization request of an app's gateway. */
export function appRequest(client: AppClient, challenge: string): Record<string, string> {
  return {
    client_id: client.clientId,
    redirect_uri: callback,
    scope: client.scopes.join(' '),
    state: 'st',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
}

/** Authorization request of the CLI. */
export function cliRequest(challenge: string, scope = 'all-apis offline_access'): Record<string, string> {
  return {
    client_id: 'databricks-cli',
    redirect_uri: 'http://localhost:8020',
    scope,
    state: 'st',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
}

/** Signs `persona` in with the CLI's client and gives the code with its verifier. */
export async function cliCode(world: World, persona = 'ana@acme.test', browser = createBrowser()) {
  const { verifier, challenge } = pkce();
  const page = await browser.visit(world.origin, authorizeUrl(world, cliRequest(challenge)));
  const back = page.left ? page : await browser.submit(world.origin, page, { persona });
  return { code: new URL(back.url).searchParams.get('code') ?? '', verifier, url: back.url };
}

export async function tokenRequest(
  world: World,
  form: Record<string, string>,
  headers: Record<string, string> = {},
  path = '/oidc/v1/token',
) {
  const response = await fetch(`${world.origin}${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenBody };
}

interface TokenBody {
  access_token: string;
  refresh_token: string;
  scope: string;
  error: string;
  authorization_details?: unknown;
  issued_token_type?: string;
  id_token?: string;
}

/** Claims of a JWT, unverified. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
