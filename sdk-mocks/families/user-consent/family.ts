import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import { defineFamily, defineOperation } from '../../workspace/index.ts';

const path = '/api/2.0/oauth-app-integrations/{client_id}/user-consent/me';
const common = {
  scope: null,
  path,
  request: z.object({ client_id: z.string() }),
  grade: 'assumed',
  evidence: ['sdk-mocks/families/user-consent/user-consent.unit.test.ts'],
} as const;

/**
 * What the caller agreed to for an app (field: apps troubleshooting; reference apps-platform 2.5). There is no public
 * documentation, so the field name is assumed; issued tokens live on to their end.
 */
export const family = defineFamily({
  name: 'user-consent',
  title: 'User consent',
  docs: 'https://docs.databricks.com/aws/en/dev-tools/databricks-apps/auth',
  operations: [
    defineOperation({
      ...common,
      id: 'user_consent.get_me',
      method: 'GET',
      handle({ input, caller, services }) {
        const scopes = services.ports.identity.consents.get(caller.principal.name, input.client_id);
        if (!scopes) throw none(input.client_id);
        return { user_consented_scopes: scopes };
      },
    }),
    defineOperation({
      ...common,
      id: 'user_consent.delete_me',
      method: 'DELETE',
      handle({ input, caller, services }) {
        const { consents } = services.ports.identity;
        if (!consents.get(caller.principal.name, input.client_id)) throw none(input.client_id);
        consents.revoke(caller.principal.name, input.client_id);
        return {};
      },
    }),
  ],
});

function none(clientId: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `There is no consent for the OAuth app ${clientId}.`);
}
