import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

const scim = '/api/2.0/preview/scim/v2';

test('a user is made, changed, deactivated and deleted; tokens follow at once', async () => {
  await using house = await startRealWorld();
  const { admin, world } = house;
  const made = await house.call(admin, `POST ${scim}/Users`, {
    userName: 'cy@acme.test',
    displayName: 'Cy Moss',
    entitlements: [{ value: 'workspace-access' }],
  });
  expect(made).toMatchObject({
    status: 201,
    body: { userName: 'cy@acme.test', displayName: 'Cy Moss', entitlements: [{ value: 'workspace-access' }] },
  });
  const { id } = made.body;
  const cy = world.identity.directory.find('cy@acme.test');
  if (!cy) throw new Error('not made');
  expect((await house.call(admin, `POST ${scim}/Users`, { userName: 'CY@acme.test' })).body).toMatchObject({
    status: '409',
    scimType: 'uniqueness',
  });
  const token = await house.token(cy);
  const me = () => fetch(`${house.origin}${scim}/Me`, { headers: { authorization: `Bearer ${token}` } });
  expect((await me()).status).toBe(200);

  const off = { Operations: [{ op: 'replace', path: 'active', value: false }] };
  expect((await house.call(admin, `PATCH ${scim}/Users/${id}`, off)).body.active).toBe(false);
  expect((await me()).status).toBe(403);
  await house.call(admin, `PUT ${scim}/Users/${id}`, { active: true, displayName: 'Cy M' });
  expect((await me()).status).toBe(200);
  expect((await house.call(admin, `DELETE ${scim}/Users/${id}`)).status).toBe(204);
  expect((await me()).status).toBe(403);
  expect((await house.call(admin, `GET ${scim}/Users/${id}`)).status).toBe(404);
});

test('members of a group are added, removed and replaced, with effect on what they may do', async () => {
  await using house = await startRealWorld();
  const { admin, ana, bob, world } = house;
  const ref = { kind: 'APP', name: 'orders' } as const;
  world.policy.securables.register(ref, admin.name);
  const made = await house.call(admin, `POST ${scim}/Groups`, {
    displayName: 'emea',
    members: [{ value: ana.id }],
  });
  expect(made.body).toMatchObject({ displayName: 'emea', members: [{ value: ana.id }] });
  world.policy.permissions.add(ref, { principal: 'emea', level: 'CAN_USE' });
  const may = async (who: typeof ana) =>
    (await house.call(who, 'GET /api/2.0/permissions/apps/orders')).status;
  expect([await may(ana), await may(bob)]).toEqual([200, 403]);

  const patch = (...Operations: object[]) =>
    house.call(admin, `PATCH ${scim}/Groups/${made.body.id}`, { Operations });
  const swapped = await patch(
    { op: 'add', path: 'members', value: [{ value: bob.id }] },
    { op: 'remove', path: `members[value eq "${ana.id}"]` },
  );
  expect(swapped.body).toMatchObject({ members: [{ value: bob.id }] });
  expect([await may(ana), await may(bob)]).toEqual([403, 200]);
  await patch({ op: 'add', value: { members: [{ value: ana.id }] } });
  expect([await may(ana), await may(bob)]).toEqual([200, 200]);
  await patch({ op: 'remove', path: 'members' });
  expect([await may(ana), await may(bob)]).toEqual([403, 403]);
  const other = [{ op: 'add', path: 'groups', value: [{ value: made.body.id }] }];
  await house.call(admin, `PATCH ${scim}/Users/${bob.id}`, { Operations: other });
  expect(await may(bob)).toBe(200);
});

test('service principals are made and deleted; that of an app goes only with its app', async () => {
  await using house = await startRealWorld();
  const { admin, world } = house;
  const made = await house.call(admin, `POST ${scim}/ServicePrincipals`, { displayName: 'etl' });
  expect(made.body).toMatchObject({
    displayName: 'etl',
    applicationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect((await house.call(admin, `DELETE ${scim}/ServicePrincipals/${made.body.id}`)).status).toBe(204);
  const own = world.identity.directory.addServicePrincipal({ displayName: 'x', app: 'orders' });
  expect(await house.call(admin, `DELETE ${scim}/ServicePrincipals/${own.id}`)).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('belongs to the app orders') },
  });
});

test.each([
  ['somebody who is no admin', 'ana', `POST ${scim}/Users`, { userName: 'x@acme.test' }, 403],
  ['an unknown id', 'admin', `PUT ${scim}/Users/99`, {}, 404],
  ['a user without a name', 'admin', `POST ${scim}/Users`, {}, 400],
  [
    'an unknown member',
    'admin',
    `POST ${scim}/Groups`,
    { displayName: 'g', members: [{ value: '99' }] },
    404,
  ],
  ['a second group of one name', 'admin', `POST ${scim}/Groups`, { displayName: 'admins' }, 409],
])('refuses %s', async (_, who, line, body, status) => {
  await using house = await startRealWorld();
  const answer = await house.call(who === 'ana' ? house.ana : house.admin, line, body);
  expect(answer).toMatchObject({ status, body: { status: String(status) } });
});

test('refuses patches it does not understand, and removing system groups', async () => {
  await using house = await startRealWorld();
  const { admin, ana, world } = house;
  const patch = (operation: object) =>
    house.call(admin, `PATCH ${scim}/Users/${ana.id}`, { Operations: [operation] });
  expect((await patch({ op: 'move', path: 'active', value: true })).status).toBe(400);
  expect((await patch({ op: 'replace', path: 'nickName', value: 'x' })).status).toBe(400);
  expect((await patch({ op: 'replace', path: 'active', value: 'maybe' })).status).toBe(400);
  expect((await patch({ op: 'remove' })).status).toBe(400);
  const admins = world.identity.directory.groups().find(({ name }) => name === 'admins');
  expect((await house.call(admin, `DELETE ${scim}/Groups/${admins?.id}`)).status).toBe(400);
});
