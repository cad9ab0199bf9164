import { z } from 'zod';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { scimError } from '../error.ts';
import { listQuery, listResponse, selected } from '../query.ts';
import { groupResource, type Resource, servicePrincipalResource, userResource } from '../resources.ts';

type Directory = Services['ports']['identity']['directory'];

/** `list` and `get` of one SCIM collection. The scope of these is not public: `all-apis` (assumed). */
function collection(
  api: string,
  name: 'Users' | 'Groups' | 'ServicePrincipals',
  resources: (directory: Directory) => Resource[],
): Operation[] {
  const path = `/api/2.0/preview/scim/v2/${name}`;
  const evidence = ['sdk-mocks/families/scim/scim.unit.test.ts'];
  const list = defineOperation({
    id: `${api}.list`,
    method: 'GET',
    path,
    scope: ['all-apis'],
    request: listQuery,
    handle: ({ input, services: { ports } }) => ({
      body: listResponse(resources(ports.identity.directory), input),
    }),
    grade: 'thin',
    evidence,
  });
  const get = defineOperation({
    id: `${api}.get`,
    method: 'GET',
    path: `${path}/{id}`,
    scope: ['all-apis'],
    request: z.object({
      id: z.string(),
      attributes: z.string().optional(),
      excludedAttributes: z.string().optional(),
    }),
    handle({ input, services: { ports } }) {
      const found = resources(ports.identity.directory).find(({ id }) => id === input.id);
      if (!found) throw scimError(404, `${name.slice(0, -1)} with id ${input.id} not found.`);
      return { body: selected(found, input) };
    },
    grade: 'thin',
    evidence,
  });
  return [list, get];
}

export const collections: readonly Operation[] = [
  ...collection('users_v2', 'Users', (directory) => {
    const groups = directory.groups();
    return directory.users().map((user) => userResource(user, groups));
  }),
  ...collection('service_principals_v2', 'ServicePrincipals', (directory) => {
    const groups = directory.groups();
    return directory.servicePrincipals().map((principal) => servicePrincipalResource(principal, groups));
  }),
  ...collection('groups_v2', 'Groups', (directory) =>
    directory.groups().map((group) => groupResource(group, directory)),
  ),
];
