import type { Migration, Store } from '../state/index.ts';
import type { Decision, SecurableKind, SecurableRef } from './contract.ts';
import { keyOf, principalKey } from './names.ts';
import { createVersioned, type Versioned } from './versioned.ts';

/** Tables of the policy folder. */
export const policyMigrations: readonly Migration[] = [
  {
    name: 'policy/1',
    sql: `
      CREATE TABLE policy_version (version INTEGER NOT NULL) STRICT;
      INSERT INTO policy_version VALUES (1);
      CREATE TABLE policy_securables (
        kind TEXT NOT NULL, name TEXT NOT NULL, label TEXT NOT NULL, owner TEXT NOT NULL,
        PRIMARY KEY (kind, name)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE policy_grants (
        kind TEXT NOT NULL, name TEXT NOT NULL, grantee TEXT NOT NULL, privilege TEXT NOT NULL,
        principal TEXT NOT NULL,
        PRIMARY KEY (kind, name, grantee, privilege)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE policy_permissions (
        kind TEXT NOT NULL, name TEXT NOT NULL, grantee TEXT NOT NULL,
        level TEXT NOT NULL, principal TEXT NOT NULL,
        PRIMARY KEY (kind, name, grantee)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** What is recorded about one securable. */
export interface Node {
  exists: boolean;
  /** TABLE or VIEW for what is kept under TABLE. */
  label: SecurableKind;
  owner: string | undefined;
  /** Privileges by principal key. */
  grants: ReadonlyMap<string, { principal: string; privileges: readonly string[] }>;
  /** Permission level by principal key. */
  levels: ReadonlyMap<string, { principal: string; level: string }>;
}

/** Cached reading and versioned writing of the policy tables. Refs must be canonical. */
export interface PolicyTables {
  readonly version: number;
  node(ref: SecurableRef): Node;
  change<Result>(work: () => Result): Result;
  /** Answers already found for this version; empty after every change. */
  memo(): Memo;
}

export interface Memo {
  decisions: Map<string, Decision>;
  visible: Map<string, boolean>;
}

interface Cache extends Memo {
  nodes: Map<string, Node>;
}

export function createPolicyTables(store: Store): PolicyTables {
  const state: Versioned<Cache> = createVersioned(store, 'policy_version', () => ({
    nodes: new Map(),
    decisions: new Map(),
    visible: new Map(),
  }));
  return {
    get version() {
      return state.version;
    },
    node(ref) {
      const { nodes } = state.cache();
      const key = keyOf(ref);
      let node = nodes.get(key);
      if (!node) {
        node = readNode(store, ref);
        nodes.set(key, node);
      }
      return node;
    },
    change: (work) => state.change(work),
    memo: () => state.cache(),
  };
}

function readNode(store: Store, ref: SecurableRef): Node {
  const row = store.get<{ label: SecurableKind; owner: string }>(
    'SELECT label, owner FROM policy_securables WHERE kind = ? AND name = ?',
    ref.kind,
    ref.name,
  );
  const grants = new Map<string, { principal: string; privileges: string[] }>();
  for (const { principal, privilege } of store.all<{ principal: string; privilege: string }>(
    'SELECT principal, privilege FROM policy_grants WHERE kind = ? AND name = ? ORDER BY grantee, privilege',
    ref.kind,
    ref.name,
  )) {
    const held = grants.get(principalKey(principal));
    if (held) held.privileges.push(privilege);
    else grants.set(principalKey(principal), { principal, privileges: [privilege] });
  }
  const levels = new Map(
    store
      .all<{ principal: string; level: string }>(
        'SELECT principal, level FROM policy_permissions WHERE kind = ? AND name = ? ORDER BY grantee',
        ref.kind,
        ref.name,
      )
      .map((entry) => [principalKey(entry.principal), entry]),
  );
  return {
    exists: row !== undefined || ref.kind === 'METASTORE',
    label: row?.label ?? ref.kind,
    owner: row?.owner,
    grants,
    levels,
  };
}
