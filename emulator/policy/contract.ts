import type { Explanation } from '../core/index.ts';
import type { Caller, Principal } from '../identity/index.ts';

/** Kinds of Unity Catalog securables, then workspace objects with permission levels. */
export type SecurableKind =
  | 'METASTORE'
  | 'CATALOG'
  | 'SCHEMA'
  | 'TABLE'
  | 'VIEW'
  | 'FUNCTION'
  | 'VOLUME'
  | 'CONNECTION'
  | 'APP'
  | 'WAREHOUSE'
  | 'SECRET_SCOPE'
  | 'SERVING_ENDPOINT'
  | 'JOB';

/** `name` is the full lower-case name (`main.sales.orders`), the id of a workspace object, or `metastore`. */
export interface SecurableRef {
  kind: SecurableKind;
  name: string;
}

/**
 * A privilege in its SQL form (`SELECT`, `USE CATALOG`, `ALL PRIVILEGES`) or a permission level (`CAN_USE`).
 * The lists are closed: an unknown one is refused with the platform's error.
 */
export type Privilege = string;

export type Decision =
  | { allow: true; reason: string }
  | {
      allow: false;
      reason: string;
      /** First thing missing, in the platform's order: catalog, schema, object. */
      missing: { privilege: Privilege; securable: SecurableRef };
      explanation: Explanation;
    };

export interface Grant {
  principal: string;
  privilege: Privilege;
  securable: SecurableRef;
}

/** Registry of securables and their owners. Unity Catalog names only: parents follow from the dots. */
export interface Securables {
  register(ref: SecurableRef, owner: string): void;
  unregister(ref: SecurableRef): void;
  /** Owner and grants stay, and everything below moves along. `name` is the new full name. */
  rename(ref: SecurableRef, name: string): void;
  exists(ref: SecurableRef): boolean;
  owner(ref: SecurableRef): string | undefined;
  /** @throws SqlError PRINCIPAL_DOES_NOT_EXIST. */
  setOwner(ref: SecurableRef, owner: string): void;
}

export interface Grants {
  /** `principal` as written in GRANT: user name, application id or group. @throws SqlError PRINCIPAL_DOES_NOT_EXIST. */
  grant(grant: Grant): void;
  revoke(grant: Grant): void;
  /** Direct grants on the securable; with `inherited`, those of its containers too (each naming where it sits). */
  on(ref: SecurableRef, options?: { inherited?: boolean; principal?: string }): Grant[];
}

/** The one policy decision point. Every answer is written to the journal. */
export interface Authorizer {
  /**
   * May the caller do it? For Unity Catalog: USE CATALOG, then USE SCHEMA, then the privilege, each by grant
   * (inherited, by group), ownership, or ALL PRIVILEGES at check time. For workspace objects: permission level.
   */
  check(caller: Caller, privilege: Privilege, ref: SecurableRef): Decision;
  /** The same for a principal that is not the caller (definer's rights of a view or function owner). Not journalled as a call. */
  checkPrincipal(principal: Principal | string, privilege: Privilege, ref: SecurableRef): Decision;
  /** May this principal know that the object exists (any privilege, ownership or BROWSE on it or a container)? */
  visible(caller: Caller, ref: SecurableRef): boolean;
  isMetastoreAdmin(principal: Principal): boolean;
}

/** Permission levels of workspace objects (apps, warehouses, secret scopes, ...). */
export interface Permissions {
  set(ref: SecurableRef, acl: { principal: string; level: string }[]): void;
  add(ref: SecurableRef, entry: { principal: string; level: string }): void;
  remove(ref: SecurableRef, principal: string): void;
  get(ref: SecurableRef): { principal: string; level: string; inherited: boolean }[];
}

export interface Policy {
  /** Changes with every change of securables, owners, grants and permissions; for cache keys. */
  readonly version: number;
  readonly securables: Securables;
  readonly grants: Grants;
  readonly permissions: Permissions;
  readonly authorizer: Authorizer;
  /** Is there a user, service principal or group of this name, as it is written in GRANT? */
  principalExists(name: string): boolean;
}
