import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWarehouseWorld, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';

let world: WarehouseWorld;
let wall = 0;

const rows = async (who: string, sql: string) => (await world.run(who, sql)).rows;
const admin = (sql: string) => rows('admin', sql);
const failure = async (who: string, sql: string) =>
  world.run(who, sql).then(
    () => ({ errorClass: 'none', message: '' }),
    (error: { errorClass: string; message: string }) => error,
  );
const ids = async (from: string) => (await admin(`SELECT id FROM ${from} ORDER BY id`)).flat();

beforeEach(async () => {
  wall = Date.UTC(2026, 0, 31, 10);
  world = openWarehouseWorld(
    { admin: ['admins'], eve: [] },
    { session: { catalog: 'c', schema: 's' }, wall: () => wall },
  );
  await admin('CREATE CATALOG c');
  await admin('CREATE SCHEMA c.s');
  await admin('GRANT USE CATALOG ON CATALOG c TO `eve@acme.test`');
  await admin('GRANT USE SCHEMA ON SCHEMA c.s TO `eve@acme.test`');
  await admin('CREATE TABLE t (id INT, name STRING)');
  for (const sql of [
    "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    'DELETE FROM t WHERE id = 1',
    "UPDATE t SET id = 20 WHERE name = 'b'",
    "INSERT OVERWRITE t VALUES (7, 'z')",
  ]) {
    wall += 60_000;
    await admin(sql);
  }
  wall += 60_000;
});
afterEach(() => world[Symbol.asyncDispose]());

describe('an earlier version', () => {
  test('is read by its number, in every spelling', async () => {
    expect(await ids('t VERSION AS OF 0')).toEqual([]);
    expect(await ids('t VERSION AS OF 1')).toEqual([1, 2]);
    expect(await ids("t FOR VERSION AS OF '2'")).toEqual([2]);
    expect(await ids('c.s.t@v3 AS old')).toEqual([20]);
    expect(await ids('t')).toEqual([7]);
    expect(await ids('(SELECT * FROM t@v1 UNION ALL SELECT * FROM t)')).toEqual([1, 2, 7]);
  });

  test('is read by a moment of the session time zone', async () => {
    expect(await ids("t TIMESTAMP AS OF '2026-01-31 10:01:30'")).toEqual([1, 2]);
    expect(await ids("t TIMESTAMP AS OF '2026-01-31T10:02:00Z'")).toEqual([2]);
    expect(await ids('t@20260131100330000')).toEqual([20]);
    const berlin = await world.run('admin', "SELECT id FROM t TIMESTAMP AS OF '2026-01-31 11:02:30'", {
      session: { timeZone: 'Europe/Berlin' },
    });
    expect(berlin.rows).toEqual([[2]]);
  });

  test('that is not there is refused as the platform does', async () => {
    expect(await failure('admin', 'SELECT * FROM t VERSION AS OF 9')).toMatchObject({
      errorClass: 'DELTA_VERSION_NOT_FOUND',
      message: expect.stringContaining(
        'Cannot time travel Delta table to version 9. Available versions: [0, 4].',
      ),
    });
    const early = await failure('admin', "SELECT * FROM t TIMESTAMP AS OF '2020-01-01'");
    expect(early.errorClass).toBe('DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION');
    const late = await failure('admin', "SELECT * FROM t TIMESTAMP AS OF '2030-01-01'");
    expect(late.errorClass).toBe('DELTA_TIMESTAMP_GREATER_THAN_COMMIT');
    expect(late.message).toContain('2026-01-31 10:04:00.0');
    const bad = await failure('admin', "SELECT * FROM t TIMESTAMP AS OF 'soon'");
    expect(bad.errorClass).toBe('INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT');
    const computed = await failure('admin', 'SELECT * FROM t TIMESTAMP AS OF current_timestamp()');
    expect(computed.message).toContain('literal only');
  });

  test('of something that is no table is refused, never answered with the present', async () => {
    await admin('CREATE VIEW v AS SELECT * FROM t');
    for (const sql of [
      'SELECT * FROM v VERSION AS OF 0',
      'WITH t AS (SELECT 1 AS id) SELECT * FROM t VERSION AS OF 0',
      'SELECT * FROM information_schema.tables VERSION AS OF 0',
    ])
      expect(await failure('admin', sql)).toMatchObject({ errorClass: 'UNSUPPORTED_FEATURE.TIME_TRAVEL' });
  });

  test('needs SELECT, and works inside a view', async () => {
    expect((await failure('eve', 'SELECT * FROM t VERSION AS OF 1')).errorClass).toBe(
      'INSUFFICIENT_PERMISSIONS',
    );
    await admin('CREATE VIEW v AS SELECT id FROM t VERSION AS OF 1');
    await admin('GRANT SELECT ON VIEW v TO `eve@acme.test`');
    expect(await rows('eve', 'SELECT id FROM v ORDER BY id')).toEqual([[1], [2]]);
  });
});

