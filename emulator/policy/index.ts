export type { Caller, Principal } from '../identity/index.ts';
export { isPlatformOwned, workspaceCatalogGrants } from './builtin.ts';
export type {
  Authorizer,
  Decision,
  Grant,
  Grants,
  Permissions,
  Policy,
  Privilege,
  SecurableKind,
  SecurableRef,
  Securables,
} from './contract.ts';
export { type Denial, denialSentence, insufficientPermissions, principalDoesNotExist } from './errors.ts';
export { levelsOf } from './levels.ts';
export { containersOf, metastore, principalKey, quoteWhereNeeded } from './names.ts';
export { createPolicy, type PolicyOptions } from './policy.ts';
export { ownership } from './privileges.ts';
export { groupsContaining } from './subject.ts';
export { policyMigrations } from './tables.ts';
export { createVersioned, type Versioned } from './versioned.ts';
