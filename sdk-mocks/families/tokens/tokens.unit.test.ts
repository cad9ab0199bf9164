import { expect, test } from 'vitest';
import { ana, bob, startWorkspace } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

const create = 'POST /api/2.0/token/create';
const list = 'GET /api/2.0/token/list';
const remove = 'POST /api/2.0/token/delete';
type Made = { token_value: string; token_info: { token_id: string } };

test('makes, lists and revokes the tokens of the caller', async () => {
  await using house = await startWorkspace({ families: [family] });
  const token = house.token(ana);
  const request = { comment: 'laptop', lifetime_seconds: 3600 };
  const { token_value, token_info } = (await house.call(token, create, request)).body as Made;
  expect(token_info).toMatchObject({ comment: 'laptop', scopes: ['all-apis'] });
  expect((await house.call(token_value, list)).body).toEqual({ token_infos: [token_info] });
  expect((await house.call(house.token(bob), list)).body).toEqual({ token_infos: [] });

  const { token_id } = token_info;
  expect(await house.call(house.token(bob), remove, { token_id })).toMatchObject({ status: 404 });
  expect(await house.call(token, remove, { token_id })).toMatchObject({ status: 200, body: {} });
  expect((await house.call(token_value, list)).status).toBe(403);
  expect((await house.call(token, list)).body).toEqual({ token_infos: [] });
});

test('a token is told where it belongs', async () => {
  await using house = await startWorkspace({ families: [family] });
  const narrow = house.token(ana, { scopes: ['sql'] });
  expect((await house.call(narrow, 'GET /api/2.0/tokens/introspect')).body).toEqual({
    principal_context: {
      authentication_scope: {
        account_id: house.services.ports.identity.accountId,
        workspace_id: Number(house.services.ports.identity.workspaceId),
      },
    },
  });
});

test('an expired token is not listed, an endless one shows -1', async () => {
  await using house = await startWorkspace({ families: [family] });
  const token = house.token(ana);
  await house.call(token, create, { lifetime_seconds: 60 });
  await house.call(token, create, {});
  house.services.clock.advance(61_000);
  expect((await house.call(token, list)).body).toMatchObject({ token_infos: [{ expiry_time: -1 }] });
});

test('a token does not reach beyond the one that made it', async () => {
  await using house = await startWorkspace({ families: [family] });
  const narrow = house.token(ana, { scopes: ['authentication', 'sql'] });
  expect(await house.call(narrow, create, {})).toMatchObject({ status: 403 });
  expect(await house.call(narrow, create, { scopes: ['jobs'] })).toMatchObject({ status: 403 });
  expect(await house.call(narrow, create, { scopes: ['sql'] })).toMatchObject({ status: 200 });
  const obo = house.token(ana, { scopes: ['sql'], how: 'obo', app: 'orders' });
  expect(await house.call(obo, create, {})).toMatchObject({
    status: 403,
    body: { message: 'Provided OAuth token does not have required scopes: authentication' },
  });
});
