import type { Journal } from '../journal/index.ts';
import type { Store } from '../state/index.ts';
import { createAuthorizer } from './authorizer.ts';
import type { Policy } from './contract.ts';
import { createGrants } from './grants.ts';
import { createPermissions } from './permissions.ts';
import { createRights } from './rights.ts';
import { createSecurables } from './securables.ts';
import type { PrincipalPort } from './subject.ts';
import { createPolicyTables } from './tables.ts';

export interface PolicyOptions extends PrincipalPort {
  /** Opened with `policyMigrations`. */
  store: Store;
  journal: Journal;
  /** Principal or group that administers the metastore until its owner is changed. Default `admins` (assumed). */
  metastoreAdmin?: string;
  /** Group whose members manage every workspace object. Default `admins`. */
  workspaceAdmins?: string;
}

/** Makes the one policy decision point of a sandbox, over rows of its control database. */
export function createPolicy(options: PolicyOptions): Policy {
  const { store, journal, groupsOf } = options;
  const metastoreAdmin = options.metastoreAdmin ?? 'admins';
  const workspaceAdmins = options.workspaceAdmins ?? 'admins';
  const principalExists = (name: string) => name === 'account users' || options.principalExists(name);
  const tables = createPolicyTables(store);
  const rights = createRights(tables, { metastore: metastoreAdmin, workspace: workspaceAdmins });
  return {
    get version() {
      return tables.version;
    },
    principalExists,
    securables: createSecurables(store, tables, principalExists),
    grants: createGrants(store, tables, principalExists),
    permissions: createPermissions(store, tables, principalExists, workspaceAdmins),
    authorizer: createAuthorizer({ tables, rights, journal, port: { groupsOf, principalExists } }),
  };
}
