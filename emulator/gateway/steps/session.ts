/** A valid session cookie names the caller (docs: Databricks Apps, authorization). A bearer that was accepted goes first (code: oauth2-proxy). */
import type { Answer } from '../answer.ts';
import { readCookie } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import type { Front } from './step.ts';

export function session(exchange: Exchange, front: Front): Answer | undefined {
  if (exchange.caller) return undefined;
  const value = readCookie(exchange.req.headers.cookie, front.cookies.session);
  if (value === undefined || !browserWouldSendIt(exchange, front.origin)) return undefined;
  const found = front.sessions.find(value);
  if (!found) return undefined;
  exchange.session = found;
  exchange.caller = {
    principal: found.principal,
    how: 'session',
    app: front.options.backend.name,
    clientId: front.client.clientId,
    scopes: found.scopes,
    tokenId: found.id,
    exchange: exchange.id,
    session: found.id,
  };
  return undefined;
}

/**
 * On the platform every app is a site of its own and `SameSite=Lax` keeps the cookie off requests that another
 * app's page makes. Here all apps share 127.0.0.1 and so one site; the same effect comes from what the browser
 * says about the request's origin.
 */
function browserWouldSendIt(exchange: Exchange, origin: string): boolean {
  const { headers, method } = exchange.req;
  if (exchange.upgrade) return headers.origin === undefined || headers.origin === origin;
  const site = headers['sec-fetch-site'];
  if (site !== 'same-site' && site !== 'cross-site') return true;
  return headers['sec-fetch-mode'] === 'navigate' && (method === 'GET' || method === 'HEAD');
}
