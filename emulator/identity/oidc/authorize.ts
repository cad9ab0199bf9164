import type { IncomingMessage, ServerResponse } from 'node:http';
import { unknownScopes } from '../scopes.ts';
import { redirect, send } from './http.ts';
import type { OidcParts } from './parts.ts';
import { askAgain, type ProviderShell } from './provider.ts';

/**
 * Prepares an authorization request for the library. It drops `offline_access` silently unless prompt=consent is
 * there, which no Databricks client sends, and it ignores unknown scopes, which we refuse.
 */
export async function serveAuthorize(
  parts: OidcParts,
  provider: ProviderShell,
  origin: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const url = new URL(req.url ?? '/', origin);
  const query = url.searchParams;
  if (query.has('client_id')) {
    if (!query.get('scope')) {
      const own = parts.clients.find(query.get('client_id') ?? '')?.scopes;
      query.set('scope', own?.join(' ') ?? 'all-apis');
    }
    query.delete(askAgain);
    const scopes = (query.get('scope') ?? '').split(' ').filter(Boolean);
    const unknown = unknownScopes(scopes);
    const back = unknown.length > 0 ? errorRedirect(parts, origin, query, unknown) : undefined;
    if (back) return send(res, redirect(back));
    const prompts = (query.get('prompt') ?? '').split(' ').filter(Boolean);
    if (prompts.includes('consent')) query.set(askAgain, '1');
    else if (scopes.includes('offline_access') && !prompts.includes('none')) {
      query.set('prompt', [...prompts, 'consent'].join(' '));
    }
    req.url = `${url.pathname}?${query}`;
  }
  return provider.authorize(req, res);
}

/** Where to send a refused request: only to a redirect that belongs to the client, else nowhere. */
function errorRedirect(
  parts: OidcParts,
  origin: string,
  query: URLSearchParams,
  unknown: readonly string[],
): string | undefined {
  const wanted = query.get('redirect_uri') ?? '';
  const client = parts.clients.find(query.get('client_id') ?? '');
  if (!client || !URL.canParse(wanted)) return undefined;
  const target = new URL(wanted);
  const fits = client.redirectUris.some((registered) => {
    if (!client.builtIn) return registered === wanted;
    const own = new URL(registered);
    return (
      own.hostname === target.hostname && own.pathname === target.pathname && target.protocol === 'http:'
    );
  });
  if (!fits) return undefined;
  target.searchParams.set('error', 'invalid_scope');
  target.searchParams.set('error_description', `Scopes '${unknown.join(' ')}' are not supported`);
  target.searchParams.set('iss', `${origin}/oidc`);
  const state = query.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return target.href;
}
