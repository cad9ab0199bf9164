import type { Services } from '../../workspace/index.ts';

type Directory = Services['ports']['identity']['directory'];
type Group = ReturnType<Directory['groups']>[number];
type User = ReturnType<Directory['users']>[number];
type ServicePrincipal = ReturnType<Directory['servicePrincipals']>[number];

/** A SCIM resource; `id` and `schemas` are always returned. */
export interface Resource {
  schemas: readonly string[];
  id: string;
  [attribute: string]: unknown;
}

const schema = (name: string) => `urn:ietf:params:scim:schemas:core:2.0:${name}`;
const workspaceUser = 'urn:ietf:params:scim:schemas:extension:workspace:2.0:User';

/**
 * A user as SCIM shows it (reference identity-auth 9.1; code: databricks cli, libs/testserver).
 * `groups` are all groups of the directory, for their ids.
 */
export function userResource(user: User, groups: readonly Group[]): Resource {
  return {
    schemas: [schema('User'), workspaceUser],
    id: user.id,
    userName: user.name,
    displayName: user.displayName,
    name: personName(user.displayName),
    active: user.active,
    emails: [{ type: 'work', value: user.name, primary: true }],
    groups: memberships(user.groups, groups),
    entitlements: user.entitlements.map((value) => ({ value })),
  };
}

/** A service principal asking `Me`: the form of a user, named by its application id, without e-mail. */
export function servicePrincipalAsMe(principal: ServicePrincipal, groups: readonly Group[]): Resource {
  return {
    schemas: [schema('User'), workspaceUser],
    id: principal.id,
    userName: principal.name,
    displayName: principal.displayName,
    active: principal.active,
    groups: memberships(principal.groups, groups),
    entitlements: principal.entitlements.map((value) => ({ value })),
  };
}

export function servicePrincipalResource(principal: ServicePrincipal, groups: readonly Group[]): Resource {
  return {
    schemas: [schema('ServicePrincipal')],
    id: principal.id,
    applicationId: principal.name,
    displayName: principal.displayName,
    active: principal.active,
    groups: memberships(principal.groups, groups),
    entitlements: principal.entitlements.map((value) => ({ value })),
  };
}

export function groupResource(group: Group, directory: Directory): Resource {
  return {
    schemas: [schema('Group')],
    id: group.id,
    displayName: group.name,
    members: group.members.map((name) => member(name, directory)),
    meta: { resourceType: 'WorkspaceGroup' },
  };
}

/** Members are principals, or groups by name. */
function member(name: string, directory: Directory): object {
  const principal = directory.find(name);
  if (principal) {
    const collection = principal.kind === 'user' ? 'Users' : 'ServicePrincipals';
    return { display: principal.displayName, value: principal.id, $ref: `${collection}/${principal.id}` };
  }
  const group = directory.groups().find((one) => one.name === name);
  return group ? { display: name, value: group.id, $ref: `Groups/${group.id}` } : { display: name };
}

function memberships(names: readonly string[], groups: readonly Group[]): object[] {
  return groups
    .filter(({ name }) => names.includes(name))
    .map(({ id, name }) => ({ display: name, type: 'direct', value: id, $ref: `Groups/${id}` }));
}

function personName(displayName: string): object {
  const [givenName = '', ...rest] = displayName.split(' ');
  return rest.length > 0 ? { givenName, familyName: rest.join(' ') } : { givenName };
}
