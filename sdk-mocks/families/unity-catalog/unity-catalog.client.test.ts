import { WorkspaceClient } from '@databricks/sdk-experimental';
import { expect, test } from 'vitest';
import { runSql, startWithMetastore } from '../../../test/support/metastore.ts';
import { admin, ana, type Fixture } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

/** The unmodified JavaScript SDK against the real policy and catalog. */
function clientOf(house: Fixture, principal: typeof ana): WorkspaceClient {
  const config = { host: house.origin, token: house.token(principal), authType: 'pat' as const };
  return new WorkspaceClient(config, { product: 'Acme_Unit', productVersion: '1.2.3' });
}

async function names(items: AsyncIterable<{ name?: string }>): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for await (const { name } of items) found.push(name);
  return found;
}

test('walks from catalogs to columns, as two people', async () => {
  await using house = await startWithMetastore([family]);
  runSql(
    house,
    admin,
    'GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea',
    'GRANT SELECT ON main.sales.items TO emea',
  );
  const [all, some] = [clientOf(house, admin), clientOf(house, ana)];
  expect(await names(all.catalogs.list({}))).toEqual(['main', 'other']);
  expect(await names(some.catalogs.list({}))).toEqual(['main']);
  const sales = { catalog_name: 'main', schema_name: 'sales' };
  expect(await names(all.schemas.list({ catalog_name: 'main' }))).toContain('sales');
  expect(await names(all.tables.list({ ...sales, max_results: 1 }))).toEqual(['items', 'orders', 'v']);
  expect(await names(some.tables.list(sales))).toEqual(['items']);
  expect(await names(all.functions.list(sales))).toEqual(['by_region', 'hide']);
  const orders = await all.tables.get({ full_name: 'main.sales.orders' });
  expect(orders.columns?.find(({ name }) => name === 'email')?.mask?.function_name).toBe('main.sales.hide');
  expect(await some.tables.exists({ full_name: 'main.sales.items' })).toEqual({ table_exists: true });
  await expect(some.tables.get({ full_name: 'main.sales.orders' })).rejects.toMatchObject({
    statusCode: 403,
    errorCode: 'PERMISSION_DENIED',
    message: "User does not have SELECT on Table 'main.sales.orders'.",
  });
});

test('makes a schema and reads its grants', async () => {
  await using house = await startWithMetastore([family]);
  const client = clientOf(house, admin);
  const made = await client.schemas.create({ name: 'fresh', catalog_name: 'main' });
  expect(made.full_name).toBe('main.fresh');
  // Version 0.17.0 of the SDK sends PATCH without its body, so `grants.update` cannot be shown with it.
  runSql(house, admin, 'GRANT USE SCHEMA ON SCHEMA main.fresh TO emea');
  const held = await client.grants.getEffective({ securable_type: 'schema', full_name: 'main.fresh' });
  expect(held.privilege_assignments).toMatchObject([
    { principal: 'emea', privileges: [{ privilege: 'USE_SCHEMA' }] },
  ]);
  await client.schemas.delete({ full_name: 'main.fresh' });
  expect((await client.metastores.summary()).cloud).toBe('aws');
});
