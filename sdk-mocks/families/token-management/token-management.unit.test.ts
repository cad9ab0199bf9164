import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

const path = '/api/2.0/token-management';

test('an admin lists, shows and ends the tokens of everybody, and makes some for service principals', async () => {
  await using house = await startRealWorld();
  const mine = await house.call(house.ana, 'POST /api/2.0/token/create', { comment: 'laptop' });
  const made = await house.call(house.admin, `POST ${path}/on-behalf-of/tokens`, {
    application_id: house.robot.name,
    comment: 'job',
    lifetime_seconds: 60,
  });
  expect(made).toMatchObject({
    status: 200,
    body: {
      token_value: expect.stringMatching(/^dapi/),
      token_info: {
        created_by_username: 'admin@acme.test',
        created_by_id: Number(house.admin.id),
        owner_id: Number(house.robot.id),
        comment: 'job',
      },
    },
  });
  const { tokens } = house.world.identity;
  expect((await tokens.verify(made.body.token_value)).principal.name).toBe(house.robot.name);

  const list = async (query = '') =>
    (await house.call(house.admin, `GET ${path}/tokens${query}`)).body.token_infos.map(
      ({ comment }: { comment: string }) => comment,
    );
  expect(await list()).toEqual(['laptop', 'job']);
  expect(await list(`?created_by_id=${house.ana.id}`)).toEqual(['laptop']);
  expect(await list('?created_by_username=ADMIN@acme.test')).toEqual(['job']);

  const id = mine.body.token_info.token_id;
  const shown = await house.call(house.admin, `GET ${path}/tokens/${id}`);
  expect(shown.body.token_info).toMatchObject({ token_id: id, created_by_username: 'ana@acme.test' });
  expect(shown.text).not.toContain(mine.body.token_value);
  expect((await house.call(house.admin, `DELETE ${path}/tokens/${id}`)).body).toEqual({});
  await expect(tokens.verify(mine.body.token_value)).rejects.toMatchObject({ status: 403 });
  expect((await house.call(house.ana, 'GET /api/2.0/token/list')).body.token_infos).toEqual([]);
  expect((await house.call(house.admin, `DELETE ${path}/tokens/${id}`)).status).toBe(404);
  house.world.clock.advance(61_000);
  expect(await list()).toEqual([]);
});

test('others than admins, and tokens for people, are refused', async () => {
  await using house = await startRealWorld();
  const create = `POST ${path}/on-behalf-of/tokens`;
  expect((await house.call(house.ana, `GET ${path}/tokens`)).status).toBe(403);
  expect((await house.call(house.ana, create, { application_id: house.robot.name })).status).toBe(403);
  for (const application_id of [house.ana.name, 'robot', house.robot.id, 'nobody']) {
    expect((await house.call(house.admin, create, { application_id })).status, application_id).toBe(404);
  }
  expect((await house.call(house.admin, `GET ${path}/tokens/nope`)).status).toBe(404);
});
