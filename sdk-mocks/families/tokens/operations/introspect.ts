import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';

/** Where a token belongs. The CLI asks after a sign-in without a host; the workspace id is a number here (code: databricks cli). */
export const introspectToken = defineOperation({
  id: 'tokens.introspect',
  method: 'GET',
  path: '/api/2.0/tokens/introspect',
  scope: null,
  request: z.object({}),
  handle: ({ services: { ports } }) => ({
    principal_context: {
      authentication_scope: {
        account_id: ports.identity.accountId,
        workspace_id: Number(ports.identity.workspaceId),
      },
    },
  }),
  grade: 'thin',
  evidence: ['sdk-mocks/families/tokens/tokens.unit.test.ts'],
});
