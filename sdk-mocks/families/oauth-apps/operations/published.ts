import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import {
  defineOperation,
  type Operation,
  pageOf,
  requireAccountAdmin,
  type Services,
} from '../../../workspace/index.ts';
import { readPolicy, shownPolicy, tokenAccessPolicy } from '../token-access-policy.ts';

const path = '/api/2.0/accounts/{account_id}/oauth2/published-app-integrations';
const what = 'manage published OAuth apps';
const common = {
  scope: ['all-apis'],
  grade: 'assumed',
  evidence: ['sdk-mocks/families/oauth-apps/oauth-apps.unit.test.ts'],
} as const;

const target = z.object({ account_id: z.string() });
const one = target.extend({ integration_id: z.string() });
const page = target.extend({
  page_size: z.coerce.number().int().optional(),
  page_token: z.string().optional(),
});
const policy = z.object({ token_access_policy: tokenAccessPolicy.optional() });

/**
 * The platform's list names partner products; here it holds the clients that SDKs and drivers bring along, and an
 * integration of one sets the lifetimes of its tokens.
 */
export const publishedAppOperations: Operation[] = [
  defineOperation({
    ...common,
    id: 'o_auth_published_apps.list',
    method: 'GET',
    path: '/api/2.0/accounts/{account_id}/oauth2/published-apps',
    request: page,
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const { page: apps, next } = pageOf(services.ports.identity.builtInClients, input);
      return {
        apps: apps.map((id) => ({
          app_id: id,
          client_id: id,
          name: id,
          is_confidential_client: false,
          redirect_urls: ['http://localhost'],
          scopes: ['all-apis', 'sql', 'offline_access', 'openid', 'profile', 'email'],
        })),
        ...next,
      };
    },
  }),
  defineOperation({
    ...common,
    id: 'published_app_integration.create',
    method: 'POST',
    path,
    request: target.extend(policy.shape).extend({ app_id: z.string() }),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const { integrations, builtInClients } = services.ports.identity;
      if (!builtInClients.includes(input.app_id)) {
        throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Published app ${input.app_id} does not exist.`);
      }
      if (integrations.published.list().some(({ appId }) => appId === input.app_id)) {
        throw new ApiError(409, 'ALREADY_EXISTS', `An integration of ${input.app_id} already exists.`);
      }
      integrations.published.put({
        appId: input.app_id,
        tokenAccessPolicy: readPolicy(input.token_access_policy),
        createdBy: caller.principal.name,
      });
      return { integration_id: input.app_id };
    },
  }),
  defineOperation({
    ...common,
    id: 'published_app_integration.list',
    method: 'GET',
    path,
    request: page.extend({ search_keyword: z.string().optional() }),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const word = input.search_keyword?.toLowerCase() ?? '';
      const found = services.ports.identity.integrations.published
        .list()
        .filter(({ appId }) => appId.includes(word));
      const { page: apps, next } = pageOf(found, input);
      return { apps: apps.map(({ appId }) => shown(appId, services)), ...next };
    },
  }),
  defineOperation({
    ...common,
    id: 'published_app_integration.get',
    method: 'GET',
    path: `${path}/{integration_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      return shown(input.integration_id, services);
    },
  }),
  defineOperation({
    ...common,
    id: 'published_app_integration.update',
    method: 'PATCH',
    path: `${path}/{integration_id}`,
    request: one.extend(policy.shape),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const known = find(input.integration_id, services);
      if (input.token_access_policy) {
        services.ports.identity.integrations.published.put({
          ...known,
          tokenAccessPolicy: readPolicy(input.token_access_policy),
        });
      }
      return {};
    },
  }),
  defineOperation({
    ...common,
    id: 'published_app_integration.delete',
    method: 'DELETE',
    path: `${path}/{integration_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      services.ports.identity.integrations.published.remove(find(input.integration_id, services).appId);
      return {};
    },
  }),
];

function find(id: string, { ports }: Services) {
  const found = ports.identity.integrations.published.list().find(({ appId }) => appId === id);
  if (found) return found;
  throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Published app integration ${id} does not exist.`);
}

function shown(id: string, services: Services): object {
  const { appId, tokenAccessPolicy: tokens, createdBy, createdAt } = find(id, services);
  const creator = services.ports.identity.directory.find(createdBy);
  return {
    integration_id: appId,
    app_id: appId,
    name: appId,
    token_access_policy: shownPolicy(tokens),
    create_time: new Date(createdAt).toISOString(),
    ...(creator ? { created_by: Number(creator.id) } : {}),
  };
}
