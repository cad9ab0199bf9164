import { expect, test } from 'vitest';
import { ana, bob, startWorkspace, warehouseId } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

const path = '/api/2.0/sql/warehouses';
const start = () => startWorkspace({ families: [family], allow: [`${ana.name} CAN_USE ${warehouseId}`] });

test('shows the warehouses somebody may use', async () => {
  await using house = await start();
  const token = house.token(ana, { scopes: ['sql.warehouses:read'] });
  const listed = await house.call(token, `GET ${path}?page_size=10`);
  expect(listed.body).toMatchObject({
    warehouses: [
      {
        id: warehouseId,
        name: 'Serverless Starter Warehouse',
        state: 'RUNNING',
        odbc_params: { path: `/sql/1.0/warehouses/${warehouseId}` },
      },
    ],
  });
  const got = await house.call(token, `GET ${path}/${warehouseId}`);
  expect(got.body).toMatchObject({ id: warehouseId, state: 'RUNNING' });
});

test('hides them from everybody else', async () => {
  await using house = await start();
  const token = house.token(bob);
  expect((await house.call(token, `GET ${path}`)).body).toEqual({ warehouses: [] });
  const got = await house.call(token, `GET ${path}/${warehouseId}`);
  expect(got).toMatchObject({ status: 403, body: { error_code: 'PERMISSION_DENIED' } });
});

test('refuses ids that are malformed or unknown', async () => {
  await using house = await start();
  const token = house.token(ana);
  expect(await house.call(token, `GET ${path}/wh-0001`)).toMatchObject({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'wh-0001 is not a valid endpoint id.' },
  });
  expect(await house.call(token, `GET ${path}/ffffffffffffffff`)).toMatchObject({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST' },
  });
});