describe('protected tables', () => {
  beforeEach(async () => {
    await admin('CREATE FUNCTION few(id INT) RETURNS BOOLEAN RETURN id > 100');
    await admin('GRANT SELECT ON TABLE t TO `eve@acme.test`');
    await admin('GRANT MODIFY ON TABLE t TO `eve@acme.test`');
    await admin('CREATE VIEW v AS SELECT id FROM t VERSION AS OF 1');
    await admin('GRANT SELECT ON VIEW v TO `eve@acme.test`');
    expect(await rows('eve', 'SELECT id FROM t@v1 ORDER BY id')).toEqual([[1], [2]]);
    await admin('ALTER TABLE t SET ROW FILTER few ON (id)');
  });

  test('cannot be read as of then, directly, behind a view or by RESTORE', async () => {
    for (const sql of [
      'SELECT id FROM t@v1 ORDER BY id',
      'SELECT id FROM t VERSION AS OF 999',
      "SELECT id FROM t TIMESTAMP AS OF '2020-01-01'",
      'SELECT id FROM v',
      'RESTORE TABLE t TO VERSION AS OF 1',
    ]) {
      const { errorClass, message } = await failure('eve', sql);
      expect([sql, errorClass]).toEqual([sql, 'UNSUPPORTED_FEATURE']);
      expect(message).toContain('row filter or column mask');
    }
  });

  test('tell no counts in their history', async () => {
    const told = (await rows('eve', 'DESCRIBE HISTORY t')).flatMap((row) => [row[5], row[12]]);
    expect(told.flat()).toEqual([]);
  });

  test('that were replaced do not show their old rows again', async () => {
    await admin('CREATE OR REPLACE TABLE t AS SELECT 500 AS id');
    await admin('ALTER TABLE t DROP ROW FILTER').catch(() => {});
    expect(await rows('eve', 'SELECT id FROM t')).toEqual([[500]]);
    expect(await failure('eve', 'SELECT * FROM t@v1')).toMatchObject({
      errorClass: 'DELTA_VERSION_NOT_FOUND',
      message: expect.stringContaining('[5, 5]'),
    });
  });
});

describe('RESTORE', () => {
  test('makes the rows of then a new version, which can be undone', async () => {
    expect((await admin('RESTORE TABLE t TO VERSION AS OF 1'))[0]?.slice(1, 4)).toEqual([1n, 1n, 1n]);
    expect(await ids('t')).toEqual([1, 2]);
    await admin("RESTORE t TO TIMESTAMP AS OF '2026-01-31 10:04:30'");
    expect(await ids('t')).toEqual([7]);
    const [last] = await admin('DESCRIBE HISTORY t');
    expect([last?.[0], last?.[4], last?.[5]]).toEqual([
      6n,
      'RESTORE',
      [['timestamp', '2026-01-31 10:04:30']],
    ]);
  });

  test('needs MODIFY and a version that is there', async () => {
    await admin('GRANT SELECT ON TABLE t TO `eve@acme.test`');
    const refused = await failure('eve', 'RESTORE TABLE t TO VERSION AS OF 1');
    expect(refused.errorClass).toBe('INSUFFICIENT_PERMISSIONS');
    const missing = await failure('admin', 'RESTORE TABLE t TO VERSION AS OF 77');
    expect(missing.errorClass).toBe('DELTA_VERSION_NOT_FOUND');
  });
});

test('DESCRIBE HISTORY tells metrics to those who see every row', async () => {
  const told = (await admin('DESCRIBE HISTORY t')).map((row) => [row[4], row[12]]);
  expect(told).toEqual([
    [
      'WRITE',
      [
        ['numFiles', '1'],
        ['numOutputRows', '1'],
      ],
    ],
    ['UPDATE', [['numUpdatedRows', '1']]],
    ['DELETE', [['numDeletedRows', '1']]],
    [
      'WRITE',
      [
        ['numFiles', '1'],
        ['numOutputRows', '2'],
      ],
    ],
    ['CREATE TABLE', []],
  ]);
  await admin('CREATE TABLE u AS SELECT id FROM range(3)');
  expect((await admin('DESCRIBE HISTORY u')).map((row) => [row[0], row[4]])).toEqual([
    [0n, 'CREATE TABLE AS SELECT'],
  ]);
});

test('old versions go, and with them what only they kept', async () => {
  const tables = async () => {
    await world.engine.settled();
    const trusted = await world.engine.trusted();
    return trusted.use(async ({ connection }) => {
      const result = await connection.run('SELECT count(*) FROM duckdb_tables()');
      return Number((await result.getRows())[0]?.[0]);
    });
  };
  for (let i = 0; i < 60; i += 1) await admin(`INSERT OVERWRITE t VALUES (${i}, 'n')`);
  expect(await tables()).toBeLessThanOrEqual(30);
  expect(await ids('t VERSION AS OF 40')).toEqual([35]);
  expect(await failure('admin', 'SELECT * FROM t@v1')).toMatchObject({
    message: expect.stringContaining('[35, 64]'),
  });
  await admin('DROP TABLE t');
  await admin('SELECT 1');
  expect(await tables()).toBe(0);
});

test('versions come back with a reset, and follow a renamed table', async () => {
  const image = world.images.take();
  await admin('ALTER TABLE t RENAME TO moved');
  expect(await ids('moved@v1')).toEqual([1, 2]);
  await admin('DROP TABLE moved');
  world.images.apply(image);
  expect(await ids('t@v1')).toEqual([1, 2]);
});
