import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveAuthorize } from './authorize.ts';
import { createCsrf } from './csrf.ts';
import { databricksConfig, jwks, serverMetadata } from './discovery.ts';
import { type Answer, redirect, send } from './http.ts';
import type { OidcParts } from './parts.ts';
import { createProviderShell, type ProviderShell } from './provider.ts';
import { serveSignIn, signInPath } from './sign-in.ts';
import { serveToken } from './token-endpoint.ts';

export interface OidcRouter {
  /** True when the path is one of identity's; then it has answered. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
  /** The OAuth library for an origin, loaded at the first call. */
  provider(origin: string): Promise<ProviderShell>;
}

const documents = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];
const accountPath = /^\/oidc\/accounts\/([^/]+)(\/.*)$/;

/** The front router: everything that is exact to the platform is ours, sign-in and codes go to the library. */
export function createOidcRouter(parts: OidcParts): OidcRouter {
  const shells = new Map<string, Promise<ProviderShell>>();
  const withCsrf = { ...parts, csrf: createCsrf(parts.secrets.bytes(32)) };
  const provider = (origin: string) => {
    let shell = shells.get(origin);
    if (!shell) {
      shell = createProviderShell(parts, origin);
      shells.set(origin, shell);
    }
    return shell;
  };

  const read = (path: string, search: string, origin: string): Answer | undefined => {
    if (path === '/.well-known/databricks-config') {
      return { status: 200, body: databricksConfig(origin, parts.workspaceId, parts.accountId) };
    }
    if (path === '/oidc/jwks.json') return { status: 200, body: jwks(parts.key()) };
    if (path === '/oidc/oauth2/v2.0/authorize') return redirect(`${origin}/oidc/v1/authorize${search}`);
    const account = accountPath.exec(path);
    if (account && account[1] !== parts.accountId) return undefined;
    const root = account ? `/oidc/accounts/${parts.accountId}` : '/oidc';
    const rest = path.slice(root.length);
    return documents.includes(rest) ? { status: 200, body: serverMetadata(origin, root) } : undefined;
  };

  return {
    provider,
    async handle(req, res) {
      const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
      if (!isOurs(path)) return false;
      const origin = parts.origins.of(req);
      if (origin === undefined) {
        send(res, { status: 421, body: { error_code: 'BAD_REQUEST', message: 'Unknown host.' } });
        return true;
      }
      const own = path.replace(`/oidc/accounts/${parts.accountId}/`, '/oidc/');
      if (own === '/oidc/v1/token' || own === '/oidc/oauth2/v2.0/token') {
        send(res, await serveToken(parts, () => provider(origin), origin, req));
      } else if (/^\/oidc\/v1\/authorize(\/[\w-]+)?$/.test(own)) {
        await serveAuthorize(parts, await provider(origin), origin, req, res);
      } else if (own.startsWith(signInPath)) {
        await serveSignIn(withCsrf, await provider(origin), origin, own, req, res);
      } else {
        const answer = req.method === 'GET' ? read(path, query && `?${query}`, origin) : undefined;
        send(res, answer ?? notFound(req.method ?? 'GET', path));
      }
      return true;
    },
  };
}

function isOurs(path: string): boolean {
  return (
    path.startsWith('/oidc/') ||
    path === '/.well-known/databricks-config' ||
    path === signInPath ||
    path.startsWith(`${signInPath}/`)
  );
}

function notFound(method: string, path: string): Answer {
  return {
    status: 404,
    body: { error_code: 'ENDPOINT_NOT_FOUND', message: `No API found for '${method} ${path}'` },
  };
}
