import { ApiError } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import type { Permissions, SecurableRef } from './contract.ts';
import { levelsOf, managementLevel, ownerLevel } from './levels.ts';
import { principalKey } from './names.ts';
import type { PolicyTables } from './tables.ts';

/** Access control lists of workspace objects. Workspace admins manage every object by inheritance. */
export function createPermissions(
  store: Store,
  tables: PolicyTables,
  principalExists: (name: string) => boolean,
  workspaceAdmins: string,
): Permissions {
  const check = (ref: SecurableRef, entry: { principal: string; level: string }): void => {
    if (!levelsOf(ref.kind).includes(entry.level)) {
      throw new ApiError(
        400,
        'INVALID_PARAMETER_VALUE',
        `${entry.level} is not a permission level of ${ref.kind.toLowerCase()} objects.`,
        {
          explanation: {
            rule: `levels of ${ref.kind.toLowerCase()} objects are ${levelsOf(ref.kind).join(', ')}`,
            fix: 'Use one of these levels.',
          },
        },
      );
    }
    if (!principalExists(entry.principal)) {
      throw new ApiError(
        404,
        'PRINCIPAL_DOES_NOT_EXIST',
        `Could not find principal with name ${entry.principal}.`,
      );
    }
  };
  const put = (ref: SecurableRef, entry: { principal: string; level: string }): void => {
    store.run(
      'INSERT OR REPLACE INTO policy_permissions (kind, name, grantee, level, principal) VALUES (?, ?, ?, ?, ?)',
      ref.kind,
      ref.name,
      principalKey(entry.principal),
      entry.level,
      entry.principal,
    );
  };

  return {
    set(ref, acl) {
      for (const entry of acl) check(ref, entry);
      tables.change(() => {
        store.run('DELETE FROM policy_permissions WHERE kind = ? AND name = ?', ref.kind, ref.name);
        for (const entry of acl) put(ref, entry);
      });
    },
    add(ref, entry) {
      check(ref, entry);
      tables.change(() => put(ref, entry));
    },
    remove(ref, principal) {
      tables.change(() =>
        store.run(
          'DELETE FROM policy_permissions WHERE kind = ? AND name = ? AND grantee = ?',
          ref.kind,
          ref.name,
          principalKey(principal),
        ),
      );
    },
    get(ref) {
      const node = tables.node(ref);
      const entries = [...node.levels.values()].map(({ principal, level }) => ({
        principal,
        level,
        inherited: false,
      }));
      const { owner } = node;
      if (owner !== undefined && !node.levels.has(principalKey(owner))) {
        entries.unshift({ principal: owner, level: ownerLevel(ref.kind), inherited: false });
      }
      return [...entries, { principal: workspaceAdmins, level: managementLevel(ref.kind), inherited: true }];
    },
  };
}
