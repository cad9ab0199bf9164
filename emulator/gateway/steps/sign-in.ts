/**
 * `/.auth/sign_in` and `/.auth/start` begin the sign-in; `rd` names the path to return to (code: oauth2-proxy).
 * `startSignIn` is also what an unauthenticated page request gets: 302 to the workspace's authorize endpoint
 * with code + PKCE, and a CSRF cookie of fixed name, so that a second sign-in in one browser replaces the first
 * (field: browser sign-in).
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Answer, redirect } from '../answer.ts';
import { setCookie } from '../cookies.ts';
import type { Exchange } from '../exchange.ts';
import { returnPath } from './return-path.ts';
import type { Front } from './step.ts';

/** Life of the CSRF cookie, virtual milliseconds (code: oauth2-proxy, cookie-csrf-expire). */
export const csrfLifetime = 15 * 60_000;

/** What the CSRF cookie carries, sealed: it ties the callback to the browser that began. */
export const csrfContent = z.object({ state: z.string(), nonce: z.string(), verifier: z.string() });

export function signIn(exchange: Exchange, front: Front): Answer | undefined {
  if (exchange.path !== '/.auth/sign_in' && exchange.path !== '/.auth/start') return undefined;
  return startSignIn(returnPath(exchange.query.get('rd'), front.origin), front);
}

export function startSignIn(path: string, front: Front): Answer {
  const { options, secrets, sealer, cookies } = front;
  const csrf = {
    state: secrets.bytes(24).toString('base64url'),
    nonce: secrets.bytes(24).toString('base64url'),
    verifier: secrets.bytes(48).toString('base64url'),
  };
  const query = new URLSearchParams({
    client_id: front.client.clientId,
    redirect_uri: callbackUri(front),
    response_type: 'code',
    scope: front.client.scopes.join(' '),
    state: `${csrf.state}:${path}`,
    nonce: csrf.nonce,
    code_challenge: createHash('sha256').update(csrf.verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const sealed = sealer.seal(cookies.csrf, csrf, options.clock.now());
  return redirect(`${options.workspaceOrigin}/oidc/v1/authorize?${query}`, 'sign_in', [
    setCookie(cookies, cookies.csrf, sealed, csrfLifetime / 1000),
  ]);
}

export const callbackUri = (front: Front) => `${front.origin}/.auth/callback`;
