import type { Secrets } from '../../core/index.ts';
import type { Answer } from './http.ts';

/** Answer of the token endpoint when it refuses (field: terraform-provider-databricks#3757). */
export function tokenError(secrets: Secrets, status: number, error: string, description: string): Answer {
  return { status, body: { error, error_id: secrets.uuid(), error_description: description } };
}

export const clientAuthenticationFailed = (secrets: Secrets) =>
  tokenError(secrets, 401, 'invalid_client', 'Client authentication failed');

/** The exact text that the Go SDK and the CLI turn into "run databricks auth login" (code: u2m/error.go). */
export const refreshTokenInvalid = (secrets: Secrets) =>
  tokenError(secrets, 401, 'invalid_request', 'Refresh token is invalid');
