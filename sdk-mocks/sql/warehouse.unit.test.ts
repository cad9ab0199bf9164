import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqlError } from '../../emulator/core/index.ts';
import { callerOf, openWarehouseWorld, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';

const people = { admin: ['admins'], ana: ['emea'], bob: ['emea', 'pii'], eve: [] };
let world: WarehouseWorld;

const rows = async (who: string, sql: string, more = {}) => (await world.run(who, sql, more)).rows;
const failure = async (who: string, sql: string, more = {}): Promise<SqlError> => {
  const error: unknown = await world.run(who, sql, more).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SqlError)) throw new Error(`expected a SqlError, got ${String(error)}`);
  return error;
};

beforeAll(async () => {
  world = openWarehouseWorld(people, { session: { catalog: 'shop', schema: 'sales' } });
  for (const sql of [
    'CREATE CATALOG shop',
    'CREATE SCHEMA shop.sales',
    'CREATE TABLE orders (id BIGINT NOT NULL, region STRING, email STRING, amount DECIMAL(10,2), placed TIMESTAMP, tags ARRAY<STRING>)',
    `INSERT INTO orders VALUES
       (1, 'EMEA', 'a@x.test', 10.50, TIMESTAMP '2026-01-02 03:04:05', array('new', 'vip')),
       (2, 'APAC', 'b@x.test', 20.25, NULL, array()),
       (3, NULL, 'c@x.test', 30, NULL, NULL)`,
    'CREATE TABLE region_map (usr STRING, region STRING)',
    "INSERT INTO region_map VALUES ('ana@acme.test', 'EMEA'), ('bob@acme.test', 'EMEA'), ('bob@acme.test', 'APAC')",
    'CREATE FUNCTION by_region(r STRING) RETURN EXISTS (SELECT 1 FROM region_map m WHERE m.usr = session_user() AND m.region = r)',
    "CREATE FUNCTION hide(e STRING, r STRING) RETURN CASE WHEN is_account_group_member('pii') THEN e ELSE concat('***', r) END",
    'ALTER TABLE orders SET ROW FILTER by_region ON (region)',
    'ALTER TABLE orders ALTER COLUMN email SET MASK hide USING COLUMNS (region)',
    'CREATE VIEW mine AS SELECT id, email, current_user() AS me FROM orders WHERE amount > 1',
    'GRANT USE CATALOG ON CATALOG shop TO `account users`',
    'GRANT USE SCHEMA ON SCHEMA shop.sales TO `account users`',
    'GRANT SELECT ON TABLE orders TO emea',
    'GRANT SELECT ON VIEW mine TO `eve@acme.test`',
  ]) {
    await world.run('admin', sql);
  }
});
afterAll(() => world[Symbol.asyncDispose]());

