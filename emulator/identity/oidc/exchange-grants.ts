import { ApiError } from '../../core/index.ts';
import { readSubjectToken } from '../federation/subject-token.ts';
import { oidcScopes, parseScopes, satisfies, unknownScopes } from '../scopes.ts';
import type { MintRequest } from '../service.ts';
import type { Caller } from '../types.ts';
import { authorizationDetails } from './client-credentials-grant.ts';
import { exchangeForeignToken } from './federation-grant.ts';
import type { Answer } from './http.ts';
import type { OidcParts } from './parts.ts';
import { tokenError } from './token-errors.ts';

const longestLifetime = 3600;
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';
const patType = 'urn:databricks:params:oauth:token-type:personal-access-token';

/**
 * Token exchange of a PAT or of a token of ours (code: databricks-sdk-py runtime-oauth; SQL drivers with
 * `return_original_token_if_authenticated`). A JWT from elsewhere needs a federation policy.
 */
export async function exchangeToken(
  parts: OidcParts,
  origin: string,
  form: ReadonlyMap<string, string>,
): Promise<Answer> {
  const subject = form.get('subject_token');
  const type = form.get('subject_token_type');
  if (!subject || (type !== jwtType && type !== accessTokenType && type !== patType)) {
    return tokenError(
      parts.secrets,
      400,
      'invalid_request',
      'subject_token and a known subject_token_type are needed',
    );
  }
  if (type === jwtType && !isOurs(parts, subject)) return exchangeForeignToken(parts, origin, form, subject);
  const caller = await callerOf(parts, subject);
  if (!caller || (caller.how === 'pat') !== (type === patType)) {
    return tokenError(
      parts.secrets,
      400,
      'invalid_request',
      type === patType
        ? 'The personal access token is not valid'
        : 'The subject token is not a valid token of this workspace',
    );
  }
  if (caller.how !== 'pat' && form.get('return_original_token_if_authenticated') === 'true') {
    return granted(parts, subject, caller.tokenId, caller.scopes);
  }
  return mintFor(parts, origin, form, caller, 'token_exchange');
}

/** `jwt-bearer`: a token of the control plane becomes one for a data plane (code: databricks-sdk-py data_plane.py). */
export async function grantJwtBearer(
  parts: OidcParts,
  origin: string,
  form: ReadonlyMap<string, string>,
): Promise<Answer> {
  const caller = await callerOf(parts, form.get('assertion') ?? '');
  if (!caller || caller.how === 'pat') {
    return tokenError(
      parts.secrets,
      400,
      'invalid_grant',
      'The assertion is no valid token of this workspace',
    );
  }
  return mintFor(parts, origin, form, caller, 'jwt_bearer');
}

async function mintFor(
  parts: OidcParts,
  origin: string,
  form: ReadonlyMap<string, string>,
  caller: Caller,
  grant: string,
): Promise<Answer> {
  const asked = parseScopes(form.get('scope')).filter((scope) => !oidcScopes.includes(scope));
  const scopes = asked.length > 0 ? asked : caller.scopes;
  const refused = [...unknownScopes(scopes), ...scopes.filter((scope) => !satisfies(caller.scopes, scope))];
  if (refused.length > 0) {
    return tokenError(
      parts.secrets,
      400,
      'invalid_scope',
      `Scopes '${[...new Set(refused)].join(' ')}' are not those of the token`,
    );
  }
  const details = authorizationDetails(form.get('authorization_details'));
  if (details === null) {
    return tokenError(
      parts.secrets,
      400,
      'invalid_authorization_details',
      'authorization_details must be a JSON array',
    );
  }
  const minted = await parts.tokens.mint({
    principal: caller.principal,
    how: howOf(caller),
    grant,
    clientId: caller.clientId ?? caller.principal.name,
    app: caller.app,
    session: caller.session,
    exchange: caller.exchange,
    scopes,
    origin,
    lifetime: lifetimeLeft(parts, caller),
    fresh: true,
    ...(details ? { authorizationDetails: details } : {}),
  });
  return granted(parts, minted.token, minted.tokenId, minted.scopes);
}

function granted(parts: OidcParts, token: string, tokenId: string, scopes: readonly string[]): Answer {
  const end = parts.tokens.facts(tokenId)?.expiresAt ?? parts.clock.now();
  return {
    status: 200,
    body: {
      access_token: token,
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: Math.max(0, Math.round((end - parts.clock.now()) / 1000)),
      scope: scopes.join(' '),
    },
  };
}

/** Seconds. A token bought with another does not outlive it (assumed), else it could be renewed for ever. */
function lifetimeLeft(parts: OidcParts, caller: Caller): number {
  const end = parts.tokens.facts(caller.tokenId)?.expiresAt ?? null;
  const left = end === null ? longestLifetime : Math.ceil((end - parts.clock.now()) / 1000);
  return Math.max(1, Math.min(longestLifetime, left));
}

/** Whether a token claims to be one of this workspace; a personal access token counts, and is refused as a JWT. */
function isOurs(parts: OidcParts, token: string): boolean {
  const issuer = readSubjectToken(token)?.iss;
  return token.startsWith('dapi') || (issuer !== undefined && parts.origins.isIssuer(issuer));
}

async function callerOf(parts: OidcParts, token: string): Promise<Caller | undefined> {
  try {
    return await parts.tokens.verify(token);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** The new token keeps the clock and the kind of the one it came from. */
function howOf(caller: Caller): MintRequest['how'] {
  if (caller.how === 'obo' || caller.how === 'm2m' || caller.how === 'federation') return caller.how;
  return 'u2m';
}
