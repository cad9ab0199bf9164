import { ApiError } from '../core/index.ts';

/** Header in which the platform repeats the reason of a refused credential (field). */
const reasonHeader = 'x-databricks-reason-phrase';

/** 401 for a request without a credential (field: error table of the SDKs' issues). */
export function missingCredential(requestId: string): ApiError {
  const reason = 'Credential was not sent or was of an unsupported type for this API.';
  return new ApiError(401, 401, `${reason} [ReqId: ${requestId}]`, {
    headers: { [reasonHeader]: reason },
    explanation: {
      rule: 'the request carries no bearer token',
      fix: 'Send Authorization: Bearer with an OAuth token or a personal access token.',
    },
  });
}

/**
 * 403 for every token that is wrong, expired or revoked: the platform does not tell which (field:
 * databricks-sdk-go#873), the explanation does.
 */
export function invalidToken(requestId: string, rule: string, fix: string): ApiError {
  const reason = 'Invalid access token.';
  return new ApiError(403, 403, `${reason} [ReqId: ${requestId}]`, {
    headers: { [reasonHeader]: reason },
    explanation: { rule, fix },
  });
}
