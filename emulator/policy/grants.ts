import type { Store } from '../state/index.ts';
import { isPlatformOwned } from './builtin.ts';
import type { Grant, Grants, SecurableRef } from './contract.ts';
import { notApplicable, notGrantable, principalDoesNotExist, unknownPrivilege } from './errors.ts';
import { canonical, containersOf, principalKey } from './names.ts';
import { isGrantable, isPrivilege, normalPrivilege } from './privileges.ts';
import type { PolicyTables } from './tables.ts';

/** GRANT and REVOKE as data. Who may grant is the caller's check (MANAGE), not made here. */
export function createGrants(
  store: Store,
  tables: PolicyTables,
  principalExists: (name: string) => boolean,
): Grants {
  const checked = (grant: Grant): { ref: SecurableRef; privilege: string; grantee: string } => {
    const ref = canonical(grant.securable);
    const privilege = normalPrivilege(grant.privilege, ref.kind);
    if (!isPrivilege(privilege)) throw unknownPrivilege(privilege);
    if (!isGrantable(privilege, ref.kind)) throw notApplicable(privilege, ref);
    if (isPlatformOwned(ref)) throw notGrantable(ref);
    if (!principalExists(grant.principal)) throw principalDoesNotExist(grant.principal);
    return { ref, privilege, grantee: principalKey(grant.principal) };
  };

  const direct = (ref: SecurableRef, only: string | undefined): Grant[] => {
    const { grants, label } = tables.node(ref);
    return [...grants].flatMap(([key, { principal, privileges }]) =>
      only !== undefined && key !== only
        ? []
        : privileges.map((privilege) => ({
            principal,
            privilege,
            securable: { kind: label, name: ref.name },
          })),
    );
  };

  return {
    grant(given) {
      const { ref, privilege, grantee } = checked(given);
      tables.change(() =>
        store.run(
          'INSERT OR IGNORE INTO policy_grants (kind, name, grantee, privilege, principal) VALUES (?, ?, ?, ?, ?)',
          ref.kind,
          ref.name,
          grantee,
          privilege,
          given.principal,
        ),
      );
    },
    revoke(given) {
      const { ref, privilege, grantee } = checked(given);
      // Revoking what was never granted is no error, and ALL PRIVILEGES takes only itself back (docs: REVOKE).
      tables.change(() =>
        store.run(
          'DELETE FROM policy_grants WHERE kind = ? AND name = ? AND grantee = ? AND privilege = ?',
          ref.kind,
          ref.name,
          grantee,
          privilege,
        ),
      );
    },
    on(given, options = {}) {
      const ref = canonical(given);
      const only = options.principal === undefined ? undefined : principalKey(options.principal);
      const above = options.inherited ? containersOf(ref).reverse() : [];
      return [ref, ...above].flatMap((place) => direct(place, only));
    },
  };
}
