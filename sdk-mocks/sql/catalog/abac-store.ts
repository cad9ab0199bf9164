import { z } from 'zod';
import type { Clock } from '../../../emulator/core/index.ts';
import type { Versioned } from '../../../emulator/policy/index.ts';
import type { Store } from '../../../emulator/state/index.ts';
import type { AbacPolicy, AbacStore, GovernedTag, PolicyScope } from './contract.ts';

const tagDefinition = z.object({
  description: z.string().exactOptional(),
  values: z.array(z.string()).nullable(),
});
const policyDefinition = z.object({
  comment: z.string().exactOptional(),
  type: z.enum(['ROW_FILTER', 'COLUMN_MASK']),
  function: z.object({ catalog: z.string(), schema: z.string(), name: z.string() }),
  to: z.array(z.string()),
  except: z.array(z.string()),
  when: z.string().nullable(),
  match: z.array(z.object({ condition: z.string(), alias: z.string() })),
  onColumn: z.string().nullable(),
  using: z.array(z.union([z.object({ alias: z.string() }), z.object({ literal: z.string() })])),
});

interface TagRow {
  key: string;
  definition: string;
  created_at: number;
  created_by: string;
}

interface PolicyRow {
  on_kind: PolicyScope['kind'];
  on_name: string;
  name: string;
  definition: string;
  created_at: number;
  created_by: string;
  updated_at: number;
  updated_by: string;
}

export interface OwnedAbacStore extends AbacStore {
  /** Takes the policies of an object along, and those of everything below. */
  forget(kind: string, name: string): void;
  move(from: string, to: string): void;
}

/** Governed tags and attribute-based policies over rows. */
export function createAbacStore(options: {
  store: Store;
  clock: Clock;
  state: Versioned<unknown>;
}): OwnedAbacStore {
  const { store, clock, state } = options;
  const policyRow = ({ kind, name }: PolicyScope, policy: string) =>
    store.get<PolicyRow>(
      'SELECT * FROM catalog_policies WHERE on_kind = ? AND on_name = ? AND name = ?',
      kind,
      name.toLowerCase(),
      policy.toLowerCase(),
    );
  const tagRow = (key: string) => store.get<TagRow>('SELECT * FROM catalog_governed_tags WHERE key = ?', key);
  return {
    governedTags: () =>
      store.all<TagRow>('SELECT * FROM catalog_governed_tags ORDER BY key').map(governedTagOf),
    governedTag(key) {
      const row = tagRow(key);
      return row && governedTagOf(row);
    },
    putGovernedTag: ({ key, ...definition }, by) =>
      state.change(() => {
        const old = tagRow(key);
        store.run(
          'INSERT OR REPLACE INTO catalog_governed_tags (key, definition, created_at, created_by) VALUES (?, ?, ?, ?)',
          key,
          JSON.stringify(definition),
          old?.created_at ?? clock.now(),
          old?.created_by ?? by,
        );
      }),
    dropGovernedTag: (key) =>
      state.change(() => {
        store.run('DELETE FROM catalog_governed_tags WHERE key = ?', key);
      }),
    policies: ({ kind, name }) =>
      store
        .all<PolicyRow>(
          'SELECT * FROM catalog_policies WHERE on_kind = ? AND on_name = ? ORDER BY name',
          kind,
          name.toLowerCase(),
        )
        .map(policyOf),
    putPolicy: ({ name, on, ...definition }, by) =>
      state.change(() => {
        const old = policyRow(on, name);
        store.run(
          `INSERT OR REPLACE INTO catalog_policies
            (on_kind, on_name, name, definition, created_at, created_by, updated_at, updated_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          on.kind,
          on.name.toLowerCase(),
          name.toLowerCase(),
          JSON.stringify(definition),
          old?.created_at ?? clock.now(),
          old?.created_by ?? by,
          clock.now(),
          by,
        );
      }),
    dropPolicy: ({ kind, name }, policy) =>
      state.change(() => {
        store.run(
          'DELETE FROM catalog_policies WHERE on_kind = ? AND on_name = ? AND name = ?',
          kind,
          name.toLowerCase(),
          policy.toLowerCase(),
        );
      }),
    forget(kind, name) {
      const word = kind === 'view' ? 'TABLE' : kind.toUpperCase();
      store.run('DELETE FROM catalog_policies WHERE on_kind = ? AND on_name = ?', word, name);
      if (kind !== 'catalog' && kind !== 'schema') return;
      store.run('DELETE FROM catalog_policies WHERE substr(on_name, 1, ?) = ?', name.length + 1, `${name}.`);
    },
    move: (from, to) =>
      store.run("UPDATE catalog_policies SET on_name = ? WHERE on_kind = 'TABLE' AND on_name = ?", to, from),
  };
}

function governedTagOf(row: TagRow): GovernedTag {
  return {
    key: row.key,
    ...tagDefinition.parse(JSON.parse(row.definition)),
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

function policyOf(row: PolicyRow): AbacPolicy {
  return {
    name: row.name,
    on: { kind: row.on_kind, name: row.on_name },
    ...policyDefinition.parse(JSON.parse(row.definition)),
    createdAt: row.created_at,
    createdBy: row.created_by,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
  };
}