describe('row filter and mask', () => {
  test('each person sees their own rows, masked', async () => {
    expect(await rows('ana', 'SELECT id, email FROM orders ORDER BY id')).toEqual([[1n, '***EMEA']]);
    expect(await rows('bob', 'SELECT id, email FROM orders ORDER BY id')).toEqual([
      [1n, 'a@x.test'],
      [2n, 'b@x.test'],
    ]);
  });

  test('the owner is not exempt, and NULL drops the row', async () => {
    expect(await rows('admin', 'SELECT id FROM orders')).toEqual([]);
  });

  test('predicates see masked values', async () => {
    expect(await rows('ana', "SELECT count(*) FROM orders WHERE email LIKE '%@%'")).toEqual([[0n]]);
  });

  test('without SELECT the error names what is missing', async () => {
    const error = await failure('eve', 'SELECT * FROM orders');
    expect(error.sqlState).toBe('42501');
    expect(error.text).toContain("does not have SELECT on Table 'shop.sales.orders'");
  });

  test('a view reads with its owner rights and filters for the person who asks', async () => {
    expect(await rows('eve', 'SELECT * FROM mine')).toEqual([]);
    await world.run('admin', "INSERT INTO region_map VALUES ('eve@acme.test', 'APAC')");
    expect(await rows('eve', 'SELECT * FROM mine')).toEqual([[2n, '***APAC', 'eve@acme.test']]);
  });

  test('an unqualified name in a subquery is the innermost column, not the parameter', async () => {
    await world.run('admin', 'CREATE TABLE trap (region STRING)');
    await world.run('admin', "INSERT INTO trap VALUES ('EMEA'), ('APAC')");
    await world.run(
      'admin',
      'CREATE FUNCTION trapped(region STRING) RETURN EXISTS (SELECT 1 FROM region_map m WHERE m.region = region)',
    );
    await world.run('admin', 'ALTER TABLE trap SET ROW FILTER trapped ON (region)');
    await world.run('admin', 'GRANT SELECT ON TABLE trap TO emea');
    expect(await rows('ana', 'SELECT count(*) FROM trap')).toEqual([[2n]]);
  });

  test('a failing filter says so without values', async () => {
    await world.run('admin', 'CREATE TABLE broken (code STRING)');
    await world.run('admin', "INSERT INTO broken VALUES ('SECRET')");
    await world.run('admin', 'CREATE FUNCTION numeric_only(c STRING) RETURN CAST(c AS INT) > 0');
    await world.run('admin', 'ALTER TABLE broken SET ROW FILTER numeric_only ON (code)');
    const error = await failure('admin', 'SELECT * FROM broken');
    expect(error.errorClass).toBe('CAST_INVALID_INPUT');
    expect(error.message).not.toContain('SECRET');
  });

  test('a policy change counts at once, a repeated statement gives the same rows', async () => {
    await world.run('admin', 'CREATE TABLE open AS SELECT 1 AS one');
    await world.run('admin', 'GRANT SELECT ON TABLE open TO emea');
    expect(await rows('ana', 'SELECT * FROM open')).toEqual([[1]]);
    expect(await rows('ana', 'SELECT * FROM open')).toEqual([[1]]);
    await world.run('admin', 'REVOKE SELECT ON TABLE open FROM emea');
    expect((await failure('ana', 'SELECT * FROM open')).sqlState).toBe('42501');
  });

  test('a function that reads with its owner rights gives a persona no foreign rows', async () => {
    await world.run('admin', 'CREATE FUNCTION peek(n INT) RETURN (SELECT max(usr) FROM region_map)');
    await world.run('admin', 'GRANT EXECUTE ON FUNCTION peek TO `eve@acme.test`');
    expect((await failure('eve', 'SELECT peek(1)')).errorClass).toBe('UNSUPPORTED_FEATURE');
    expect((await failure('ana', 'SELECT peek(1)')).sqlState).toBe('42501');
  });

  test('the journal names the relations with their filter and masks', () => {
    const entry = world.journal
      .entries({ kinds: ['statement'] })
      .find((e) => e.kind === 'statement' && e.text.startsWith('SELECT id, email FROM orders'));
    expect(entry).toMatchObject({
      state: 'SUCCEEDED',
      relations: [
        { name: 'shop.sales.orders', rowFilter: 'shop.sales.by_region', masks: ['shop.sales.hide'] },
      ],
    });
  });
});

