/**
 * `/.auth/sign_out` clears the session cookie and returns to `rd` or `/`; consent stays (field). The platform
 * only drops the cookie; here the session ends as well, so that a copied cookie and late use of its token show
 * up (ours, stricter).
 */
import { type Answer, redirect } from '../answer.ts';
import { readCookie, setCookie } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import { returnPath } from './return-path.ts';
import type { Front } from './step.ts';

export function signOut(exchange: Exchange, front: Front): Answer | undefined {
  if (exchange.path !== '/.auth/sign_out') return undefined;
  const { cookies, sessions, origin } = front;
  const value = readCookie(exchange.req.headers.cookie, cookies.session);
  exchange.session = value ? sessions.find(value) : undefined;
  if (exchange.session) sessions.end(exchange.session.id);
  return redirect(returnPath(exchange.query.get('rd'), origin), 'reserved', [
    setCookie(cookies, cookies.session, '', 0),
  ]);
}
