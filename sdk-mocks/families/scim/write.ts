import { ApiError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/policy/index.ts';
import type { Services } from '../../workspace/index.ts';
import type { Writable } from './changes.ts';
import { scimError } from './error.ts';

type Directory = Services['ports']['identity']['directory'];
type Principal = NonNullable<ReturnType<Directory['find']>>;

/** Only workspace admins write (docs: users, groups, service principals). @throws ApiError 403 in SCIM's form */
export function needAdmin(caller: Caller): void {
  if (!caller.principal.groups.includes('admins')) {
    throw scimError(403, 'Only workspace admins can change users, groups and service principals.');
  }
}

/** The principal of this id and kind. @throws ApiError 404 in SCIM's form */
export function principalOf(directory: Directory, kind: Principal['kind'], id: string): Principal {
  const found = directory.find(id);
  if (found?.kind === kind && found.id === id) return found;
  throw scimError(404, `${kind === 'user' ? 'User' : 'ServicePrincipal'} with id ${id} not found.`);
}

export function groupOf(directory: Directory, id: string) {
  const found = directory.groups().find((group) => group.id === id);
  if (found) return found;
  throw scimError(404, `Group with id ${id} not found.`);
}

export function writableOf(directory: Directory, principal: Principal): Writable {
  const direct = directory.memberships(principal.name).filter((group) => group.direct);
  return {
    displayName: principal.displayName,
    active: principal.active,
    entitlements: new Set(principal.entitlements),
    groups: new Set(direct.map(({ id }) => id)),
    members: new Set(),
  };
}

/** Brings a principal to the wanted state. Groups everyone is in cannot be left (their membership is by rule). */
export function writePrincipal(directory: Directory, principal: Principal, to: Writable): void {
  const { name } = principal;
  const from = writableOf(directory, principal);
  if (to.displayName !== from.displayName) directory.setDisplayName(name, to.displayName);
  if (to.active !== from.active) directory.setActive(name, to.active);
  if (differ(to.entitlements, from.entitlements)) directory.setEntitlements(name, [...to.entitlements]);
  for (const id of to.groups)
    if (!from.groups.has(id)) directory.addMember(groupOf(directory, id).name, name);
  for (const id of from.groups) if (!to.groups.has(id)) directory.removeMember(id, name);
}

export function groupMembers(directory: Directory, id: string): ReadonlySet<string> {
  return new Set(directory.membersOf(id).map((member) => member.id));
}

/** Brings the members of a group to the wanted ones. @throws ApiError 404 for a member that does not exist */
export function writeMembers(directory: Directory, id: string, to: ReadonlySet<string>): void {
  const from = groupMembers(directory, id);
  for (const member of to) if (!from.has(member)) asScim(() => directory.addMember(id, member));
  for (const member of from) if (!to.has(member)) directory.removeMember(id, member);
}

/** The directory's errors in SCIM's form. */
export function asScim<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw scimError(error.status, error.message, error.status === 409 ? 'uniqueness' : undefined);
  }
}

function differ(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size !== b.size || [...a].some((one) => !b.has(one));
}
