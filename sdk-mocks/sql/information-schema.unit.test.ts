import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWarehouseWorld, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';

const people = { admin: ['admins'], ana: ['emea'], eve: [] };
let world: WarehouseWorld;
const rows = async (who: string, sql: string) => (await world.run(who, sql)).rows;

beforeAll(async () => {
  world = openWarehouseWorld(people, { session: { catalog: 'shop', schema: 'sales' } });
  for (const sql of [
    'CREATE CATALOG shop',
    'CREATE SCHEMA shop.sales',
    "CREATE TABLE orders (id BIGINT NOT NULL COMMENT 'key', region STRING, amount DECIMAL(10,2))",
    'CREATE TABLE secret_plans (id INT)',
    'CREATE VIEW mine AS SELECT id FROM orders',
    'CREATE VIEW spy AS SELECT table_name FROM shop.information_schema.tables',
    "CREATE FUNCTION f(r STRING) RETURN r = 'EMEA'",
    "CREATE FUNCTION m(d DECIMAL(10,2), r STRING) RETURN CASE WHEN r = 'x' THEN d END",
    'ALTER TABLE orders SET ROW FILTER f ON (region)',
    'ALTER TABLE orders ALTER COLUMN amount SET MASK m USING COLUMNS (region)',
    "CREATE CATALOG hidden_catalog COMMENT 'it''s; --'",
    'CREATE SCHEMA hidden_catalog.inner_schema',
    'GRANT USE CATALOG ON CATALOG shop TO `account users`',
    'GRANT USE SCHEMA ON SCHEMA shop.sales TO `account users`',
    'GRANT SELECT ON TABLE orders TO emea',
    'GRANT SELECT ON VIEW spy TO `eve@acme.test`',
  ]) {
    await world.run('admin', sql);
  }
});
afterAll(() => world[Symbol.asyncDispose]());

test('tables are those the caller may know of, and no others, also through system', async () => {
  const own = 'SELECT table_name, table_type FROM information_schema.tables ORDER BY 1';
  expect(await rows('admin', own)).toEqual([
    ['mine', 'VIEW'],
    ['orders', 'MANAGED'],
    ['secret_plans', 'MANAGED'],
    ['spy', 'VIEW'],
  ]);
  expect(await rows('ana', own)).toEqual([['orders', 'MANAGED']]);
  expect(await rows('ana', own.replace('information_schema', 'system.information_schema'))).toEqual([
    ['orders', 'MANAGED'],
  ]);
});

test('a view over it shows what the person who asks may see, not what its owner may', async () => {
  expect(await rows('eve', 'SELECT * FROM spy')).toEqual([['spy']]);
});

test('a grant and a revoke count at once', async () => {
  const count = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'secret_plans'";
  expect(await rows('eve', count)).toEqual([[0n]]);
  await world.run('admin', 'GRANT SELECT ON TABLE secret_plans TO `eve@acme.test`');
  expect(await rows('eve', count)).toEqual([[1n]]);
  await world.run('admin', 'REVOKE SELECT ON TABLE secret_plans FROM `eve@acme.test`');
  expect(await rows('eve', count)).toEqual([[0n]]);
});

test('columns tell types as the platform names them', async () => {
  expect(
    await rows(
      'ana',
      'SELECT column_name, ordinal_position, is_nullable, full_data_type, data_type, numeric_precision, numeric_scale, comment FROM information_schema.columns ORDER BY 2',
    ),
  ).toEqual([
    ['id', 0, 'NO', 'bigint', 'LONG', 64, 0, 'key'],
    ['region', 1, 'YES', 'string', 'STRING', null, null, null],
    ['amount', 2, 'YES', 'decimal(10,2)', 'DECIMAL', 10, 2, null],
  ]);
});

test('filters and masks are told to those who may read the table', async () => {
  const filters =
    'SELECT table_catalog, table_schema, table_name, filter_name, target_columns FROM information_schema.row_filters';
  expect(await rows('ana', filters)).toEqual([['shop', 'sales', 'orders', 'shop.sales.f', 'region']]);
  expect(await rows('eve', filters)).toEqual([]);
  const masks =
    'SELECT catalog_name, column_name, mask_name, using_columns, mask_col_usage FROM information_schema.column_masks';
  expect(await rows('ana', masks)).toEqual([['shop', 'amount', 'shop.sales.m', 'region', 'region']]);
  expect(await rows('eve', masks)).toEqual([]);
});

test('privileges: one’s own, and all of what one manages', async () => {
  const grants =
    "SELECT grantee, privilege_type, inherited_from FROM information_schema.table_privileges WHERE table_name = 'orders' ORDER BY ALL";
  expect(await rows('ana', grants)).toContainEqual(['emea', 'SELECT', 'NONE']);
  expect(await rows('eve', grants)).toEqual([]);
  expect(await rows('admin', grants)).toContainEqual(['emea', 'SELECT', 'NONE']);
});

test.each([
  'catalogs',
  'schemata',
  'views',
  'routines',
  'volumes',
  'catalog_privileges',
  'schema_privileges',
  'catalog_tags',
  'schema_tags',
  'table_tags',
  'column_tags',
  'volume_tags',
])('%s has as many cells as columns and tells eve nothing hidden', async (view) => {
  const all = await world.run('admin', `SELECT * FROM system.information_schema.${view}`);
  for (const row of all.rows) expect(row.length).toBe(all.columns.length);
  const seen = JSON.stringify(
    await rows('eve', `SELECT * FROM system.information_schema.${view}`),
    (_k, v) => (typeof v === 'bigint' ? String(v) : v),
  );
  expect(seen).not.toMatch(/hidden_catalog|secret_plans|inner_schema|EMEA/);
});

test('what is not there is refused by name, and a catalog needs USE CATALOG', async () => {
  await expect(world.run('ana', 'SELECT * FROM information_schema.nothing')).rejects.toMatchObject({
    sqlState: '42P01',
  });
  await expect(world.run('ana', 'SELECT * FROM system.access.audit')).rejects.toMatchObject({
    sqlState: '0A000',
  });
  await expect(
    world.run('ana', 'SELECT * FROM hidden_catalog.information_schema.tables'),
  ).rejects.toMatchObject({ sqlState: '42501' });
});
