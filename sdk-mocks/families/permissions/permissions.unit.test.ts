import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

async function withApp() {
  const house = await startRealWorld();
  house.world.policy.securables.register({ kind: 'APP', name: 'orders' }, house.admin.name);
  return house;
}
const path = '/api/2.0/permissions/apps/orders';

test('a list is set, widened and read, with inherited admins', async () => {
  await using house = await withApp();
  const { admin, ana, bob, robot } = house;
  const set = await house.call(admin, `PUT ${path}`, {
    access_control_list: [
      { user_name: 'ana@acme.test', permission_level: 'CAN_USE' },
      { service_principal_name: robot.name, permission_level: 'CAN_MANAGE' },
    ],
  });
  expect(set.status).toBe(200);
  expect(set.body).toEqual({
    object_id: '/apps/orders',
    object_type: 'apps',
    access_control_list: expect.arrayContaining([
      {
        user_name: admin.name,
        display_name: 'Admin',
        all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }],
      },
      {
        user_name: ana.name,
        display_name: 'Ana Silva',
        all_permissions: [{ permission_level: 'CAN_USE', inherited: false }],
      },
      {
        service_principal_name: robot.name,
        display_name: 'robot',
        all_permissions: [{ permission_level: 'CAN_MANAGE', inherited: false }],
      },
      {
        group_name: 'admins',
        all_permissions: [
          { permission_level: 'CAN_MANAGE', inherited: true, inherited_from_object: ['/apps/'] },
        ],
      },
    ]),
  });
  expect(set.body.access_control_list).toHaveLength(4);
  expect((await house.call(bob, `GET ${path}`)).status).toBe(403);
  await house.call(robot, `PATCH ${path}`, {
    access_control_list: [{ group_name: 'users', permission_level: 'CAN_USE' }],
  });
  expect((await house.call(bob, `GET ${path}`)).status).toBe(200);
  expect((await house.call(bob, `GET ${path}/permissionLevels`)).body.permission_levels).toHaveLength(2);
});

test('only a manager changes it, and what is taken away is gone at once', async () => {
  await using house = await withApp();
  const { admin, ana } = house;
  const list = (level: string) => ({
    access_control_list: [{ user_name: ana.name, permission_level: level }],
  });
  await house.call(admin, `PUT ${path}`, list('CAN_USE'));
  expect(await house.call(ana, `PUT ${path}`, list('CAN_MANAGE'))).toMatchObject({
    status: 403,
    body: { error_code: 'PERMISSION_DENIED' },
  });
  await house.call(admin, `PUT ${path}`, { access_control_list: [] });
  expect((await house.call(ana, `GET ${path}`)).status).toBe(403);
});

test('IS_OWNER moves the ownership of a warehouse', async () => {
  await using house = await startRealWorld();
  const { admin, ana, bob, world } = house;
  const ref = { kind: 'WAREHOUSE', name: 'abc' } as const;
  world.policy.securables.register(ref, admin.name);
  const owner = (name: string) => ({ user_name: name, permission_level: 'IS_OWNER' });
  const two = { access_control_list: [owner(ana.name), owner(bob.name)] };
  expect((await house.call(admin, 'PUT /api/2.0/permissions/warehouses/abc', two)).status).toBe(400);
  const one = { access_control_list: [owner(ana.name)] };
  const answer = await house.call(admin, 'PUT /api/2.0/permissions/warehouses/abc', one);
  expect(answer.body).toMatchObject({ object_id: '/sql/warehouses/abc' });
  expect(world.policy.securables.owner(ref)).toBe(ana.name);
});

test.each([
  ['an unknown app', 'GET /api/2.0/permissions/apps/nope', undefined, 404, 'RESOURCE_DOES_NOT_EXIST'],
  [
    'an unknown level',
    `PUT ${path}`,
    [{ user_name: 'ana@acme.test', permission_level: 'CAN_RUN' }],
    400,
    'INVALID_PARAMETER_VALUE',
  ],
  [
    'nobody of that name',
    `PUT ${path}`,
    [{ user_name: 'x@acme.test', permission_level: 'CAN_USE' }],
    404,
    'PRINCIPAL_DOES_NOT_EXIST',
  ],
  [
    'a group where a user is meant',
    `PUT ${path}`,
    [{ user_name: 'users', permission_level: 'CAN_USE' }],
    404,
    'PRINCIPAL_DOES_NOT_EXIST',
  ],
  [
    'two names in one entry',
    `PUT ${path}`,
    [{ user_name: 'ana@acme.test', group_name: 'users', permission_level: 'CAN_USE' }],
    400,
    'INVALID_PARAMETER_VALUE',
  ],
  ['a type without objects', 'GET /api/2.0/permissions/clusters/1', undefined, 501, 'NOT_IMPLEMENTED'],
])('refuses %s', async (_, line, list, status, code) => {
  await using house = await withApp();
  const body = list === undefined ? undefined : { access_control_list: list };
  expect(await house.call(house.admin, line, body)).toMatchObject({ status, body: { error_code: code } });
});

test('the default scope of apps reads, and does not write', async () => {
  await using house = await withApp();
  const scopes = ['iam.access-control:read'];
  expect((await house.call(house.admin, `GET ${path}`, undefined, scopes)).status).toBe(200);
  expect(await house.call(house.admin, `PUT ${path}`, { access_control_list: [] }, scopes)).toMatchObject({
    status: 403,
    text: 'Invalid scope, required scopes: access-management',
  });
});
