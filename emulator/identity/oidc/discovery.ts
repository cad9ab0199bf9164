import type { SigningKey } from '../signing-key.ts';

/**
 * `/.well-known/databricks-config`: the first request of every SDK client (code: databricks-sdk-py oauth.py,
 * databricks-sdk-go host_metadata.go).
 */
export function databricksConfig(origin: string, workspaceId: string, accountId: string): object {
  return {
    oidc_endpoint: `${origin}/oidc`,
    account_id: accountId,
    workspace_id: workspaceId,
    cloud: 'AWS',
    host_type: 'workspace',
    token_federation_default_oidc_audiences: [`${origin}/oidc/v1/token`],
  };
}

/** Both well-known documents (field: probes of the accounts host). `root` is `/oidc` or that of an account. */
export function serverMetadata(origin: string, root = '/oidc'): object {
  return {
    issuer: `${origin}/oidc`,
    authorization_endpoint: `${origin}${root}/v1/authorize`,
    token_endpoint: `${origin}${root}/v1/token`,
    jwks_uri: `${origin}/oidc/jwks.json`,
    scopes_supported: ['all-apis', 'email', 'offline_access', 'openid', 'profile', 'sql'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  };
}

export function jwks(key: SigningKey): object {
  return { keys: [key.jwk] };
}
