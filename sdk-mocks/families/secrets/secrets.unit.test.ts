import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

const api = '/api/2.0/secrets';

async function withScope() {
  const house = await startRealWorld();
  await house.call(house.ana, `POST ${api}/scopes/create`, { scope: 'team' });
  return house;
}

test('a secret is put, listed, read and deleted; the journal never sees the value', async () => {
  await using house = await withScope();
  const { ana, world } = house;
  expect((await house.call(ana, `POST ${api}/scopes/create`, { scope: 'team' })).body).toEqual({
    error_code: 'RESOURCE_ALREADY_EXISTS',
    message: 'Scope team already exists!',
  });
  const put = { scope: 'team', key: 'db', string_value: 'hunter2-ü' };
  expect(await house.call(ana, `POST ${api}/put`, put)).toMatchObject({ status: 200, body: {} });
  const bytes = { scope: 'team', key: 'raw', bytes_value: btoa('abc') };
  expect((await house.call(ana, `POST ${api}/put`, bytes)).status).toBe(200);

  expect((await house.call(ana, `GET ${api}/list?scope=team`)).body).toEqual({
    secrets: [
      { key: 'db', last_updated_timestamp: expect.any(Number) },
      { key: 'raw', last_updated_timestamp: expect.any(Number) },
    ],
  });
  const read = await house.call(ana, `GET ${api}/get?scope=team&key=db`);
  expect(read.body).toEqual({ key: 'db', value: Buffer.from('hunter2-ü').toString('base64') });
  expect(world.secrets.get('team', 'raw')).toBe('abc');
  expect(JSON.stringify(world.journal.entries())).not.toContain('hunter2');

  await house.call(ana, `POST ${api}/delete`, { scope: 'team', key: 'db' });
  await house.call(ana, `POST ${api}/delete`, { scope: 'team', key: 'raw' });
  expect((await house.call(ana, `GET ${api}/get?scope=team&key=db`)).status).toBe(404);
  expect((await house.call(ana, `GET ${api}/scopes/list`)).body, 'an empty scope is still there').toEqual({
    scopes: [{ name: 'team', backend_type: 'DATABRICKS' }],
  });
});

test('each level opens its own operations, by person, group and service principal', async () => {
  await using house = await withScope();
  const { ana, bob, robot } = house;
  const may = async (who: typeof bob | typeof robot) =>
    Promise.all(
      [
        house.call(who, `GET ${api}/list?scope=team`),
        house.call(who, `POST ${api}/put`, { scope: 'team', key: 'k', string_value: 'v' }),
        house.call(who, `GET ${api}/acls/list?scope=team`),
      ].map(async (answer) => (await answer).status),
    );
  const put = (principal: string, permission: string) =>
    house.call(ana, `POST ${api}/acls/put`, { scope: 'team', principal, permission });

  expect(await may(bob)).toEqual([403, 403, 403]);
  expect((await house.call(bob, `GET ${api}/scopes/list`)).body).toEqual({ scopes: [] });
  await put('BOB@acme.test', 'READ');
  expect(await may(bob)).toEqual([200, 403, 403]);
  await put(robot.name, 'WRITE');
  expect(await may(robot)).toEqual([200, 200, 403]);
  await put('users', 'MANAGE');
  expect(await may(bob)).toEqual([200, 200, 200]);

  const { items } = (await house.call(ana, `GET ${api}/acls/list?scope=team`)).body;
  expect(new Set(items)).toEqual(
    new Set([
      { principal: ana.name, permission: 'MANAGE' },
      { principal: bob.name, permission: 'READ' },
      { principal: robot.name, permission: 'WRITE' },
      { principal: 'users', permission: 'MANAGE' },
    ]),
  );
  await house.call(ana, `POST ${api}/acls/delete`, { scope: 'team', principal: 'users' });
  expect(await may(bob)).toEqual([200, 403, 403]);
  expect((await house.call(ana, `GET ${api}/acls/get?scope=team&principal=users`)).status).toBe(404);
});

test('a scope made again under an old name does not keep who could read it', async () => {
  await using house = await withScope();
  const { ana, bob, admin } = house;
  await house.call(ana, `POST ${api}/acls/put`, { scope: 'team', principal: bob.name, permission: 'READ' });
  await house.call(ana, `POST ${api}/put`, { scope: 'team', key: 'k', string_value: 'old' });
  expect((await house.call(ana, `POST ${api}/scopes/delete`, { scope: 'team' })).status).toBe(200);
  expect((await house.call(ana, `GET ${api}/list?scope=team`)).body).toMatchObject({
    error_code: 'RESOURCE_DOES_NOT_EXIST',
    message: 'Scope team does not exist!',
  });
  await house.call(admin, `POST ${api}/scopes/create`, { scope: 'team' });
  expect((await house.call(bob, `GET ${api}/list?scope=team`)).status).toBe(403);
  expect((await house.call(admin, `GET ${api}/list?scope=team`)).body).toEqual({ secrets: [] });
});

test.each([
  ['two values', { key: 'k', string_value: 'a', bytes_value: btoa('a') }],
  ['no value', { key: 'k' }],
  ['bytes that are no text', { key: 'k', bytes_value: Buffer.from([0xff, 0xfe]).toString('base64') }],
  ['a key with a space', { key: 'a b', string_value: 'v' }],
  ['a value that is too large', { key: 'k', string_value: 'x'.repeat(128 * 1024 + 1) }],
])('refuses %s', async (_, body) => {
  await using house = await withScope();
  expect(await house.call(house.ana, `POST ${api}/put`, { scope: 'team', ...body })).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE' },
  });
});
