import { z } from 'zod';
import type { Integration } from '../../../../emulator/identity/index.ts';
import {
  defineOperation,
  type Operation,
  pageOf,
  requireAccountAdmin,
  type Services,
} from '../../../workspace/index.ts';
import { readPolicy, shownPolicy, tokenAccessPolicy } from '../token-access-policy.ts';

const path = '/api/2.0/accounts/{account_id}/oauth2/custom-app-integrations';
const what = 'manage OAuth app integrations';
const common = {
  scope: ['all-apis'],
  grade: 'thin',
  evidence: [
    'sdk-mocks/families/oauth-apps/oauth-apps.unit.test.ts',
    'emulator/identity/oidc/integrations.unit.test.ts',
  ],
} as const;

const target = z.object({ account_id: z.string() });
const one = target.extend({ integration_id: z.string() });
const settings = z.object({
  redirect_urls: z.array(z.string()).optional(),
  scopes: z.array(z.string()).optional(),
  user_authorized_scopes: z.array(z.string()).optional(),
  token_access_policy: tokenAccessPolicy.optional(),
});

/** What the CLI asks for when it makes one without scopes (docs: enable custom OAuth applications). */
const defaultScopes = ['all-apis', 'offline_access'];

/** Custom OAuth applications. Admins only. */
export const customAppOperations: Operation[] = [
  defineOperation({
    ...common,
    id: 'custom_app_integration.create',
    method: 'POST',
    path,
    request: target.extend(settings.shape).extend({
      name: z.string().default(''),
      confidential: z.boolean().default(false),
    }),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const { integration, clientSecret } = services.ports.identity.integrations.create({
        name: input.name,
        confidential: input.confidential,
        redirectUrls: input.redirect_urls ?? [],
        scopes: input.scopes?.length ? input.scopes : defaultScopes,
        userAuthorizedScopes: input.user_authorized_scopes ?? [],
        tokenAccessPolicy: readPolicy(input.token_access_policy),
        createdBy: caller.principal.name,
      });
      return {
        integration_id: integration.clientId,
        client_id: integration.clientId,
        ...(clientSecret === null ? {} : { client_secret: clientSecret }),
      };
    },
  }),
  defineOperation({
    ...common,
    id: 'custom_app_integration.list',
    method: 'GET',
    path,
    request: target.extend({
      include_creator_username: z.enum(['true', 'false']).optional(),
      search_keyword: z.string().optional(),
      page_size: z.coerce.number().int().optional(),
      page_token: z.string().optional(),
    }),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      const word = input.search_keyword?.toLowerCase() ?? '';
      const found = services.ports.identity.integrations
        .list()
        .filter(({ name }) => name.toLowerCase().includes(word));
      const { page, next } = pageOf(found, input);
      const named = input.include_creator_username === 'true';
      return { apps: page.map((app) => shown(app, services, named)), ...next };
    },
  }),
  defineOperation({
    ...common,
    id: 'custom_app_integration.get',
    method: 'GET',
    path: `${path}/{integration_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      return shown(services.ports.identity.integrations.get(input.integration_id), services, true);
    },
  }),
  defineOperation({
    ...common,
    id: 'custom_app_integration.update',
    method: 'PATCH',
    path: `${path}/{integration_id}`,
    request: one.extend(settings.shape),
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      services.ports.identity.integrations.update(input.integration_id, {
        ...(input.redirect_urls ? { redirectUrls: input.redirect_urls } : {}),
        ...(input.scopes ? { scopes: input.scopes } : {}),
        ...(input.user_authorized_scopes ? { userAuthorizedScopes: input.user_authorized_scopes } : {}),
        ...(input.token_access_policy ? { tokenAccessPolicy: readPolicy(input.token_access_policy) } : {}),
      });
      return {};
    },
  }),
  defineOperation({
    ...common,
    id: 'custom_app_integration.delete',
    method: 'DELETE',
    path: `${path}/{integration_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(input.account_id, caller, services, what);
      services.ports.identity.integrations.remove(input.integration_id);
      return {};
    },
  }),
];

function shown(app: Integration, { ports }: Services, creatorName: boolean): object {
  const creator = ports.identity.directory.find(app.createdBy);
  return {
    integration_id: app.clientId,
    client_id: app.clientId,
    name: app.name,
    confidential: app.confidential,
    redirect_urls: app.redirectUrls,
    scopes: app.scopes,
    user_authorized_scopes: app.userAuthorizedScopes,
    token_access_policy: shownPolicy(app.tokenAccessPolicy),
    create_time: new Date(app.createdAt).toISOString(),
    ...(creator ? { created_by: Number(creator.id) } : {}),
    ...(creatorName ? { creator_username: app.createdBy } : {}),
  };
}
