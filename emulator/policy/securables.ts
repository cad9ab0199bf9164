import type { Store } from '../state/index.ts';
import type { Securables } from './contract.ts';
import { principalDoesNotExist } from './errors.ts';
import { canonical } from './names.ts';
import type { PolicyTables } from './tables.ts';

const policyTables = ['policy_securables', 'policy_grants', 'policy_permissions'];

/** Registry of securables and owners. Unregistering takes everything below, and all grants on it, along. */
export function createSecurables(
  store: Store,
  tables: PolicyTables,
  principalExists: (name: string) => boolean,
): Securables {
  return {
    register(given, owner) {
      const ref = canonical(given);
      tables.change(() =>
        store.run(
          'INSERT OR REPLACE INTO policy_securables (kind, name, label, owner) VALUES (?, ?, ?, ?)',
          ref.kind,
          ref.name,
          given.kind,
          owner,
        ),
      );
    },
    unregister(given) {
      const { kind, name } = canonical(given);
      tables.change(() => {
        for (const table of policyTables) {
          store.run(`DELETE FROM ${table} WHERE kind = ? AND name = ?`, kind, name);
          if (kind !== 'CATALOG' && kind !== 'SCHEMA') continue;
          // Names are compared, not patterns: a schema may be called `a_b` or `a%`.
          store.run(
            `DELETE FROM ${table} WHERE kind IN ('SCHEMA', 'TABLE', 'FUNCTION', 'VOLUME')
              AND substr(name, 1, ?) = ?`,
            name.length + 1,
            `${name}.`,
          );
        }
      });
    },
    rename(given, to) {
      const { kind, name } = canonical(given);
      const fresh = to.toLowerCase();
      tables.change(() => {
        for (const table of policyTables) {
          store.run(`UPDATE ${table} SET name = ? WHERE kind = ? AND name = ?`, fresh, kind, name);
          if (kind !== 'CATALOG' && kind !== 'SCHEMA') continue;
          store.run(
            `UPDATE ${table} SET name = ? || substr(name, ?)
              WHERE kind IN ('SCHEMA', 'TABLE', 'FUNCTION', 'VOLUME') AND substr(name, 1, ?) = ?`,
            fresh,
            name.length + 1,
            name.length + 1,
            `${name}.`,
          );
        }
      });
    },
    exists: (ref) => tables.node(canonical(ref)).exists,
    owner: (ref) => tables.node(canonical(ref)).owner,
    setOwner(given, owner) {
      if (!principalExists(owner)) throw principalDoesNotExist(owner);
      const { kind, name } = canonical(given);
      tables.change(() => {
        if (kind === 'METASTORE') {
          store.run(
            'INSERT OR REPLACE INTO policy_securables (kind, name, label, owner) VALUES (?, ?, ?, ?)',
            kind,
            name,
            kind,
            owner,
          );
          return;
        }
        store.run('UPDATE policy_securables SET owner = ? WHERE kind = ? AND name = ?', owner, kind, name);
      });
    },
  };
}
