import type { Privilege, SecurableKind } from './contract.ts';

const anywhere: readonly SecurableKind[] = [
  'METASTORE',
  'CATALOG',
  'SCHEMA',
  'TABLE',
  'FUNCTION',
  'VOLUME',
  'CONNECTION',
];
const below: readonly SecurableKind[] = ['CATALOG', 'SCHEMA', 'TABLE', 'FUNCTION', 'VOLUME', 'CONNECTION'];

/**
 * Where each privilege may be granted (docs: Unity Catalog privileges reference). A grant on a container is
 * inherited by what it contains. VIEW counts as TABLE.
 */
const grantable: ReadonlyMap<Privilege, readonly SecurableKind[]> = new Map([
  ['USE CATALOG', ['CATALOG']],
  ['USE SCHEMA', ['CATALOG', 'SCHEMA']],
  ['SELECT', ['CATALOG', 'SCHEMA', 'TABLE']],
  ['MODIFY', ['CATALOG', 'SCHEMA', 'TABLE']],
  ['REFRESH', ['CATALOG', 'SCHEMA', 'TABLE']],
  ['EXECUTE', ['CATALOG', 'SCHEMA', 'FUNCTION']],
  ['READ VOLUME', ['CATALOG', 'SCHEMA', 'VOLUME']],
  ['WRITE VOLUME', ['CATALOG', 'SCHEMA', 'VOLUME']],
  ['CREATE SCHEMA', ['CATALOG']],
  ['CREATE TABLE', ['CATALOG', 'SCHEMA']],
  ['CREATE VIEW', ['CATALOG', 'SCHEMA']],
  ['CREATE VOLUME', ['CATALOG', 'SCHEMA']],
  ['CREATE FUNCTION', ['CATALOG', 'SCHEMA']],
  ['CREATE MODEL', ['CATALOG', 'SCHEMA']],
  ['CREATE MATERIALIZED VIEW', ['CATALOG', 'SCHEMA']],
  ['CREATE CATALOG', ['METASTORE']],
  ['CREATE CONNECTION', ['METASTORE']],
  ['CREATE EXTERNAL LOCATION', ['METASTORE']],
  ['CREATE STORAGE CREDENTIAL', ['METASTORE']],
  ['CREATE SERVICE CREDENTIAL', ['METASTORE']],
  ['CREATE SHARE', ['METASTORE']],
  ['CREATE RECIPIENT', ['METASTORE']],
  ['CREATE PROVIDER', ['METASTORE']],
  ['USE CONNECTION', ['METASTORE', 'CONNECTION']],
  ['CREATE FOREIGN CATALOG', ['CONNECTION']],
  ['BROWSE', ['CATALOG', 'SCHEMA']],
  ['APPLY TAG', ['CATALOG', 'SCHEMA', 'TABLE', 'FUNCTION', 'VOLUME']],
  ['EXTERNAL USE SCHEMA', ['CATALOG', 'SCHEMA']],
  ['MANAGE', below],
  ['READ METADATA', below],
  ['ALL PRIVILEGES', anywhere],
]);

/** What ALL PRIVILEGES does not stand for (docs: manage privileges). */
const notInAll = new Set<Privilege>([
  'MANAGE',
  'READ METADATA',
  'EXTERNAL USE SCHEMA',
  'EXTERNAL USE LOCATION',
]);

/** Only the owner (or a metastore admin) has it; it cannot be granted. Used where MANAGE is not enough. */
export const ownership: Privilege = 'OWNERSHIP';

/** SQL form of a privilege: upper case, blanks for underscores, legacy names translated. */
export function normalPrivilege(privilege: Privilege, kind: SecurableKind): Privilege {
  const name = privilege.trim().toUpperCase().replaceAll('_', ' ').replace(/\s+/g, ' ');
  if (name === 'ALL') return 'ALL PRIVILEGES';
  if (name === 'USAGE') return kind === 'CATALOG' ? 'USE CATALOG' : 'USE SCHEMA';
  return name;
}

export function isPrivilege(name: Privilege): boolean {
  return grantable.has(name);
}

/** May `privilege` be granted on securables of this kind? */
export function isGrantable(privilege: Privilege, kind: SecurableKind): boolean {
  return grantable.get(privilege)?.includes(kind === 'VIEW' ? 'TABLE' : kind) ?? false;
}

/** Does a grant of `granted` on the object or a container give `wanted`? ALL PRIVILEGES expands here, at check time. */
export function gives(granted: Privilege, wanted: Privilege): boolean {
  if (granted === wanted) return true;
  if (granted === 'ALL PRIVILEGES') return wanted !== ownership && !notInAll.has(wanted);
  // MANAGE holders see all metadata of the object (docs: READ METADATA is the read-only part of MANAGE).
  return granted === 'MANAGE' && (wanted === 'READ METADATA' || wanted === 'BROWSE');
}

/** Does a grant that sits on a container say anything about an object of this kind? Decides visibility. */
export function reaches(granted: Privilege, kind: SecurableKind): boolean {
  if (granted === 'BROWSE' || granted === 'ALL PRIVILEGES') return true;
  return isGrantable(granted, kind);
}
