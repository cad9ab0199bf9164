/** Scopes every app has without asking (docs: Databricks Apps, authorization). They alone forward no token. */
const defaultScopes: readonly string[] = ['iam.access-control:read', 'iam.current-user:read'];

/** Sign-in scopes; they open no API. */
const oidcScopes: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** The `user_api_scopes` among an app's scopes: with none of them there is no forwarded token. */
export function userApiScopes(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => !defaultScopes.includes(scope) && !oidcScopes.includes(scope));
}

/** Whether `granted` covers `wanted`: by `all-apis`, the same name, or a parent (`sql` covers `sql.warehouses`, code: databricks/app-templates). */
export function covers(granted: readonly string[], wanted: string): boolean {
  return granted.some(
    (scope) =>
      scope === 'all-apis' ||
      scope === wanted ||
      wanted.startsWith(`${scope}.`) ||
      wanted.startsWith(`${scope}:`),
  );
}

/**
 * Scopes of the token the app receives: those it asks for, as far as the person consented to them or the
 * bearer token holds them. The defaults are always in.
 */
export function effectiveScopes(app: readonly string[], granted: readonly string[]): string[] {
  return app.filter((scope) => defaultScopes.includes(scope) || covers(granted, scope));
}
