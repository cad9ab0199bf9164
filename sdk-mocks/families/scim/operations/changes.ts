import { z } from 'zod';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { attributes, patchBody, patched, replaced, type Writable } from '../changes.ts';
import { scimError } from '../error.ts';
import { groupResource, servicePrincipalResource, userResource } from '../resources.ts';
import {
  asScim,
  groupMembers,
  groupOf,
  needAdmin,
  principalOf,
  writableOf,
  writeMembers,
  writePrincipal,
} from '../write.ts';

type Directory = Services['ports']['identity']['directory'];

/** What one collection does with a wanted state; the operations themselves are the same for all. */
interface Collection {
  api: string;
  name: 'Users' | 'Groups' | 'ServicePrincipals';
  create(directory: Directory, body: z.output<typeof createBody>): string;
  state(directory: Directory, id: string): Writable;
  write(directory: Directory, id: string, to: Writable): void;
  remove(directory: Directory, id: string): void;
  show(directory: Directory, id: string): object;
}

const createBody = attributes.extend({ userName: z.string().min(1).optional() });
const evidence = ['sdk-mocks/families/scim/changes.unit.test.ts'];
const noContent = () => ({ status: 204, body: Buffer.alloc(0) });

function operations(collection: Collection): Operation[] {
  const path = `/api/2.0/preview/scim/v2/${collection.name}`;
  const common = { scope: ['all-apis'], grade: 'thin', evidence } as const;
  return [
    defineOperation({
      ...common,
      id: `${collection.api}.create`,
      method: 'POST',
      path,
      request: createBody,
      handle({ input, caller, services: { ports } }) {
        needAdmin(caller);
        const { directory } = ports.identity;
        const id = asScim(() => collection.create(directory, input));
        collection.write(directory, id, replaced(collection.state(directory, id), input));
        return { status: 201, body: collection.show(directory, id) };
      },
    }),
    defineOperation({
      ...common,
      id: `${collection.api}.update`,
      method: 'PUT',
      path: `${path}/{id}`,
      request: attributes.extend({ id: z.string() }),
      handle({ input, caller, services: { ports } }) {
        needAdmin(caller);
        const { directory } = ports.identity;
        collection.write(directory, input.id, replaced(collection.state(directory, input.id), input));
        return { body: collection.show(directory, input.id) };
      },
    }),
    defineOperation({
      ...common,
      id: `${collection.api}.patch`,
      method: 'PATCH',
      path: `${path}/{id}`,
      request: patchBody.extend({ id: z.string() }),
      handle({ input: { id, Operations }, caller, services: { ports } }) {
        needAdmin(caller);
        const { directory } = ports.identity;
        collection.write(directory, id, patched(collection.state(directory, id), Operations));
        return { body: collection.show(directory, id) };
      },
    }),
    defineOperation({
      ...common,
      id: `${collection.api}.delete`,
      method: 'DELETE',
      path: `${path}/{id}`,
      request: z.object({ id: z.string() }),
      handle({ input: { id }, caller, services: { ports } }) {
        needAdmin(caller);
        asScim(() => collection.remove(ports.identity.directory, id));
        return noContent();
      },
    }),
  ];
}

const users: Collection = {
  api: 'users_v2',
  name: 'Users',
  create(directory, { userName }) {
    if (userName === undefined) throw scimError(400, 'userName is required.', 'invalidValue');
    return directory.addUser({ userName }).id;
  },
  state: (directory, id) => writableOf(directory, principalOf(directory, 'user', id)),
  write: (directory, id, to) => writePrincipal(directory, principalOf(directory, 'user', id), to),
  remove: (directory, id) => directory.removeUser(principalOf(directory, 'user', id).name),
  show(directory, id) {
    const user = principalOf(directory, 'user', id);
    if (user.kind !== 'user') throw new TypeError('a user is expected');
    return userResource(user, directory.groups());
  },
};

const servicePrincipals: Collection = {
  api: 'service_principals_v2',
  name: 'ServicePrincipals',
  create: (directory, { displayName }) =>
    directory.addServicePrincipal({ displayName: displayName ?? 'service principal' }).id,
  state: (directory, id) => writableOf(directory, principalOf(directory, 'service_principal', id)),
  write: (directory, id, to) =>
    writePrincipal(directory, principalOf(directory, 'service_principal', id), to),
  remove(directory, id) {
    const principal = principalOf(directory, 'service_principal', id);
    if (principal.kind === 'service_principal' && principal.app !== null) {
      // docs: Databricks Apps, the service principal lives and goes with its app. The text is assumed.
      throw scimError(400, `Service principal ${id} belongs to the app ${principal.app}; delete the app.`);
    }
    directory.removeServicePrincipal(principal.name);
  },
  show(directory, id) {
    const principal = principalOf(directory, 'service_principal', id);
    if (principal.kind !== 'service_principal') throw new TypeError('a service principal is expected');
    return servicePrincipalResource(principal, directory.groups());
  },
};

const groups: Collection = {
  api: 'groups_v2',
  name: 'Groups',
  create(directory, { displayName }) {
    if (displayName === undefined) throw scimError(400, 'displayName is required.', 'invalidValue');
    if (directory.groups().some(({ name }) => name.toLowerCase() === displayName.toLowerCase())) {
      throw scimError(409, `Group with name ${displayName} already exists.`, 'uniqueness');
    }
    directory.addGroup(displayName);
    const made = directory.groups().find(({ name }) => name === displayName);
    if (!made) throw new TypeError('the group that was made is gone');
    return made.id;
  },
  state: (directory, id) => ({
    displayName: groupOf(directory, id).name,
    active: true,
    entitlements: new Set(),
    groups: new Set(),
    members: groupMembers(directory, id),
  }),
  write(directory, id, to) {
    if (to.displayName !== groupOf(directory, id).name) {
      throw scimError(400, 'Brickbox does not rename groups: grants name them.', 'mutability');
    }
    writeMembers(directory, id, to.members);
  },
  remove: (directory, id) => directory.removeGroup(groupOf(directory, id).name),
  show: (directory, id) => groupResource(groupOf(directory, id), directory),
};

export const changes: readonly Operation[] = [users, servicePrincipals, groups].flatMap(operations);
