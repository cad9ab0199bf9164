import { ApiError, type Ids, type Secrets } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import { createGroups, type Groups } from './groups.ts';
import { stringList } from './rows.ts';
import type { Directory } from './service.ts';
import type { Principal, ServicePrincipal, User } from './types.ts';

/** What every new user and service principal may do, unless told otherwise. */
const defaultEntitlements = ['workspace-access', 'databricks-sql-access'];

export interface PrincipalRow {
  id: string;
  kind: 'user' | 'service_principal';
  name: string;
  display_name: string;
  active: number;
  app: string | null;
  external_id: string | null;
  entitlements: string;
  incarnation: string;
}

/** A principal and the random mark of its present life (see migrations). */
export interface Entry {
  principal: Principal;
  incarnation: string;
}

/** The directory as identity itself sees it. */
export interface InnerDirectory extends Directory {
  /** Grows with every change, so that others know when what they remember is stale. */
  readonly version: number;
  entry(name: string): Entry | undefined;
}

/** People, groups and service principals, kept in the world's database and remembered between changes. */
export function createDirectory(parts: { store: Store; ids: Ids; secrets: Secrets }): InnerDirectory {
  const { store, ids, secrets } = parts;
  let version = 0;
  const found = new Map<string, Entry>();
  const changed = () => {
    version += 1;
    found.clear();
  };
  store.onSwap(changed);

  /** The next deterministic id that no principal or group has: sequences start again with a process or a reset. */
  const freshId = (): string => {
    for (;;) {
      const id = String(ids.number('principal'));
      if (!store.get(anyIdSql, id, id)) return id;
    }
  };
  const freshApplicationId = (): string => {
    for (;;) {
      const id = ids.uuid('service_principal');
      if (!store.get('SELECT 1 FROM identity_principals WHERE name = ?', id)) return id;
    }
  };

  const groups = createGroups({ store, freshId, changed });
  const toEntry = (row: PrincipalRow): Entry => ({
    principal: toPrincipal(row, groups),
    incarnation: row.incarnation,
  });

  const entry = (name: string): Entry | undefined => {
    const key = name.toLowerCase();
    const known = found.get(key);
    if (known) return known;
    const row = store.get<PrincipalRow>(findSql, name, name, name);
    if (!row) return undefined;
    const made = toEntry(row);
    found.set(key, made);
    return made;
  };

  const require = (name: string): Principal => {
    const principal = entry(name)?.principal;
    if (!principal) throw notFound(name);
    return principal;
  };

  const insert = (row: Omit<PrincipalRow, 'id' | 'active' | 'incarnation' | 'external_id'>, id: string) =>
    store.run(
      `INSERT INTO identity_principals (id, kind, name, display_name, active, app, entitlements, incarnation)
       VALUES (?, ?, ?, ?, 1, ?, ?, ?)`,
      id,
      row.kind,
      row.name,
      row.display_name,
      row.app,
      row.entitlements,
      secrets.hex(16),
    );

  const add = (
    row: Omit<PrincipalRow, 'id' | 'active' | 'incarnation' | 'external_id'>,
    more: { alias?: string | undefined; groups?: readonly string[] | undefined },
  ): Principal =>
    store.transaction(() => {
      if (store.get('SELECT 1 FROM identity_principals WHERE name = ?', row.name)) {
        throw new ApiError(409, 'RESOURCE_ALREADY_EXISTS', `${row.name} already exists.`);
      }
      const id = freshId();
      insert(row, id);
      if (more.alias !== undefined) {
        store.run('INSERT INTO identity_personas (alias, principal_id) VALUES (?, ?)', more.alias, id);
      }
      for (const group of more.groups ?? []) groups.addMember(group, id);
      changed();
      return require(id);
    });

  return {
    ...groups.operations,
    get version() {
      return version;
    },
    entry,
    find: (name) => entry(name)?.principal,
    users: () =>
      store
        .all<PrincipalRow>(`${listSql} WHERE kind = 'user' ORDER BY rowid`)
        .map((row) => toUser(row, groups)),
    servicePrincipals: () =>
      store
        .all<PrincipalRow>(`${listSql} WHERE kind = 'service_principal' ORDER BY rowid`)
        .map((row) => toServicePrincipal(row, groups)),
    servicePrincipalOf(app) {
      const row = store.get<PrincipalRow>(`${listSql} WHERE app = ? ORDER BY rowid LIMIT 1`, app);
      return row ? toServicePrincipal(row, groups) : undefined;
    },
    personas: () =>
      store
        .all<PrincipalRow & { alias: string }>(
          `SELECT p.*, a.alias FROM identity_personas a JOIN identity_principals p ON p.id = a.principal_id
           ORDER BY a.rowid`,
        )
        .map((row) => ({ alias: row.alias, principal: toPrincipal(row, groups) })),
    addUser(user) {
      const added = add(
        {
          kind: 'user',
          name: user.userName,
          display_name: user.displayName ?? displayNameOf(user.userName),
          app: null,
          entitlements: JSON.stringify(user.entitlements ?? defaultEntitlements),
        },
        { alias: user.alias, groups: user.groups },
      );
      if (added.kind !== 'user') throw new TypeError('a user was added and something else came back');
      return added;
    },
    addServicePrincipal(sp) {
      const added = add(
        {
          kind: 'service_principal',
          name: freshApplicationId(),
          display_name: sp.displayName,
          app: sp.app ?? null,
          entitlements: JSON.stringify(sp.entitlements ?? defaultEntitlements),
        },
        { alias: sp.alias, groups: sp.groups },
      );
      if (added.kind !== 'service_principal') throw new TypeError('a user came back for a service principal');
      return added;
    },
    removeServicePrincipal(applicationId) {
      removeOf('service_principal', applicationId);
    },
    removeUser(userName) {
      removeOf('user', userName);
    },
    setActive(name, active) {
      store.run('UPDATE identity_principals SET active = ? WHERE id = ?', active ? 1 : 0, require(name).id);
      changed();
    },
    setDisplayName(name, displayName) {
      store.run(
        'UPDATE identity_principals SET display_name = ? WHERE id = ?',
        displayName,
        require(name).id,
      );
      changed();
    },
    setEntitlements(name, entitlements) {
      const id = require(name).id;
      store.run(
        'UPDATE identity_principals SET entitlements = ? WHERE id = ?',
        JSON.stringify(entitlements),
        id,
      );
      changed();
    },
    memberships: (name) => groups.membershipsOf(require(name).id),
  };

  function removeOf(kind: PrincipalRow['kind'], name: string): void {
    const principal = entry(name)?.principal;
    if (principal?.kind !== kind) return;
    store.transaction(() => {
      store.run('DELETE FROM identity_members WHERE member_id = ?', principal.id);
      store.run('DELETE FROM identity_principals WHERE id = ?', principal.id);
    });
    changed();
  }
}

