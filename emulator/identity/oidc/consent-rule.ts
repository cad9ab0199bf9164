import type { OAuthClient } from '../clients.ts';
import { defaultAppScopes, oidcScopes } from '../scopes.ts';
import type { Consents } from '../service.ts';
import type { ConsentMode } from './parts.ts';

/** What a client gets of what it asked for, and whether the person has to be asked first. */
export interface ConsentRule {
  granted: readonly string[];
  ask: boolean;
}

/**
 * The consent rule (field: docs of app templates; reference §2.5): built-in clients ask nobody; an app asks when
 * it wants more than every app has, a custom application when it wants one of its `user_authorized_scopes`; the first answer stays, so a later wider app still gets the old scopes.
 */
export function consentRule(
  parts: { consents: Consents; consentMode: ConsentMode },
  userName: string,
  client: OAuthClient,
  requested: readonly string[],
): ConsentRule {
  const free = requested.filter(
    (scope) =>
      oidcScopes.includes(scope) ||
      defaultAppScopes.includes(scope) ||
      (client.consentScopes !== null && !client.consentScopes.includes(scope)),
  );
  if (client.builtIn || parts.consentMode === 'auto' || free.length === requested.length) {
    return { granted: requested, ask: false };
  }
  const agreed = parts.consents.get(userName, client.clientId);
  const granted = requested.filter((scope) => free.includes(scope) || agreed?.includes(scope));
  const wantsMore = granted.length < requested.length;
  return { granted, ask: !agreed || (parts.consentMode === 'prompt' && wantsMore) };
}
