import type { OAuthClient } from '../clients.ts';
import type { ClientCredentials } from './client-authentication.ts';
import type { Answer } from './http.ts';
import type { OidcParts } from './parts.ts';
import type { Bought, ProviderShell } from './provider.ts';
import { clientAuthenticationFailed, refreshTokenInvalid, tokenError } from './token-errors.ts';

const defaultLifetime = 3600;
const fields = ['code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope'];

/** A redeemed code or refresh token, before it becomes an answer. */
export type Redeemed =
  | { ok: true; bought: Bought; refreshToken: string | null; idToken: string | null }
  | { ok: false; answer: Answer };

/** Checks the client and lets the library redeem the code or refresh token. */
export async function redeemAtProvider(
  parts: OidcParts,
  provider: ProviderShell,
  form: ReadonlyMap<string, string>,
  credentials: ClientCredentials | null | undefined,
): Promise<Redeemed> {
  const client = credentials ? parts.clients.find(credentials.id) : undefined;
  if (!client || !mayUse(parts, client, credentials?.secret ?? null)) {
    return { ok: false, answer: clientAuthenticationFailed(parts.secrets) };
  }
  const grant = form.get('grant_type') ?? '';
  const request = new URLSearchParams({ grant_type: grant, client_id: client.clientId });
  for (const field of fields) {
    const value = form.get(field);
    if (value !== undefined) request.set(field, value);
  }
  const result = await provider.token(request);
  if (!result.bought) return { ok: false, answer: shapeRefusal(parts, grant, result) };
  return {
    ok: true,
    bought: result.bought,
    refreshToken: textOf(result.body['refresh_token']),
    idToken: textOf(result.body['id_token']),
  };
}

/** `authorization_code` and `refresh_token`: the library decides, the token service mints. */
export async function grantCodeOrRefresh(
  parts: OidcParts,
  provider: ProviderShell,
  origin: string,
  form: ReadonlyMap<string, string>,
  credentials: ClientCredentials | null | undefined,
): Promise<Answer> {
  const grant = form.get('grant_type') ?? '';
  const redeemed = await redeemAtProvider(parts, provider, form, credentials);
  const principal = redeemed.ok ? parts.directory.find(redeemed.bought.account) : undefined;
  if (!redeemed.ok || !principal) {
    const answer = redeemed.ok ? refreshTokenInvalid(parts.secrets) : redeemed.answer;
    noteRefusal(parts, grant, credentials?.id, answer);
    return answer;
  }
  const { bought, refreshToken, idToken } = redeemed;
  const { accessTokenMinutes } = parts.integrations.policyOf(bought.clientId);
  const lifetime = accessTokenMinutes === undefined ? defaultLifetime : accessTokenMinutes * 60;
  const minted = await parts.tokens.mint({
    principal,
    how: 'u2m',
    grant,
    clientId: bought.clientId,
    app: parts.clients.find(bought.clientId)?.app ?? null,
    scopes: bought.scopes,
    origin,
    lifetime,
    fresh: true,
  });
  return {
    status: 200,
    body: {
      access_token: minted.token,
      token_type: 'Bearer',
      expires_in: lifetime,
      scope: minted.scopes.join(' '),
      ...(refreshToken ? { refresh_token: refreshToken } : {}),
      ...(idToken ? { id_token: idToken } : {}),
    },
  };
}

function mayUse(parts: OidcParts, client: OAuthClient, secret: string | null): boolean {
  if (client.public) return secret === null || secret === '';
  return secret !== null && parts.clients.authenticate(client, secret);
}

/** The platform's words for what the library refused. */
function shapeRefusal(
  parts: OidcParts,
  grant: string,
  result: { status: number; body: Record<string, unknown> },
): Answer {
  const error = textOf(result.body['error']) ?? 'server_error';
  if (error === 'invalid_grant' && grant === 'refresh_token') return refreshTokenInvalid(parts.secrets);
  const description = textOf(result.body['error_description']) ?? 'The request was refused';
  return tokenError(parts.secrets, result.status, error, description);
}

export function noteRefusal(
  parts: OidcParts,
  grant: string,
  client: string | undefined,
  answer: Answer,
): void {
  const known = client === undefined ? undefined : parts.clients.find(client);
  const body: { error?: unknown } = typeof answer.body === 'object' ? answer.body : {};
  parts.journal.append({
    kind: 'token',
    event: 'refused',
    grant,
    principal: null,
    client: known?.clientId ?? null,
    app: known?.app ?? null,
    scopes: [],
    tokenId: null,
    message: textOf(body.error) ?? 'refused',
  });
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