const listSql = 'SELECT * FROM identity_principals';
const findSql = `${listSql} WHERE id = (
  SELECT id FROM (
    SELECT principal_id AS id, 1 AS place FROM identity_personas WHERE alias = ?
    UNION ALL SELECT id, 2 FROM identity_principals WHERE name = ?
    UNION ALL SELECT id, 3 FROM identity_principals WHERE id = ?
  ) ORDER BY place LIMIT 1
)`;
const anyIdSql =
  'SELECT 1 FROM identity_principals WHERE id = ? UNION ALL SELECT 1 FROM identity_groups WHERE id = ?';

function toPrincipal(row: PrincipalRow, groups: Groups): Principal {
  return row.kind === 'user' ? toUser(row, groups) : toServicePrincipal(row, groups);
}

function toUser(row: PrincipalRow, groups: Groups): User {
  return { kind: 'user', ...common(row, groups) };
}

function toServicePrincipal(row: PrincipalRow, groups: Groups): ServicePrincipal {
  return { kind: 'service_principal', ...common(row, groups), app: row.app };
}

function common(row: PrincipalRow, groups: Groups) {
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    active: row.active === 1,
    groups: groups.membershipsOf(row.id).map(({ name }) => name),
    entitlements: stringList(row.entitlements),
  };
}

/** `ana.silva@acme.test` becomes `Ana Silva`. */
function displayNameOf(userName: string): string {
  const words = (userName.split('@')[0] ?? userName).split(/[._-]+/).filter(Boolean);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(' ') || userName;
}

function notFound(name: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Principal ${name} does not exist.`);
}
