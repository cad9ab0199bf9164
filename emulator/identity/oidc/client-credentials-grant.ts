import { allApis, oidcScopes, parseScopes, satisfies, unknownScopes } from '../scopes.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { Answer } from './http.ts';
import type { OidcParts } from './parts.ts';
import { clientAuthenticationFailed, tokenError } from './token-errors.ts';

const lifetime = 3600;

/**
 * `client_credentials` of a service principal (code: every SDK's oauth-m2m). Our own code, because every app
 * start passes here and the provider costs 0.16 s to load.
 */
export async function grantClientCredentials(
  parts: OidcParts,
  origin: string,
  form: ReadonlyMap<string, string>,
  client: ClientCredentials | null | undefined,
): Promise<Answer> {
  const { secrets, spSecrets } = parts;
  const known = client?.secret ? spSecrets.authenticate(client.id, client.secret) : undefined;
  if (!known) {
    refused(parts, client?.id ?? null, 'client authentication failed');
    return clientAuthenticationFailed(secrets);
  }
  const { principal, scopes: limits } = known;
  const asked = parseScopes(form.get('scope'));
  const unknown = unknownScopes(asked);
  if (unknown.length > 0) {
    refused(parts, principal.name, `unknown scopes ${unknown.length}`);
    return tokenError(secrets, 400, 'invalid_scope', `Scopes '${unknown.join(' ')}' are not supported`);
  }
  const wanted = asked.filter((scope) => !oidcScopes.includes(scope));
  const scopes = wanted.length > 0 ? wanted : [allApis];
  const beyond = limits ? scopes.filter((scope) => !satisfies(limits, scope)) : [];
  if (beyond.length > 0) {
    refused(parts, principal.name, `the secret is limited to ${limits?.join(' ')}`);
    // field: databricks-sql-go#476; the status is assumed.
    return tokenError(
      secrets,
      400,
      'access_denied',
      `Scopes '${beyond.join(' ')}' are not assigned to the client`,
    );
  }
  const details = authorizationDetails(form.get('authorization_details'));
  if (details === null) {
    return tokenError(
      secrets,
      400,
      'invalid_authorization_details',
      'authorization_details must be a JSON array',
    );
  }
  const minted = await parts.tokens.mint({
    principal,
    how: 'm2m',
    grant: 'client_credentials',
    clientId: principal.name,
    scopes,
    origin,
    lifetime,
    fresh: true,
    ...(details ? { authorizationDetails: details } : {}),
  });
  return {
    status: 200,
    body: {
      access_token: minted.token,
      token_type: 'Bearer',
      expires_in: lifetime,
      scope: minted.scopes.join(' '),
      ...(details ? { authorization_details: details } : {}),
    },
  };
}

/** The array of the form; undefined when absent, null when it is something else. */
export function authorizationDetails(text: string | undefined): unknown[] | null | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function refused(parts: OidcParts, client: string | null, message: string): void {
  // What a stranger sent as its id is written down only when it is a name of ours.
  const known = client !== null && parts.directory.find(client) !== undefined;
  parts.journal.append({
    kind: 'token',
    event: 'refused',
    grant: 'client_credentials',
    principal: known ? client : null,
    client: known ? client : null,
    app: null,
    scopes: [],
    tokenId: null,
    message,
  });
}
