import { ApiError } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import type { Directory, Membership } from './service.ts';

/** Groups every principal belongs to without being added: of the workspace, and of the account (docs: groups). */
const everyonesGroups = ['users', 'account users'] as const;
/** Groups that exist in every workspace and cannot be removed. */
const systemGroups = ['admins', ...everyonesGroups] as const;

type GroupOperations = Pick<
  Directory,
  'groups' | 'addGroup' | 'removeGroup' | 'addMember' | 'removeMember' | 'membersOf'
>;

export interface Groups {
  operations: GroupOperations;
  /** Adds a principal or group, by id, to a group that is made when missing. */
  addMember(group: string, memberId: string): void;
  /** Direct groups in the order they were joined, then those reached through them, then those of everyone. */
  membershipsOf(memberId: string): Membership[];
}

interface GroupRow {
  id: string;
  name: string;
}

/** Nested groups of the world. `changed` is called after each change. */
export function createGroups(parts: { store: Store; freshId: () => string; changed: () => void }): Groups {
  const { store, freshId, changed } = parts;

  const find = (name: string) =>
    store.get<GroupRow>('SELECT id, name FROM identity_groups WHERE name = ?', name) ??
    store.get<GroupRow>('SELECT id, name FROM identity_groups WHERE id = ?', name);

  const ensure = (name: string): GroupRow => {
    const known = find(name);
    if (known) return known;
    const made = { id: freshId(), name };
    store.run('INSERT INTO identity_groups (id, name) VALUES (?, ?)', made.id, made.name);
    return made;
  };

  const ensureSystemGroups = () => {
    for (const name of systemGroups) ensure(name);
  };

  const memberId = (name: string): string => {
    const row =
      store.get<{ id: string }>('SELECT id FROM identity_principals WHERE name = ? OR id = ?', name, name) ??
      find(name);
    if (!row)
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Principal or group ${name} does not exist.`);
    return row.id;
  };

  const addMember = (group: string, id: string) => {
    const target = ensure(group);
    if (target.id === id) {
      throw new ApiError(
        400,
        'INVALID_PARAMETER_VALUE',
        `Group ${target.name} cannot be a member of itself.`,
      );
    }
    store.run('INSERT OR IGNORE INTO identity_members (group_id, member_id) VALUES (?, ?)', target.id, id);
  };

  const membersOf = (group: GroupRow): { id: string; name: string; kind: 'principal' | 'group' }[] =>
    isEveryones(group.name)
      ? store.all(`SELECT id, name, 'principal' AS kind FROM identity_principals ORDER BY rowid`)
      : store.all(membersSql, group.id);

  const membershipsOf = (id: string): Membership[] => {
    const rows = store.all<GroupRow & { depth: number }>(membershipsSql, id, id);
    const named = rows.filter((row) => !isEveryones(row.name));
    const everyone = everyonesGroups.flatMap((name) => find(name) ?? []);
    return [
      ...named.map((row) => ({ id: row.id, name: row.name, direct: row.depth === 1 })),
      ...everyone.map((row) => ({ ...row, direct: true })),
    ];
  };

  ensureSystemGroups();
  return {
    addMember,
    membershipsOf,
    operations: {
      groups: () =>
        store
          .all<GroupRow>('SELECT id, name FROM identity_groups ORDER BY rowid')
          .map((group) => ({ ...group, members: membersOf(group).map(({ name }) => name) })),
      membersOf(name) {
        const group = find(name);
        return group ? membersOf(group) : [];
      },
      addGroup(name) {
        ensure(name);
        changed();
      },
      removeGroup(name) {
        const group = find(name);
        if (!group) return;
        if (systemGroups.some((system) => system === group.name)) {
          throw new ApiError(
            400,
            'INVALID_PARAMETER_VALUE',
            `The system group ${group.name} cannot be removed.`,
          );
        }
        store.transaction(() => {
          store.run('DELETE FROM identity_members WHERE member_id = ?', group.id);
          store.run('DELETE FROM identity_groups WHERE id = ?', group.id);
        });
        changed();
      },
      addMember(group, member) {
        addMember(group, memberId(member));
        changed();
      },
      removeMember(group, member) {
        const target = find(group);
        if (!target) return;
        store.run(
          'DELETE FROM identity_members WHERE group_id = ? AND member_id = ?',
          target.id,
          memberId(member),
        );
        changed();
      },
    },
  };
}

function isEveryones(name: string): boolean {
  return everyonesGroups.some((group) => group === name);
}

const membersSql = `
  SELECT m.member_id AS id, COALESCE(p.name, g.name) AS name,
         CASE WHEN p.id IS NULL THEN 'group' ELSE 'principal' END AS kind
  FROM identity_members m
  LEFT JOIN identity_principals p ON p.id = m.member_id
  LEFT JOIN identity_groups g ON g.id = m.member_id
  WHERE m.group_id = ? ORDER BY m.rowid`;

/** UNION, not UNION ALL, so that groups that contain each other end. Depth 1 is direct. */
const membershipsSql = `
  WITH RECURSIVE reached (group_id) AS (
    SELECT group_id FROM identity_members WHERE member_id = ?
    UNION
    SELECT m.group_id FROM identity_members m JOIN reached r ON m.member_id = r.group_id
  )
  SELECT g.id, g.name,
         CASE WHEN d.group_id IS NULL THEN 2 ELSE 1 END AS depth
  FROM reached r
  JOIN identity_groups g ON g.id = r.group_id
  LEFT JOIN identity_members d ON d.group_id = g.id AND d.member_id = ?
  ORDER BY depth, d.rowid, g.rowid`;
