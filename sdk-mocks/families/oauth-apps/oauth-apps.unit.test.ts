import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

type House = Awaited<ReturnType<typeof startRealWorld>>;
const root = (house: House, kind = 'custom-app-integrations') =>
  `/api/2.0/accounts/${house.world.identity.accountId}/oauth2/${kind}`;

test('an admin makes, lists, changes and deletes custom applications; the secret is shown once', async () => {
  await using house = await startRealWorld();
  const call = (line: string, body?: object) => house.call(house.admin, line, body);
  const made = await call(`POST ${root(house)}`, {
    name: 'Acme Portal',
    confidential: true,
    redirect_urls: ['https://portal.acme.test/callback'],
    scopes: ['sql', 'offline_access'],
    user_authorized_scopes: ['sql'],
    token_access_policy: { access_token_ttl_in_minutes: 30, enable_single_use_refresh_tokens: true },
  });
  expect(made).toMatchObject({ status: 200, body: { client_secret: expect.stringMatching(/^dose/) } });
  const { integration_id, client_secret } = made.body;
  const open = await call(`POST ${root(house)}`, {
    name: 'Desktop',
    redirect_urls: ['http://localhost:9000/cb'],
  });
  expect(open.body.client_secret).toBeUndefined();

  const listed = await call(`GET ${root(house)}?page_size=1&include_creator_username=true`);
  expect(listed.body).toMatchObject({
    apps: [
      {
        integration_id,
        client_id: integration_id,
        name: 'Acme Portal',
        confidential: true,
        user_authorized_scopes: ['sql'],
        creator_username: 'admin@acme.test',
        token_access_policy: { access_token_ttl_in_minutes: 30, enable_single_use_refresh_tokens: true },
      },
    ],
    next_page_token: '1',
  });
  expect(listed.text).not.toContain(client_secret);
  expect((await call(`GET ${root(house)}?search_keyword=desk`)).body.apps).toMatchObject([
    { name: 'Desktop', scopes: ['all-apis', 'offline_access'] },
  ]);
  await call(`PATCH ${root(house)}/${integration_id}`, { redirect_urls: ['https://new.acme.test/cb'] });
  expect((await call(`GET ${root(house)}/${integration_id}`)).body).toMatchObject({
    redirect_urls: ['https://new.acme.test/cb'],
    scopes: ['sql', 'offline_access'],
    token_access_policy: { access_token_ttl_in_minutes: 30 },
  });
  expect((await call(`DELETE ${root(house)}/${integration_id}`)).body).toEqual({});
  expect((await call(`GET ${root(house)}/${integration_id}`)).status).toBe(404);
});

test('what an integration cannot be is refused, and others than admins are', async () => {
  await using house = await startRealWorld();
  const good = { name: 'x', redirect_urls: ['http://localhost:1/cb'], scopes: ['sql'] };
  const status = async (more: object, who = house.admin) =>
    (await house.call(who, `POST ${root(house)}`, { ...good, ...more })).status;
  expect(await status({})).toBe(200);
  expect(await status({ name: '' })).toBe(400);
  expect(await status({ redirect_urls: [] })).toBe(400);
  expect(await status({ redirect_urls: ['javascript:alert(1)'] })).toBe(400);
  expect(await status({ redirect_urls: ['https://a.test/#x'] })).toBe(400);
  expect(await status({ scopes: ['nope'] })).toBe(400);
  expect(await status({ user_authorized_scopes: ['files'] })).toBe(400);
  expect(await status({ token_access_policy: { access_token_ttl_in_minutes: 1 } })).toBe(400);
  expect(await status({}, house.ana)).toBe(403);
  expect((await house.call(house.ana, `GET ${root(house)}`)).status).toBe(403);
});

test('published applications are the clients that SDKs and drivers bring along', async () => {
  await using house = await startRealWorld();
  const call = (line: string, body?: object) => house.call(house.admin, line, body);
  const apps = (await call(`GET ${root(house, 'published-apps')}`)).body.apps;
  expect(apps.map(({ app_id }: { app_id: string }) => app_id)).toContain('databricks-cli');
  const path = root(house, 'published-app-integrations');
  const policy = { token_access_policy: { access_token_ttl_in_minutes: 15 } };
  expect((await call(`POST ${path}`, { app_id: 'databricks-cli', ...policy })).body).toEqual({
    integration_id: 'databricks-cli',
  });
  expect((await call(`POST ${path}`, { app_id: 'databricks-cli' })).status).toBe(409);
  expect((await call(`POST ${path}`, { app_id: 'tableau' })).status).toBe(404);
  expect(house.world.identity.integrations.policyOf('databricks-cli')).toEqual({ accessTokenMinutes: 15 });
  await call(`PATCH ${path}/databricks-cli`, { token_access_policy: { access_token_ttl_in_minutes: 20 } });
  expect((await call(`GET ${path}`)).body.apps).toMatchObject([
    { app_id: 'databricks-cli', token_access_policy: { access_token_ttl_in_minutes: 20 } },
  ]);
  expect((await call(`DELETE ${path}/databricks-cli`)).status).toBe(200);
  expect((await call(`GET ${path}/databricks-cli`)).status).toBe(404);
});
