/**
 * Nobody is signed in: 401 `{}` under `/api/` and for clients that accept `application/json` (code: oauth2-proxy),
 * a redirect to sign-in for everything else, preflights included (field: measured three times).
 */
import { type Answer, json } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { returnPath } from './return-path.ts';
import { startSignIn } from './sign-in.ts';
import type { Front } from './step.ts';

export function unauthenticated(exchange: Exchange, front: Front): Answer | undefined {
  if (exchange.caller) return undefined;
  const refused = exchange.refusedBearer;
  const explanation = {
    rule: refused?.reason ?? 'The request carries no session of this app and no OAuth bearer token.',
    fix: refused?.fix ?? `Sign in at ${front.origin}/, or send an OAuth token as Authorization: Bearer.`,
  };
  if (exchange.isApi || acceptsJson(exchange)) return json(401, {}, 'unauthenticated', explanation);
  return { ...startSignIn(returnPath(exchange.url, front.origin), front), explanation };
}

/** Exactly `application/json` in the list; `application/json;q=0.9` does not count (code: oauth2-proxy, isAjax). */
function acceptsJson(exchange: Exchange): boolean {
  const { accept } = exchange.req.headers;
  return accept?.split(',').some((type) => type.trim() === 'application/json') ?? false;
}
