import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

test('the account’s paths work for admins of this account', async () => {
  await using house = await startRealWorld();
  const root = `/api/2.0/accounts/${house.world.identity.accountId}/scim/v2`;
  const made = await house.call(house.admin, `POST ${root}/Groups`, { displayName: 'emea' });
  expect(made.status).toBe(201);
  const patch = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'add', path: 'members', value: [{ value: house.ana.id }] }],
  };
  expect((await house.call(house.admin, `PATCH ${root}/Groups/${made.body.id}`, patch)).status).toBe(200);
  expect(house.world.identity.directory.find('ana')?.groups).toContain('emea');
  const users = await house.call(house.admin, `GET ${root}/Users?filter=groups.display%20eq%20%22emea%22`);
  expect(users.body.Resources).toMatchObject([{ userName: 'ana@acme.test' }]);
  const shown = await house.call(house.admin, `GET ${root}/ServicePrincipals/${house.robot.id}`);
  expect(shown.body.applicationId).toBe(house.robot.name);

  expect((await house.call(house.ana, `GET ${root}/Users`)).status).toBe(403);
  const elsewhere = await house.call(house.admin, 'GET /api/2.0/accounts/nope/scim/v2/Users');
  expect(elsewhere).toMatchObject({ status: 404, body: { status: '404' } });
  expect((await house.call(house.admin, `DELETE ${root}/Users/${house.bob.id}`)).status).toBe(204);
  expect(house.world.identity.directory.find('bob@acme.test')).toBeUndefined();
});
