/** The caller needs CAN_USE on the app, session and bearer alike; otherwise 403 (docs: Databricks Apps, permissions). */
import { type Answer, page } from '../answer.ts';
import type { Exchange } from '../exchange.ts';
import { covers, userApiScopes } from '../scopes.ts';
import type { Front } from './step.ts';

/**
 * A permission that was found is good for the session or token until policy or the principal changes: the
 * directory gives another object for a principal after every change. Refusals are asked for again each time.
 */
export function canUse(exchange: Exchange, front: Front): Answer | undefined {
  const { caller } = exchange;
  if (!caller) return undefined;
  const app = front.options.backend.name;
  const { policy } = front.options;
  const { version } = policy;
  const known = front.allowed.get(caller.tokenId);
  if (known && known.version === version && known.principal === caller.principal) return undefined;
  const decision = policy.authorizer.check(caller, 'CAN_USE', { kind: 'APP', name: app });
  if (decision.allow) {
    front.allowed.set(caller.tokenId, { version, principal: caller.principal });
    return undefined;
  }
  return page(
    {
      status: 403,
      title: 'Forbidden',
      text: 'You do not have permission to access this app.',
      explanation: decision.explanation,
    },
    exchange.id,
    'denied',
  );
}

/**
 * A bearer token must cover the app's `user_api_scopes` (docs); a narrower one was seen to pass all the same
 * (field), so by default it passes, downscoped, and leaves a finding.
 */
export function bearerScopes(exchange: Exchange, front: Front): Answer | undefined {
  const { caller, session } = exchange;
  if (!caller || session) return undefined;
  const missing = userApiScopes(front.options.scopes).filter((scope) => !covers(caller.scopes, scope));
  if (missing.length === 0) return undefined;
  const rule = `The token of ${caller.principal.name} lacks scopes of the app's user_api_scopes: ${missing.join(', ')}.`;
  const fix = `Ask for a token with ${missing.join(' ')} or all-apis.`;
  if (front.settings.strict_bearer_scopes) {
    return page(
      {
        status: 403,
        title: 'Forbidden',
        text: 'The token does not have the scopes this app requires.',
        explanation: { who: `${caller.principal.kind} ${caller.principal.name}`, rule, fix },
      },
      exchange.id,
      'denied',
    );
  }
  front.findings.report({
    name: 'narrow_bearer_scopes',
    about: `${caller.principal.name} ${missing.join(' ')}`,
    severity: 'info',
    message: `${rule} It was accepted, as the platform was seen to do; the documentation says it is refused.`,
    fix,
    exchange: exchange.id,
  });
  return undefined;
}
