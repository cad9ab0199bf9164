/**
 * The decision table of the gateway, in order. The first rule that answers wins; an exchange that passes them
 * all is forwarded to the app. Letters are the rows of the table in docs/architecture.md, "Gateway".
 */
import type { Answer } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { appState } from './app-state.ts';
import { authEndpoints } from './auth-endpoints.ts';
import { bearer } from './bearer.ts';
import { callback } from './callback.ts';
import { bearerScopes, canUse } from './can-use.ts';
import { checkHost } from './host.ts';
import { robots } from './robots.ts';
import { session } from './session.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import type { Front, Step } from './step.ts';
import { unauthenticated } from './unauthenticated.ts';

export const decisionTable: readonly Step[] = [
  checkHost, //       421 for a foreign host
  robots, //          /robots.txt
  callback, //        /.auth/callback
  signOut, //         /.auth/sign_out
  signIn, //          /.auth/sign_in, /.auth/start
  bearer, //          E, H, I, J: OAuth JWT names the caller
  session, //         D: session cookie names the caller
  authEndpoints, //   /.auth/auth, /.auth/userinfo
  unauthenticated, // A, B, C, O: 401 or redirect to sign-in
  canUse, //          F, K: 403
  bearerScopes, //    G: finding, or 403
  appState, //        L, M: 503 or 502
];

/** Runs the table; synchronously unless a rule has to wait. */
export function decide(
  exchange: Exchange,
  front: Front,
  from = 0,
): Answer | undefined | Promise<Answer | undefined> {
  for (let i = from; i < decisionTable.length; i += 1) {
    const verdict = decisionTable[i]?.(exchange, front);
    if (verdict instanceof Promise) {
      return verdict.then((answer) => answer ?? decide(exchange, front, i + 1));
    }
    if (verdict) return verdict;
  }
  return undefined;
}
