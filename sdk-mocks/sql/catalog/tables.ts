import type { Migration } from '../../../emulator/state/index.ts';

/** Tables of the metastore. Structured parts are JSON, validated by `rows.ts` when read. */
export const catalogMigrations: readonly Migration[] = [
  {
    name: 'sql-catalog/1',
    sql: `
      CREATE TABLE catalog_version (version INTEGER NOT NULL) STRICT;
      INSERT INTO catalog_version VALUES (1);
      CREATE TABLE catalog_containers (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, owner TEXT NOT NULL, comment TEXT,
        created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
        PRIMARY KEY (catalog, schema)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_relations (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
        owner TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
        definition TEXT NOT NULL, segments TEXT NOT NULL,
        PRIMARY KEY (catalog, schema, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_functions (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
        owner TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
        definition TEXT NOT NULL,
        PRIMARY KEY (catalog, schema, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_history (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,
        at INTEGER NOT NULL, operation TEXT NOT NULL, rows INTEGER NOT NULL,
        PRIMARY KEY (catalog, schema, name, version)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'sql-catalog/2',
    sql: `
      CREATE TABLE catalog_volumes (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL, comment TEXT,
        created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
        PRIMARY KEY (catalog, schema, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_tags (
        kind TEXT NOT NULL, name TEXT NOT NULL, column_name TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (kind, name, column_name, key)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_governed_tags (
        key TEXT PRIMARY KEY, definition TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE catalog_policies (
        on_kind TEXT NOT NULL, on_name TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL,
        created_at INTEGER NOT NULL, created_by TEXT NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL,
        PRIMARY KEY (on_kind, on_name, name)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'sql-catalog/3',
    sql: `
      ALTER TABLE catalog_history ADD COLUMN definition TEXT;
      ALTER TABLE catalog_history ADD COLUMN detail TEXT NOT NULL DEFAULT '{}';
      CREATE TABLE catalog_kept_segments (
        catalog TEXT NOT NULL, schema TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, delete_vector TEXT,
        rows INTEGER NOT NULL, place INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER
      ) STRICT;
      CREATE INDEX catalog_kept_segments_of ON catalog_kept_segments (catalog, schema, name);
    `,
  },
];