describe('results and parameters', () => {
  test('values come in their logical form with Spark types', async () => {
    const result = await world.run(
      'bob',
      'SELECT id, amount, placed, CAST(placed AS DATE) AS d, tags, named_struct("a", 1) AS s FROM orders WHERE id = 1',
    );
    expect(result.columns.map((c) => `${c.name} ${c.type}`)).toEqual([
      'id BIGINT',
      'amount DECIMAL(10,2)',
      'placed TIMESTAMP',
      'd DATE',
      'tags ARRAY<STRING>',
      's STRUCT<a: INT>',
    ]);
    expect(result.rows).toEqual([[1n, '10.50', 1767323045000000n, 20455, ['new', 'vip'], { a: 1 }]]);
  });

  test('named and positional parameters are values, never text', async () => {
    const named = [{ name: 'x', value: "' OR 1=1 --", type: 'STRING' }];
    expect(
      await rows('bob', 'SELECT :x AS x, count(*) FROM orders WHERE email = :x', { parameters: named }),
    ).toEqual([["' OR 1=1 --", 0n]]);
    const placed = [{ ordinal: 1, value: '2', type: 'BIGINT' }];
    expect(await rows('bob', 'SELECT id FROM orders WHERE id = ?', { parameters: placed })).toEqual([[2n]]);
    expect((await failure('bob', 'SELECT :missing')).errorClass).toBe('UNBOUND_SQL_PARAMETER');
  });

  test('row limit truncates, time limit and cancel stop', async () => {
    expect(await world.run('ana', 'SELECT id FROM range(100)', { limits: { rows: 7 } })).toMatchObject({
      truncated: true,
    });
    const slow = 'SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id % 7 = b.id % 5';
    expect((await failure('ana', slow, { limits: { milliseconds: 50 } })).errorClass).toBe(
      'STATEMENT_TIMEOUT',
    );
    const controller = new AbortController();
    const running = failure('ana', slow, { signal: controller.signal });
    controller.abort();
    expect((await running).errorClass).toBe('OPERATION_CANCELED');
  });

  test.each([
    ['SELECT CAST("abc" AS INT)', 'CAST_INVALID_INPUT', '22018'],
    ['SELECT 1 / 0', 'DIVIDE_BY_ZERO', '22012'],
    ['SELECT 2147483647 + 1', 'ARITHMETIC_OVERFLOW', '22003'],
    ['SELECT nope FROM range(1)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION', '42703'],
    ['SELECT id FROM range(1) a, range(1) b', 'AMBIGUOUS_REFERENCE', '42704'],
    ['SELECT id, count(*) FROM range(1)', 'MISSING_AGGREGATION', '42803'],
    ['SELECT * FROM nothing_here', 'TABLE_OR_VIEW_NOT_FOUND', '42P01'],
    ['SELECT nope(1)', 'UNRESOLVED_ROUTINE', '42883'],
    ['SELECT array(1)[5]', 'INVALID_ARRAY_INDEX', '22003'],
    ['SELECT FRM t WHERE', 'PARSE_SYNTAX_ERROR', '42601'],
  ])('%s fails as %s', async (sql, errorClass, sqlState) => {
    expect(await failure('ana', sql)).toMatchObject({ errorClass, sqlState });
  });
});

describe('writing', () => {
  test('INSERT by columns, defaults, OVERWRITE and CTAS', async () => {
    await world.run('admin', 'CREATE TABLE target (a INT, b STRING, c DECIMAL(5,1))');
    expect(await world.run('admin', "INSERT INTO target (b, a) SELECT 'x', id FROM range(2)")).toMatchObject({
      affectedRows: 2,
    });
    expect(await rows('admin', 'SELECT * FROM target ORDER BY a')).toEqual([
      [0, 'x', null],
      [1, 'x', null],
    ]);
    await world.run('admin', 'INSERT OVERWRITE target VALUES (9, "z", 1.25)');
    expect(await rows('admin', 'SELECT * FROM target')).toEqual([[9, 'z', '1.3']]);
    await world.run('admin', 'CREATE TABLE copied AS SELECT a + 1 AS a1, b FROM target');
    expect(await rows('admin', 'SELECT * FROM copied')).toEqual([[10, 'z']]);
    expect((await failure('admin', 'INSERT INTO target VALUES (1)')).errorClass).toBe(
      'INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS',
    );
    expect((await failure('ana', 'INSERT INTO target VALUES (1, "a", 1)')).sqlState).toBe('42501');
  });

  test('NOT NULL is enforced and nothing stays behind', async () => {
    await world.run('admin', 'CREATE TABLE strict (id INT NOT NULL)');
    expect((await failure('admin', 'INSERT INTO strict VALUES (NULL)')).sqlState).toBe('23502');
    expect(await rows('admin', 'SELECT count(*) FROM strict')).toEqual([[0n]]);
  });

  test('files are loaded into new and existing tables', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'brickbox-load-'));
    try {
      writeFileSync(join(folder, 'a.csv'), 'id,name\n1,"x, y"\n2,\n');
      writeFileSync(join(folder, 'b.json'), '{"id": 3, "who": {"name": "n", "tags": ["t"]}}\n');
      const caller = callerOf('admin', ['admins']);
      await world.run('admin', 'CREATE TABLE typed (name STRING, id SMALLINT)');
      expect(
        await world.warehouse.loadFile({ caller, table: 'shop.sales.typed', file: join(folder, 'a.csv') }),
      ).toEqual({ rows: 2 });
      expect(await rows('admin', 'SELECT id, name FROM typed ORDER BY id')).toEqual([
        [1, 'x, y'],
        [2, null],
      ]);
      await world.warehouse.loadFile({ caller, table: 'shop.sales.fresh', file: join(folder, 'b.json') });
      expect(await rows('admin', 'SELECT id, who.name, who.tags[0] FROM fresh')).toEqual([[3n, 'n', 't']]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
