import { ApiError, type Clock, hashSecret, type Ids, type Secrets } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import { stringList } from './rows.ts';
import { oidcScopes, satisfies, unknownScopes } from './scopes.ts';
import type { Integration, Integrations, TokenAccessPolicy } from './service.ts';

interface Row {
  client_id: string;
  name: string;
  secret_hash: string | null;
  redirect_uris: string;
  scopes: string;
  consent_scopes: string;
  token_access_policy: string;
  created_by: string;
  created_at: number;
}

const selectSql = `SELECT c.client_id, c.name, c.secret_hash, c.redirect_uris, c.scopes,
    i.consent_scopes, i.token_access_policy, i.created_by, i.created_at
  FROM identity_integrations i JOIN identity_clients c ON c.client_id = i.client_id`;

/** Minutes. docs: token lifetimes of custom OAuth applications; the upper end of the session is assumed. */
const limits = {
  accessToken: [5, 1440],
  refreshToken: [5, 129_600],
  session: [5, 129_600],
} as const;

/** Custom OAuth applications of the account (docs: custom app integrations). */
export function createIntegrations(parts: {
  store: Store;
  ids: Ids;
  secrets: Secrets;
  clock: Clock;
}): Integrations {
  const { store, ids, secrets, clock } = parts;
  const need = (id: string): Integration => {
    const row = store.get<Row>(`${selectSql} WHERE c.client_id = ?`, id);
    if (row) return toIntegration(row);
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `OAuth app integration ${id} does not exist.`);
  };
  const freshId = (): string => {
    for (;;) {
      const id = ids.uuid('oauth_client');
      if (!store.get('SELECT 1 FROM identity_clients WHERE client_id = ?', id)) return id;
    }
  };
  return {
    list: () => store.all<Row>(`${selectSql} ORDER BY i.rowid`).map(toIntegration),
    get: need,
    create(given) {
      const made: Integration = { ...given, clientId: freshId(), createdAt: clock.now() };
      check(made);
      const clientSecret = made.confidential ? `dose${secrets.hex(16)}` : null;
      store.transaction(() => {
        store.run(
          `INSERT INTO identity_clients (client_id, app, name, secret_hash, redirect_uris, scopes)
           VALUES (?, NULL, ?, ?, ?, ?)`,
          made.clientId,
          made.name,
          clientSecret === null ? null : hashSecret(clientSecret),
          JSON.stringify(made.redirectUrls),
          JSON.stringify(made.scopes),
        );
        store.run(
          `INSERT INTO identity_integrations (client_id, consent_scopes, token_access_policy, created_by, created_at)
           VALUES (?, ?, ?, ?, ?)`,
          made.clientId,
          JSON.stringify(made.userAuthorizedScopes),
          JSON.stringify(made.tokenAccessPolicy),
          made.createdBy,
          made.createdAt,
        );
      });
      return { integration: made, clientSecret };
    },
    update(id, change) {
      const changed = { ...need(id), ...change };
      check(changed);
      store.transaction(() => {
        store.run(
          'UPDATE identity_clients SET redirect_uris = ?, scopes = ? WHERE client_id = ?',
          JSON.stringify(changed.redirectUrls),
          JSON.stringify(changed.scopes),
          id,
        );
        store.run(
          'UPDATE identity_integrations SET consent_scopes = ?, token_access_policy = ? WHERE client_id = ?',
          JSON.stringify(changed.userAuthorizedScopes),
          JSON.stringify(changed.tokenAccessPolicy),
          id,
        );
      });
      return changed;
    },
    remove(id) {
      need(id);
      store.transaction(() => {
        store.run('DELETE FROM identity_consents WHERE client_id = ?', id);
        store.run('DELETE FROM identity_clients WHERE client_id = ?', id);
      });
    },
    policyOf: (clientId) => {
      const row = store.get<{ token_access_policy: string }>(
        `SELECT token_access_policy FROM identity_integrations WHERE client_id = ?
         UNION ALL SELECT token_access_policy FROM identity_published_integrations WHERE app_id = ?`,
        clientId,
        clientId,
      );
      return row ? readPolicy(row.token_access_policy) : {};
    },
    published: {
      list: () =>
        store
          .all<{ app_id: string; token_access_policy: string; created_by: string; created_at: number }>(
            'SELECT * FROM identity_published_integrations ORDER BY rowid',
          )
          .map((row) => ({
            appId: row.app_id,
            tokenAccessPolicy: readPolicy(row.token_access_policy),
            createdBy: row.created_by,
            createdAt: row.created_at,
          })),
      put({ appId, tokenAccessPolicy, createdBy }) {
        checkPolicy(tokenAccessPolicy);
        store.run(
          `INSERT INTO identity_published_integrations (app_id, token_access_policy, created_by, created_at)
           VALUES (?, ?, ?, ?)
           ON CONFLICT (app_id) DO UPDATE SET token_access_policy = excluded.token_access_policy`,
          appId,
          JSON.stringify(tokenAccessPolicy),
          createdBy,
          clock.now(),
        );
      },
      remove(appId) {
        store.run('DELETE FROM identity_published_integrations WHERE app_id = ?', appId);
      },
    },
  };
}

/** Texts are assumed. */
function check(given: Integration): void {
  if (given.name === '') throw invalid('name must be set.');
  if (given.redirectUrls.length === 0) throw invalid('redirect_urls must hold at least one URL.');
  const wrong = given.redirectUrls.find((url) => !isRedirect(url));
  if (wrong !== undefined) {
    throw invalid(`redirect_urls must be http or https URLs without a fragment, got ${wrong}.`);
  }
  const unknown = unknownScopes([...given.scopes, ...given.userAuthorizedScopes])[0];
  if (unknown !== undefined) throw invalid(`The specified scope ${unknown} is not a valid scope`);
  const beyond = given.userAuthorizedScopes.find((scope) => !coveredBy(given.scopes, scope));
  if (beyond !== undefined) {
    throw invalid(`user_authorized_scopes must be a subset of scopes, ${beyond} is not in it.`);
  }
  checkPolicy(given.tokenAccessPolicy);
}

function checkPolicy(policy: TokenAccessPolicy): void {
  const rows: [string, number | undefined, readonly [number, number]][] = [
    ['access_token_ttl_in_minutes', policy.accessTokenMinutes, limits.accessToken],
    ['refresh_token_ttl_in_minutes', policy.refreshTokenMinutes, limits.refreshToken],
    ['absolute_session_lifetime_in_minutes', policy.sessionMinutes, limits.session],
  ];
  for (const [name, value, [least, most]] of rows) {
    if (value !== undefined && (value < least || value > most)) {
      throw invalid(`token_access_policy.${name} must be between ${least} and ${most}.`);
    }
  }
}

/** Whether an integration with these scopes may be given this one. Scopes of OpenID must be named. */
export function coveredBy(scopes: readonly string[], scope: string): boolean {
  return scopes.includes(scope) || (!oidcScopes.includes(scope) && satisfies(scopes, scope));
}

function isRedirect(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (url?.protocol === 'http:' || url?.protocol === 'https:') && !text.includes('#');
}

function toIntegration(row: Row): Integration {
  return {
    clientId: row.client_id,
    name: row.name,
    confidential: row.secret_hash !== null,
    redirectUrls: stringList(row.redirect_uris),
    scopes: stringList(row.scopes),
    userAuthorizedScopes: stringList(row.consent_scopes),
    tokenAccessPolicy: readPolicy(row.token_access_policy),
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

/** We wrote it. */
function readPolicy(text: string): TokenAccessPolicy {
  const policy: TokenAccessPolicy = JSON.parse(text);
  return policy;
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
}
