import type { Migration } from '../state/index.ts';

/**
 * Tables of the world: they go into images and come back with a reset. `incarnation` is random per object, so
 * that a token of an object that is gone does not fit one made later under the same name or id.
 */
export const identityMigrations: readonly Migration[] = [
  {
    name: 'identity/1',
    sql: `
      CREATE TABLE identity_principals (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('user', 'service_principal')),
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        display_name TEXT NOT NULL,
        active INTEGER NOT NULL DEFAULT 1,
        app TEXT,
        external_id TEXT,
        entitlements TEXT NOT NULL,
        incarnation TEXT NOT NULL
      ) STRICT;
      CREATE TABLE identity_groups (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE COLLATE NOCASE,
        external_id TEXT,
        entitlements TEXT NOT NULL DEFAULT '[]'
      ) STRICT;
      CREATE TABLE identity_members (
        group_id TEXT NOT NULL REFERENCES identity_groups(id) ON DELETE CASCADE,
        member_id TEXT NOT NULL,
        PRIMARY KEY (group_id, member_id)
      ) STRICT;
      CREATE INDEX identity_members_member ON identity_members (member_id);
      CREATE TABLE identity_personas (
        alias TEXT PRIMARY KEY,
        principal_id TEXT NOT NULL REFERENCES identity_principals(id) ON DELETE CASCADE
      ) STRICT;
      CREATE TABLE identity_secrets (
        id TEXT PRIMARY KEY,
        principal_id TEXT NOT NULL REFERENCES identity_principals(id) ON DELETE CASCADE,
        hash TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX identity_secrets_principal ON identity_secrets (principal_id);
      CREATE TABLE identity_clients (
        client_id TEXT PRIMARY KEY,
        app TEXT UNIQUE,
        name TEXT NOT NULL,
        secret_hash TEXT,
        redirect_uris TEXT NOT NULL,
        scopes TEXT NOT NULL
      ) STRICT;
      CREATE TABLE identity_consents (
        user_name TEXT NOT NULL COLLATE NOCASE,
        client_id TEXT NOT NULL,
        scopes TEXT NOT NULL,
        PRIMARY KEY (user_name, client_id)
      ) STRICT;
    `,
  },
  {
    name: 'identity/2',
    sql: `
      CREATE TABLE identity_federation_policies (
        uid TEXT PRIMARY KEY,
        policy_id TEXT NOT NULL,
        principal_id TEXT REFERENCES identity_principals(id) ON DELETE CASCADE,
        description TEXT NOT NULL,
        issuer TEXT NOT NULL,
        audiences TEXT NOT NULL,
        subject TEXT,
        subject_claim TEXT NOT NULL,
        jwks_json TEXT,
        jwks_uri TEXT,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX identity_federation_policies_owner
        ON identity_federation_policies (COALESCE(principal_id, ''), policy_id);
    `,
  },
  {
    name: 'identity/3',
    sql: `
      CREATE TABLE identity_integrations (
        client_id TEXT PRIMARY KEY REFERENCES identity_clients(client_id) ON DELETE CASCADE,
        consent_scopes TEXT NOT NULL,
        token_access_policy TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE identity_published_integrations (
        app_id TEXT PRIMARY KEY,
        token_access_policy TEXT NOT NULL,
        created_by TEXT NOT NULL,
        created_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    name: 'identity/4',
    sql: 'ALTER TABLE identity_secrets ADD COLUMN scopes TEXT',
  },
];

/** Tables beside the world: what was handed out to running programs stays known after a reset. */
export const outsideMigrations: readonly Migration[] = [
  {
    name: 'identity-outside/1',
    sql: `
      CREATE TABLE outside_tokens (
        id TEXT PRIMARY KEY,
        how TEXT NOT NULL,
        principal TEXT NOT NULL,
        incarnation TEXT NOT NULL,
        client_id TEXT NOT NULL,
        app TEXT,
        scopes TEXT NOT NULL,
        session TEXT,
        exchange TEXT,
        issued_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        wall_expires_at INTEGER NOT NULL,
        revoked_at INTEGER,
        revoked_why TEXT
      ) STRICT;
      CREATE INDEX outside_tokens_session ON outside_tokens (session) WHERE session IS NOT NULL;
      CREATE INDEX outside_tokens_expiry ON outside_tokens (wall_expires_at);
      CREATE TABLE outside_pats (
        id TEXT PRIMARY KEY,
        hash TEXT NOT NULL UNIQUE,
        principal TEXT NOT NULL,
        incarnation TEXT NOT NULL,
        comment TEXT NOT NULL,
        scopes TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        revoked_at INTEGER
      ) STRICT;
      CREATE TABLE outside_sessions (
        id TEXT PRIMARY KEY,
        ended_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE outside_oidc (
        model TEXT NOT NULL,
        id TEXT NOT NULL,
        payload TEXT NOT NULL,
        expires_at INTEGER,
        grant_id TEXT,
        uid TEXT,
        PRIMARY KEY (model, id)
      ) STRICT;
      CREATE INDEX outside_oidc_grant ON outside_oidc (grant_id) WHERE grant_id IS NOT NULL;
      CREATE INDEX outside_oidc_uid ON outside_oidc (uid) WHERE uid IS NOT NULL;
      CREATE INDEX outside_oidc_expiry ON outside_oidc (expires_at);
    `,
  },
  {
    name: 'identity-outside/2',
    sql: 'ALTER TABLE outside_pats ADD COLUMN created_by TEXT',
  },
];
