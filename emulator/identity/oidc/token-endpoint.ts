import type { IncomingMessage } from 'node:http';
import { clientCredentials } from './client-authentication.ts';
import { grantClientCredentials } from './client-credentials-grant.ts';
import { grantCodeOrRefresh } from './code-and-refresh-grant.ts';
import { exchangeToken, grantJwtBearer } from './exchange-grants.ts';
import { type Answer, readForm } from './http.ts';
import type { OidcParts } from './parts.ts';
import type { ProviderShell } from './provider.ts';
import { tokenError } from './token-errors.ts';

/** `POST /oidc/v1/token`: always JSON, never a redirect (code: the JavaScript SDK waits forever on one). */
export async function serveToken(
  parts: OidcParts,
  provider: () => Promise<ProviderShell>,
  origin: string,
  req: IncomingMessage,
): Promise<Answer> {
  const { secrets } = parts;
  if (req.method !== 'POST') return { status: 405, headers: { allow: 'POST' } };
  const form = await readForm(req);
  if (!form) {
    return tokenError(
      secrets,
      400,
      'invalid_request',
      'The request must be a form that names each field once',
    );
  }
  const client = clientCredentials(req, form);
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return grantClientCredentials(parts, origin, form, client);
    case 'authorization_code':
    case 'refresh_token':
      return grantCodeOrRefresh(parts, await provider(), origin, form, client);
    case 'urn:ietf:params:oauth:grant-type:token-exchange':
      return exchangeToken(parts, origin, form);
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return grantJwtBearer(parts, origin, form);
    case undefined:
      return tokenError(secrets, 400, 'invalid_request', 'grant_type is missing');
    default:
      return tokenError(secrets, 400, 'unsupported_grant_type', 'This grant type is not supported');
  }
}
