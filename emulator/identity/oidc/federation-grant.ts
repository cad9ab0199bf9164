import { matchPolicy, readSubjectToken } from '../federation/subject-token.ts';
import { allApis, oidcScopes, parseScopes, unknownScopes } from '../scopes.ts';
import type { FederationPolicy } from '../service.ts';
import type { Principal } from '../types.ts';
import type { Answer } from './http.ts';
import type { OidcParts } from './parts.ts';
import { tokenError } from './token-errors.ts';

const lifetime = 3600;
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/**
 * Token exchange for a JWT of somebody else's issuer (docs: OAuth token federation; code: databricks-sdk-py
 * oidc.py). With `client_id` the policies of that service principal count, without it those of the account, whose
 * subject claim names a user or an application id. A token that names us as its issuer never comes here, so that a
 * revoked one cannot come back to life through a policy. Error texts and the lifetime of an hour are assumed.
 */
export async function exchangeForeignToken(
  parts: OidcParts,
  origin: string,
  form: ReadonlyMap<string, string>,
  token: string,
): Promise<Answer> {
  const clientId = form.get('client_id') || undefined;
  const found = await resolve(parts, clientId, token);
  if ('problem' in found) {
    const description = `The subject token is refused: ${found.problem}`;
    note(parts, clientId, description);
    return tokenError(parts.secrets, 400, 'invalid_request', description);
  }
  const { principal } = found;
  const asked = parseScopes(form.get('scope')).filter((scope) => !oidcScopes.includes(scope));
  const unknown = unknownScopes(asked);
  if (unknown.length > 0) {
    note(parts, clientId, `unknown scopes ${unknown.length}`);
    return tokenError(parts.secrets, 400, 'invalid_scope', `Scopes '${unknown.join(' ')}' are not supported`);
  }
  const minted = await parts.tokens.mint({
    principal,
    how: 'federation',
    grant: 'federation',
    clientId: principal.name,
    scopes: asked.length > 0 ? asked : [allApis],
    origin,
    lifetime,
    fresh: true,
  });
  return {
    status: 200,
    body: {
      access_token: minted.token,
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: lifetime,
      scope: minted.scopes.join(' '),
    },
  };
}

async function resolve(
  parts: OidcParts,
  clientId: string | undefined,
  token: string,
): Promise<{ principal: Principal } | { problem: string }> {
  const claims = readSubjectToken(token);
  if (!claims) return { problem: 'it is no JWT with iss, aud and exp' };
  // A token of ours that is no good any more must not come back to life through a policy.
  if (parts.origins.isIssuer(claims.iss)) {
    return {
      problem: 'it is not a valid token of this workspace, and no federation policy applies to those',
    };
  }
  const owner = clientId === undefined ? null : parts.directory.find(clientId);
  if (owner === undefined || (owner && (owner.kind !== 'service_principal' || owner.name !== clientId))) {
    return { problem: `there is no service principal with the client_id ${printable(clientId ?? '')}` };
  }
  const policies = parts.federation.list(owner?.id ?? null);
  const match = await matchPolicy(parts, policies, token, claims);
  if ('problem' in match) {
    return { problem: `${match.problem} (${described(claims, policies)})` };
  }
  const principal = owner ?? named(parts, match.subject);
  if (!principal) {
    return {
      problem: `no user or service principal is called ${printable(match.subject)}, which its claim ${match.policy.oidc.subjectClaim} says`,
    };
  }
  return principal.active ? { principal } : { problem: `${principal.name} is not active` };
}

/** By user name or application id alone: aliases and numeric ids are no names on the platform. */
function named(parts: OidcParts, subject: string): Principal | undefined {
  const found = parts.directory.find(subject);
  if (found?.kind === 'user') return found.name.toLowerCase() === subject.toLowerCase() ? found : undefined;
  return found?.name === subject ? found : undefined;
}

/** What the token says, for the person who has to find the difference to the policy. */
function described(
  claims: { iss: string; aud: string | string[]; [claim: string]: unknown },
  policies: readonly FederationPolicy[],
): string {
  const names = [...new Set(policies.map(({ oidc }) => oidc.subjectClaim))];
  const subjects = (names.length > 0 ? names : ['sub']).map((name) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    return `${printable(name)} ${typeof value === 'string' ? printable(value) : '(none)'}`;
  });
  return `iss ${printable(claims.iss)}, aud ${printable([claims.aud].flat().join(' '))}, ${subjects.join(', ')}`;
}

/** Short and harmless form of something a stranger sent. */
function printable(text: string): string {
  return text.replace(/[^\w.:/@|+ -]/g, '?').slice(0, 200);
}

function note(parts: OidcParts, clientId: string | undefined, message: string): void {
  const known = clientId === undefined ? undefined : parts.directory.find(clientId);
  parts.journal.append({
    kind: 'token',
    event: 'refused',
    grant: 'federation',
    principal: known?.name ?? null,
    client: known?.name ?? null,
    app: null,
    scopes: [],
    tokenId: null,
    message,
  });
}
