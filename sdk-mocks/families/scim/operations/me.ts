import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { selected } from '../query.ts';
import { servicePrincipalAsMe, userResource } from '../resources.ts';

/** Who is calling. SDKs also read the workspace id from its header `x-databricks-org-id`. */
export const currentUser = defineOperation({
  id: 'current_user.me',
  method: 'GET',
  path: '/api/2.0/preview/scim/v2/Me',
  scope: ['iam.current-user:read'],
  request: z.object({ attributes: z.string().optional(), excludedAttributes: z.string().optional() }),
  handle({ input, caller: { principal }, services: { ports } }) {
    const groups = ports.identity.directory.groups();
    const me =
      principal.kind === 'user' ? userResource(principal, groups) : servicePrincipalAsMe(principal, groups);
    return { body: selected(me, input) };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/scim/scim.unit.test.ts', 'sdk-mocks/workspace/sdk-js.client.test.ts'],
});
