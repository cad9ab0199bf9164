/**
 * `/.auth/callback`: the code of the workspace becomes a session. Without the CSRF cookie of this browser, with
 * an error of the identity provider or with a bad code it is 403 "Login Failed" (field: browser sign-in P16, P17, P21).
 */
import { timingSafeEqual } from 'node:crypto';
import { ApiError, type Explanation } from '../../core/index.ts';
import { type Answer, page, redirect } from '../answer.ts';
import { readCookie, setCookie } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import { returnPath } from './return-path.ts';
import { callbackUri, csrfContent, csrfLifetime } from './sign-in.ts';
import type { Front } from './step.ts';

export function callback(exchange: Exchange, front: Front): Answer | undefined | Promise<Answer> {
  if (exchange.path !== '/.auth/callback') return undefined;
  const { query } = exchange;
  const refused = query.get('error');
  if (refused !== null) {
    return loginFailed(exchange, 'The upstream identity provider returned an error.', {
      rule: `The workspace ended the sign-in with ${printable(refused)}: ${printable(query.get('error_description') ?? 'no description')}.`,
      fix: `Open ${front.origin}/ to sign in again, and accept the consent page.`,
    });
  }
  const csrf = readCsrf(exchange, front);
  if (!csrf) {
    return loginFailed(exchange, 'Unable to find a valid CSRF token. Please try again.', {
      rule: 'This browser has no fresh CSRF cookie for the sign-in: it was begun elsewhere, more than 15 minutes ago, or a client without a cookie jar followed the redirects.',
      fix: `Open ${front.origin}/ in this browser and sign in there; a script must keep cookies between requests.`,
    });
  }
  const state = query.get('state') ?? '';
  const colon = state.indexOf(':');
  if (colon < 0 || !sameText(state.slice(0, colon), csrf.state)) {
    return loginFailed(exchange, 'CSRF token mismatch, potential attack.', {
      rule: 'The state of the callback is not the one this browser began with. A second sign-in in the same browser replaces the first.',
      fix: `Finish the newer sign-in, or open ${front.origin}/ again.`,
    });
  }
  return redeem(exchange, front, csrf.verifier, returnPath(state.slice(colon + 1), front.origin));
}

async function redeem(exchange: Exchange, front: Front, verifier: string, path: string): Promise<Answer> {
  const { options, cookies, sessions, settings } = front;
  try {
    const { user, scopes } = await options.identity.redeem({
      client: front.client,
      code: exchange.query.get('code') ?? '',
      verifier,
      redirectUri: callbackUri(front),
      origin: options.workspaceOrigin,
    });
    const session = sessions.start(user, scopes);
    exchange.session = { id: session.id, principal: user, scopes };
    return redirect(path, 'sign_in', [
      setCookie(cookies, cookies.session, session.value, settings.session_ttl / 1000),
      setCookie(cookies, cookies.csrf, '', 0),
    ]);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return loginFailed(exchange, 'The sign-in could not be completed.', {
      rule: `The workspace did not accept the code: ${printable(error.message)}`,
      fix: `Open ${front.origin}/ to begin a new sign-in; a code works once and for a short time.`,
    });
  }
}

function readCsrf(exchange: Exchange, front: Front) {
  const value = readCookie(exchange.req.headers.cookie, front.cookies.csrf);
  const opened = value ? front.sealer.open(front.cookies.csrf, value) : undefined;
  if (!opened || front.options.clock.now() > opened.sealedAt + csrfLifetime) return undefined;
  const content = csrfContent.safeParse(opened.value);
  return content.success ? content.data : undefined;
}

const loginFailed = (exchange: Exchange, text: string, explanation: Explanation): Answer =>
  page({ status: 403, title: 'Login Failed', text, explanation }, exchange.id, 'denied');

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Text of a query or a message, short enough for a page and the journal. */
const printable = (text: string) => text.replace(/\s+/g, ' ').slice(0, 200);
