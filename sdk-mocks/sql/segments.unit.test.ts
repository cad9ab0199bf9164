import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWarehouseWorld, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';

let world: WarehouseWorld;

const tables = async (): Promise<number> => {
  await world.engine.settled();
  const trusted = await world.engine.trusted();
  return trusted.use(async ({ connection }) => {
    const result = await connection.run('SELECT count(*) FROM duckdb_tables()');
    return Number((await result.getRows())[0]?.[0]);
  });
};
const count = async () => (await world.run('admin', 'SELECT count(*) FROM t')).rows[0]?.[0];

beforeEach(async () => {
  world = openWarehouseWorld({ admin: ['admins'] }, { session: { catalog: 'c', schema: 's' } });
  await world.run('admin', 'CREATE CATALOG c');
  await world.run('admin', 'CREATE SCHEMA c.s');
  await world.run('admin', 'CREATE TABLE t (a INT)');
  await world.run('admin', 'INSERT INTO t VALUES (1)');
});
afterEach(() => world[Symbol.asyncDispose]());

test('insert and reset, many times: the engine keeps only what the baseline holds', async () => {
  const baseline = world.images.take();
  const before = await tables();
  for (let i = 0; i < 20; i += 1) {
    await world.run('admin', 'INSERT INTO t SELECT id FROM range(10)');
    await world.run('admin', 'CREATE OR REPLACE TABLE u AS SELECT 1 AS a');
    world.images.apply(baseline);
    expect(await count()).toBe(1n);
  }
  expect(await tables()).toBe(before);
});

test('a snapshot keeps its segments until it is released', async () => {
  const before = await tables();
  await world.run('admin', 'INSERT INTO t VALUES (2)');
  const snapshot = world.images.take();
  await world.run('admin', 'INSERT OVERWRITE t VALUES (3)');
  await world.run('admin', 'DROP TABLE t');
  await world.run('admin', 'SELECT 1');
  expect(await tables()).toBe(before + 1);
  world.images.apply(snapshot);
  expect(await count()).toBe(2n);
  await world.run('admin', 'DROP TABLE t');
  world.images.release(snapshot);
  await world.run('admin', 'SELECT 1');
  expect(await tables()).toBe(before - 1);
});

test('a statement that reads a segment keeps it while another one replaces it', async () => {
  await world.run('admin', 'INSERT OVERWRITE t SELECT id FROM range(200000)');
  const [read] = await Promise.all([count(), world.run('admin', 'INSERT OVERWRITE t VALUES (1)')]);
  expect(read).toBe(200000n);
});

test('cancel stops the copying of visible rows, and another reader of the same rows goes on', async () => {
  await world.run('admin', 'INSERT OVERWRITE t SELECT id FROM range(3000000)');
  const controller = new AbortController();
  const stopped = world.run('admin', 'SELECT count(*) FROM t', { signal: controller.signal }).then(
    () => 'done',
    (error: { errorClass?: string }) => error.errorClass,
  );
  const other = count();
  setImmediate(() => controller.abort());
  expect(await stopped).toBe('OPERATION_CANCELED');
  expect(await other).toBe(3000000n);
});

test('a view may not bring more rows than a table may', async () => {
  await using small = openWarehouseWorld(
    { admin: ['admins'] },
    { session: { catalog: 'c', schema: 's' }, limits: { tableRows: 100 } },
  );
  await small.run('admin', 'CREATE CATALOG c');
  await small.run('admin', 'CREATE SCHEMA c.s');
  await small.run('admin', 'CREATE VIEW v AS SELECT id FROM range(5000)');
  await expect(small.run('admin', 'SELECT count(*) FROM v')).rejects.toMatchObject({
    errorClass: 'UNSUPPORTED_FEATURE.LARGE_TABLE',
  });
});

test('many one-row writes stay few segments, and no row is lost', async () => {
  const segments = () => {
    const table = world.catalog.relation({ catalog: 'c', schema: 's', name: 't' });
    return table?.kind === 'table' ? table.segments.length : Number.NaN;
  };
  for (let i = 2; i <= 300; i += 1) await world.run('admin', `INSERT INTO t VALUES (${i})`);
  await world.run('admin', 'DELETE FROM t WHERE a % 3 = 0');
  expect(segments()).toBeLessThan(70);
  for (let i = 1; i <= 100; i += 1) await world.run('admin', `INSERT INTO t VALUES (${-i})`);
  expect(segments()).toBeLessThan(70);
  expect((await world.run('admin', 'SELECT count(*), sum(a) FROM t')).rows).toEqual([[300n, 30000n - 5050n]]);
  expect(await tables()).toBeLessThan(150);
}, 30_000);

test('a rolled back or failing write leaves nothing in the engine', async () => {
  const before = await tables();
  await world.run('admin', 'CREATE TABLE strict (a INT NOT NULL)');
  await world.run('admin', 'INSERT INTO t SELECT 1 WHERE false');
  await expect(world.run('admin', 'INSERT INTO strict VALUES (NULL)')).rejects.toThrow();
  await expect(world.run('admin', 'CREATE TABLE bad AS SELECT 1 / 0 AS x')).rejects.toThrow();
  expect(await tables()).toBe(before);
});

test.each([
  ['INSERT INTO t SELECT id FROM range(200000)'],
  ['INSERT OVERWRITE t SELECT id FROM range(200000)'],
  [
    'MERGE INTO t USING (SELECT id FROM range(200000)) AS n ON t.a = n.id + 1000000 WHEN NOT MATCHED THEN INSERT (a) VALUES (n.id)',
  ],
])('a table replaced during %s keeps its new shape, and the write fails whole', async (sql) => {
  const before = await tables();
  const [written] = await Promise.allSettled([
    world.run('admin', sql),
    world.run('admin', 'CREATE OR REPLACE TABLE t (b STRING, c DATE)'),
  ]);
  expect(written).toMatchObject({ status: 'rejected', reason: { errorClass: 'DELTA_METADATA_CHANGED' } });
  expect((await world.run('admin', 'SELECT b, c FROM t')).rows).toEqual([]);
  expect(await tables()).toBe(before - 1);
});
