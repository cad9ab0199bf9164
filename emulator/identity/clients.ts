import { hashSecret, type Ids, type Secrets } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import { stringList } from './rows.ts';
import { checkAppScopes, oidcScopes } from './scopes.ts';
import type { AppClient, Identity } from './service.ts';

/** An OAuth client as the authorization server sees it. */
export interface OAuthClient {
  clientId: string;
  name: string;
  /** Public clients have no secret and must use PKCE. */
  public: boolean;
  secretHash: string | null;
  redirectUris: readonly string[];
  /** Scopes it may ask for; null: any. */
  scopes: readonly string[] | null;
  app: string | null;
  /** Scopes its users must agree to; null: all but those every app has. */
  consentScopes: readonly string[] | null;
  /** Clients of the platform itself ask nobody for consent. */
  builtIn: boolean;
}

/**
 * Public clients that SDKs and drivers bring along (code: each client's OAuth module). Any loopback port; the
 * ODBC one is assumed.
 */
export const builtInIds: readonly string[] = [
  'databricks-cli',
  'databricks-sql-connector',
  'databricks-sql-python',
  'databricks-sql-jdbc',
  'databricks-sql-odbc',
];

interface Row {
  client_id: string;
  app: string | null;
  name: string;
  secret_hash: string | null;
  redirect_uris: string;
  scopes: string;
  consent_scopes: string | null;
}

const findSql = `SELECT c.*, i.consent_scopes FROM identity_clients c
  LEFT JOIN identity_integrations i ON i.client_id = c.client_id WHERE c.client_id = ?`;

export interface Clients {
  find(clientId: string): OAuthClient | undefined;
  registerApp: Identity['registerApp'];
  unregisterApp(app: string): void;
  /** Whether the secret is that of the confidential client. */
  authenticate(client: OAuthClient, secret: string): boolean;
}

export function createClients(parts: { store: Store; ids: Ids; secrets: Secrets }): Clients {
  const { store, ids, secrets } = parts;

  const freshClientId = (): string => {
    for (;;) {
      const id = ids.uuid('oauth_client');
      if (!store.get('SELECT 1 FROM identity_clients WHERE client_id = ?', id)) return id;
    }
  };

  return {
    find(clientId) {
      if (builtInIds.includes(clientId)) return builtIn(clientId);
      const row = store.get<Row>(findSql, clientId);
      return row && toClient(row);
    },
    registerApp({ app, redirectUris, scopes }): AppClient {
      checkAppScopes(scopes.filter((scope) => !oidcScopes.includes(scope)));
      const asked = [...new Set([...oidcScopes, ...scopes])];
      const known = store.get<{ client_id: string }>(
        'SELECT client_id FROM identity_clients WHERE app = ?',
        app,
      );
      const clientId = known?.client_id ?? freshClientId();
      const clientSecret = `dose${secrets.hex(16)}`;
      store.run(
        `INSERT INTO identity_clients (client_id, app, name, secret_hash, redirect_uris, scopes)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (client_id) DO UPDATE SET secret_hash = excluded.secret_hash,
           redirect_uris = excluded.redirect_uris, scopes = excluded.scopes`,
        clientId,
        app,
        app,
        hashSecret(clientSecret),
        JSON.stringify(redirectUris),
        JSON.stringify(asked),
      );
      return { app, clientId, clientSecret, redirectUris, scopes: asked };
    },
    unregisterApp(app) {
      store.transaction(() => {
        const row = store.get<{ client_id: string }>(
          'SELECT client_id FROM identity_clients WHERE app = ?',
          app,
        );
        if (!row) return;
        store.run('DELETE FROM identity_consents WHERE client_id = ?', row.client_id);
        store.run('DELETE FROM identity_clients WHERE client_id = ?', row.client_id);
      });
    },
    authenticate: (client, secret) => client.secretHash !== null && client.secretHash === hashSecret(secret),
  };
}

function builtIn(clientId: string): OAuthClient {
  return {
    clientId,
    name: clientId,
    public: true,
    secretHash: null,
    redirectUris: ['http://localhost', 'http://127.0.0.1'],
    scopes: null,
    app: null,
    consentScopes: [],
    builtIn: true,
  };
}

function toClient(row: Row): OAuthClient {
  return {
    clientId: row.client_id,
    name: row.name,
    public: row.secret_hash === null,
    secretHash: row.secret_hash,
    redirectUris: stringList(row.redirect_uris),
    scopes: stringList(row.scopes),
    app: row.app,
    consentScopes: row.consent_scopes === null ? null : stringList(row.consent_scopes),
    builtIn: false,
  };
}
