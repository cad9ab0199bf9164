import type { Migration, Store } from './store.ts';

export const secretMigrations: readonly Migration[] = [
  {
    name: 'secrets/1',
    sql: `CREATE TABLE secrets (
      scope TEXT NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      updated_at INTEGER NOT NULL,
      PRIMARY KEY (scope, key)
    ) STRICT, WITHOUT ROWID`,
  },
];

/** Secrets of the workspace, by scope and key. Values leave only through `get`; never log them. */
export interface SecretStore {
  get(scope: string, key: string): string | undefined;
  /** `at`: virtual epoch milliseconds. */
  put(scope: string, key: string, value: string, at: number): void;
  remove(scope: string, key: string): void;
  scopes(): string[];
  keys(scope: string): { key: string; updatedAt: number }[];
}

export function createSecretStore(store: Store): SecretStore {
  return {
    get: (scope, key) =>
      store.get<{ value: string }>('SELECT value FROM secrets WHERE scope = ? AND key = ?', scope, key)
        ?.value,
    put(scope, key, value, at) {
      store.run(
        `INSERT INTO secrets (scope, key, value, updated_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
        scope,
        key,
        value,
        at,
      );
    },
    remove(scope, key) {
      store.run('DELETE FROM secrets WHERE scope = ? AND key = ?', scope, key);
    },
    scopes: () =>
      store
        .all<{ scope: string }>('SELECT DISTINCT scope FROM secrets ORDER BY scope')
        .map((row) => row.scope),
    keys: (scope) =>
      store
        .all<{ key: string; updated_at: number }>(
          'SELECT key, updated_at FROM secrets WHERE scope = ? ORDER BY key',
          scope,
        )
        .map((row) => ({ key: row.key, updatedAt: row.updated_at })),
  };
}
