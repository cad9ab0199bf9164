import type { Versioned } from '../../../emulator/policy/index.ts';
import type { Store } from '../../../emulator/state/index.ts';
import type { Tag, Tags, TagTarget } from './contract.ts';

/** The tag store, and what the catalog needs when objects go or move. */
export interface OwnedTags extends Tags {
  /** Takes the tags of an object along, and those of everything below. */
  forget(kind: string, name: string): void;
  move(kind: string, from: string, to: string): void;
}

/** Tags over rows. A tag on a column is kept under its table, with the column's lower-case name. */
export function createTags(store: Store, state: Versioned<unknown>): OwnedTags {
  return {
    of: (target) =>
      store.all<Tag>(
        'SELECT key, value FROM catalog_tags WHERE kind = ? AND name = ? AND column_name = ? ORDER BY key',
        ...keyOf(target),
      ),
    set: (target, tags) =>
      state.change(() => {
        for (const { key, value } of tags) {
          store.run(
            'INSERT OR REPLACE INTO catalog_tags (kind, name, column_name, key, value) VALUES (?, ?, ?, ?, ?)',
            ...keyOf(target),
            key,
            value,
          );
        }
      }),
    unset: (target, keys) =>
      state.change(() => {
        for (const key of keys) {
          store.run(
            'DELETE FROM catalog_tags WHERE kind = ? AND name = ? AND column_name = ? AND key = ?',
            ...keyOf(target),
            key,
          );
        }
      }),
    within(catalog) {
      const name = catalog.toLowerCase();
      return store.all(
        `SELECT kind, name, column_name AS "column", key, value FROM catalog_tags
          WHERE name = ? OR substr(name, 1, ?) = ? ORDER BY name, column_name, key`,
        name,
        name.length + 1,
        `${name}.`,
      );
    },
    forget(kind, name) {
      store.run('DELETE FROM catalog_tags WHERE kind = ? AND name = ?', kind, name);
      if (kind !== 'catalog' && kind !== 'schema') return;
      store.run('DELETE FROM catalog_tags WHERE substr(name, 1, ?) = ?', name.length + 1, `${name}.`);
    },
    move: (kind, from, to) =>
      store.run('UPDATE catalog_tags SET name = ? WHERE kind = ? AND name = ?', to, kind, from),
  };
}

function keyOf({ kind, name, column }: TagTarget): [string, string, string] {
  const parts = [name.catalog, name.schema, name.name].filter((part) => part !== undefined && part !== '');
  return [kind, parts.join('.').toLowerCase(), (column ?? '').toLowerCase()];
}
