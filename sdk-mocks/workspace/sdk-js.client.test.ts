import { WorkspaceClient } from '@databricks/sdk-experimental';
import { expect, test } from 'vitest';
import { SqlError } from '../../emulator/core/index.ts';
import { ana, bob, type Fixture, robot, startWorkspace, warehouseId } from '../../test/support/workspace.ts';
import { families } from '../families/families.gen.ts';

/** The unmodified JavaScript SDK against the pipeline and every family; identity, policy and engine are stand-ins. */
const start = () =>
  startWorkspace({
    families,
    allow: [`${ana.name} CAN_USE ${warehouseId}`],
    apps: {
      list: () => [
        { name: 'orders', url: 'http://127.0.0.1:1', state: 'running', servicePrincipal: robot.name },
      ],
      stop: async () => {},
      start: async () => {},
    },
    execute: async ({ text }) => {
      if (text === 'INSER')
        throw new SqlError('PARSE_SYNTAX_ERROR', '42601', "Syntax error at or near 'INSER'.");
      return { columns: [{ name: 'id', type: 'BIGINT', nullable: false }], rows: [[7n]] };
    },
  });

function clientOf(house: Fixture, principal = ana, scopes = ['all-apis']): WorkspaceClient {
  const config = { host: house.origin, token: house.token(principal, { scopes }), authType: 'pat' as const };
  return new WorkspaceClient(config, { product: 'Acme_Unit', productVersion: '1.2.3' });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test('asks who it is, lists people, warehouses and apps', async () => {
  await using house = await start();
  const client = clientOf(house);
  expect(await client.currentUser.me()).toMatchObject({ userName: ana.name });
  // The SDK's iterator asks for the same page for ever (0.17.0), so only the first item is taken.
  for await (const user of client.usersV2.list({ filter: 'userName eq "bob@acme.test"' })) {
    expect(user.userName).toBe(bob.name);
    break;
  }
  expect(await all(client.warehouses.list({}))).toMatchObject([{ id: warehouseId }]);
  expect(await all(client.apps.list({}))).toMatchObject([{ name: 'orders' }]);
  expect(house.services.journal.entries({ kinds: ['call'] }).at(-1)).toMatchObject({
    userAgent: expect.stringMatching(/^Acme_Unit\/1\.2\.3 databricks-sdk-js\//),
  });
});

test('runs statements, and gets failures as states', async () => {
  await using house = await start();
  const { statementExecution } = clientOf(house, ana, ['sql']);
  const request = { warehouse_id: warehouseId, statement: 'SELECT 7', wait_timeout: '30s' };
  const done = await statementExecution.executeStatement(request);
  expect(done).toMatchObject({ status: { state: 'SUCCEEDED' }, result: { data_array: [['7']] } });
  const again = await statementExecution.getStatement({ statement_id: done.statement_id ?? '' });
  expect(again.result).toEqual(done.result);
  const failed = await statementExecution.executeStatement({ ...request, statement: 'INSER' });
  expect(failed.status).toMatchObject({ state: 'FAILED', error: { error_code: 'BAD_REQUEST' } });
});

test('gets refusals as its own errors', async () => {
  await using house = await start();
  const request = { warehouse_id: warehouseId, statement: 'SELECT 7' };
  await expect(clientOf(house, bob).statementExecution.executeStatement(request)).rejects.toMatchObject({
    statusCode: 403,
    errorCode: 'PERMISSION_DENIED',
  });
  await expect(all(clientOf(house, ana, ['sql']).apps.list({}))).rejects.toMatchObject({ statusCode: 403 });
  await expect(all(clientOf(house).jobs.list({}))).rejects.toMatchObject({
    statusCode: 501,
    message: expect.stringContaining('jobs.list'),
  });
  await expect(clientOf(house).apps.get({ name: 'nope' })).rejects.toMatchObject({
    statusCode: 404,
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
  });
});
