/**
 * `/.auth/auth` (202 or 401) and `/.auth/userinfo` (JSON or 401) tell a client who it is, by session or bearer
 * (code: oauth2-proxy). Someone without CAN_USE gets the 403 of any other path.
 */
import { type Answer, json, text } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { canUse } from './can-use.ts';
import type { Front } from './step.ts';

export function authEndpoints(exchange: Exchange, front: Front): Answer | undefined {
  if (exchange.path !== '/.auth/auth' && exchange.path !== '/.auth/userinfo') return undefined;
  const { caller } = exchange;
  if (!caller) return text(401, 'Unauthorized\n', 'reserved');
  const denied = canUse(exchange, front);
  if (denied) return denied;
  if (exchange.path === '/.auth/auth') return text(202, '', 'reserved');
  const { principal } = caller;
  return json(
    200,
    {
      user: `${principal.id}@${front.options.identity.workspaceId}`,
      email: principal.name,
      groups: principal.groups,
      preferredUsername: principal.kind === 'user' ? principal.name : principal.displayName,
    },
    'reserved',
  );
}
