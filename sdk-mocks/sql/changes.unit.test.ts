import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SqlError } from '../../emulator/core/index.ts';
import { openWarehouseWorld, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';

/** Sees every row and value of the protected table, so that tests can look at what is hidden from others. */
const people = { admin: ['admins'], root: ['seers'], ana: ['emea'], eve: [] };
let world: WarehouseWorld;

const rows = async (who: string, sql: string, more = {}) => (await world.run(who, sql, more)).rows;
const affected = async (who: string, sql: string, more = {}) =>
  (await world.run(who, sql, more)).affectedRows;
const failure = async (who: string, sql: string): Promise<SqlError> => {
  const error: unknown = await world.run(who, sql).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SqlError)) throw new Error(`expected a SqlError, got ${String(error)}`);
  return error;
};
const everything = () => rows('root', 'SELECT * FROM guarded ORDER BY id, email');

beforeEach(async () => {
  world = openWarehouseWorld(people, { session: { catalog: 'shop', schema: 'sales' } });
  for (const sql of [
    'CREATE CATALOG shop',
    'CREATE SCHEMA shop.sales',
    "CREATE TABLE plain (id INT NOT NULL, name STRING DEFAULT 'none', amount DECIMAL(10,2))",
    "INSERT INTO plain VALUES (1, 'a', 1.50), (2, 'b', 2.50)",
    "INSERT INTO plain VALUES (3, 'c', 3.50)",
    'CREATE TABLE guarded (id INT, region STRING, email STRING)',
    "INSERT INTO guarded VALUES (1, 'EMEA', 'a@x.test'), (2, 'APAC', 'SECRET@x.test'), (3, 'EMEA', 'c@x.test')",
    "CREATE FUNCTION f(r STRING) RETURN is_account_group_member('seers') OR (is_account_group_member('emea') AND r = 'EMEA')",
    "CREATE FUNCTION m(e STRING) RETURN CASE WHEN is_account_group_member('seers') THEN e ELSE '***' END",
    'ALTER TABLE guarded SET ROW FILTER f ON (region)',
    'ALTER TABLE guarded ALTER COLUMN email SET MASK m',
    'GRANT USE CATALOG ON CATALOG shop TO `account users`',
    'GRANT USE SCHEMA ON SCHEMA shop.sales TO `account users`',
    'GRANT SELECT, MODIFY ON TABLE guarded TO emea',
    'GRANT SELECT, MODIFY ON TABLE guarded TO seers',
  ]) {
    await world.run('admin', sql);
  }
});
afterEach(() => world[Symbol.asyncDispose]());

describe('on a plain table', () => {
  test('UPDATE takes expressions, DEFAULT, an alias, parameters in their order, and subqueries', async () => {
    const result = await world.run(
      'admin',
      "UPDATE plain p SET name = concat(p.name, '!'), amount = amount * 2 WHERE p.id >= 2",
    );
    expect(result).toMatchObject({ affectedRows: 2, rows: [[2n]], columns: [{ name: 'num_affected_rows' }] });
    expect(await rows('admin', 'SELECT * FROM plain ORDER BY id')).toEqual([
      [1, 'a', '1.50'],
      [2, 'b!', '5.00'],
      [3, 'c!', '7.00'],
    ]);
    const parameters = [
      { ordinal: 1, value: 'set' },
      { ordinal: 2, value: '1', type: 'INT' },
    ];
    expect(await affected('admin', 'UPDATE plain SET name = ? WHERE id = ?', { parameters })).toBe(1);
    expect(
      await affected('admin', 'UPDATE plain SET name = DEFAULT WHERE id = (SELECT max(id) FROM plain)'),
    ).toBe(1);
    expect(
      await affected('admin', 'UPDATE plain SET amount = (SELECT max(g.id) FROM plain g) WHERE id = 2'),
    ).toBe(1);
    expect(await rows('admin', 'SELECT * FROM plain ORDER BY id')).toEqual([
      [1, 'set', '1.50'],
      [2, 'b!', '3.00'],
      [3, 'none', '7.00'],
    ]);
  });

  test('changes of changed rows, over several segments', async () => {
    for (let i = 0; i < 4; i += 1) await world.run('admin', 'UPDATE plain SET amount = amount + 1');
    await world.run('admin', 'DELETE FROM plain WHERE id = 2');
    await world.run('admin', 'UPDATE plain SET id = id + 10 WHERE id = 3');
    expect(await rows('admin', 'SELECT * FROM plain ORDER BY id')).toEqual([
      [1, 'a', '5.50'],
      [13, 'c', '7.50'],
    ]);
    expect(await affected('admin', 'DELETE FROM plain')).toBe(2);
    expect(await rows('admin', 'SELECT * FROM plain')).toEqual([]);
    expect(await affected('admin', 'DELETE FROM plain')).toBe(0);
  });

  test('TRUNCATE empties it', async () => {
    expect(await rows('admin', 'TRUNCATE TABLE plain')).toEqual([]);
    expect(await rows('admin', 'SELECT count(*) FROM plain')).toEqual([[0n]]);
  });

  test('MERGE with every kind of clause', async () => {
    await world.run('admin', 'CREATE TABLE news (id INT, name STRING, amount DECIMAL(10,2), gone BOOLEAN)');
    await world.run(
      'admin',
      "INSERT INTO news VALUES (1, 'x', 9, true), (2, 'y', 8, false), (7, 'z', 7, false), (8, 'w', 0, false)",
    );
    const merged = await world.run(
      'admin',
      `MERGE INTO plain AS t USING (SELECT * FROM news WHERE id > 0) AS s ON t.id = s.id
       WHEN MATCHED AND s.gone THEN DELETE
       WHEN MATCHED THEN UPDATE SET name = CASE WHEN s.id = 2 THEN s.name ELSE 'never' END
       WHEN NOT MATCHED AND s.amount > 0 THEN INSERT (id, amount) VALUES (s.id, s.amount)
       WHEN NOT MATCHED BY SOURCE THEN UPDATE SET t.amount = 0`,
    );
    expect(merged.rows).toEqual([[4n, 2n, 1n, 1n]]);
    expect(await rows('admin', 'SELECT * FROM plain ORDER BY id')).toEqual([
      [2, 'y', '2.50'],
      [3, 'c', '0.00'],
      [7, 'none', '7.00'],
    ]);
  });

  test('MERGE with SET * and INSERT *', async () => {
    const merged = await world.run(
      'admin',
      `MERGE INTO plain t USING (SELECT 3 AS id, 'new' AS name, 1 AS amount UNION ALL SELECT 4, 'four', 4) s
       ON s.id = t.id WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *`,
    );
    expect(merged.rows).toEqual([[2n, 1n, 0n, 1n]]);
    expect(await rows('admin', 'SELECT * FROM plain WHERE id > 2 ORDER BY id')).toEqual([
      [3, 'new', '1.00'],
      [4, 'four', '4.00'],
    ]);
  });

  test('two source rows for one target row are refused, and nothing changes', async () => {
    const error = await failure(
      'admin',
      'MERGE INTO plain t USING (VALUES (1), (1)) AS s(id) ON t.id = s.id WHEN MATCHED THEN UPDATE SET name = NULL',
    );
    expect(error.sqlState).toBe('21506');
    expect(
      await affected(
        'admin',
        'MERGE INTO plain t USING (VALUES (1), (1)) AS s(id) ON t.id = s.id WHEN MATCHED THEN DELETE',
      ),
    ).toBe(1);
  });

  test.each([
    ['UPDATE plain SET id = NULL', 'DELTA_NOT_NULL_CONSTRAINT_VIOLATED'],
    ['UPDATE plain SET nope = 1', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
    ['UPDATE plain SET name = 1, name = 2', 'DELTA_CONFLICT_SET_COLUMN'],
    ['UPDATE plain SET amount = 1 / 0', 'DIVIDE_BY_ZERO'],
    ['UPDATE plain SET id = 1 2', 'PARSE_SYNTAX_ERROR'],
    ['DELETE FROM plain WHERE id = 1 LIMIT 1', 'PARSE_SYNTAX_ERROR'],
    ['DELETE FROM missing', 'TABLE_OR_VIEW_NOT_FOUND'],
    ['MERGE INTO plain USING plain s, plain u ON true WHEN MATCHED THEN UPDATE SET *', 'UNSUPPORTED_FEATURE'],
  ])('%s fails as %s', async (sql, errorClass) => {
    const before = await rows('admin', 'SELECT * FROM plain ORDER BY id');
    expect((await failure('admin', sql)).errorClass).toBe(errorClass);
    expect(await rows('admin', 'SELECT * FROM plain ORDER BY id')).toEqual(before);
  });

  test('statements at the same time lose no change', async () => {
    await Promise.all([
      ...[1, 2, 3].map((id) => world.run('admin', `UPDATE plain SET amount = ${id}0 WHERE id = ${id}`)),
      world.run('admin', "INSERT INTO plain VALUES (4, 'd', 40)"),
    ]);
    expect(await rows('admin', 'SELECT id, amount FROM plain ORDER BY id')).toEqual(
      [1, 2, 3, 4].map((id) => [id, `${id}0.00`]),
    );
  });

  test('leaves nothing behind in the engine but the versions it made', async () => {
    const trusted = await world.engine.trusted();
    const count = async () => {
      await world.engine.settled();
      return trusted.use(async ({ connection }) =>
        Number((await (await connection.run('SELECT count(*) FROM duckdb_tables()')).getRows())[0]?.[0]),
      );
    };
    await world.run('admin', 'DELETE FROM plain WHERE id = 1');
    const before = await count();
    for (let i = 0; i < 5; i += 1) {
      await world.run('admin', 'UPDATE plain SET amount = amount + 1');
      await failure('admin', 'UPDATE plain SET id = NULL');
      await failure('admin', 'UPDATE plain SET amount = 1 / 0');
    }
    await world.run('admin', 'SELECT 1');
    expect(await count()).toBeLessThanOrEqual(before + 5);
    await world.run('admin', 'DROP TABLE plain');
    await world.run('admin', 'SELECT 1');
    expect(await count()).toBeLessThan(before);
  });
});

describe('on a table with a row filter and a mask', () => {
  test('UPDATE and DELETE touch only what the caller sees, and masks are never written back', async () => {
    expect(await affected('ana', "UPDATE guarded SET region = 'EMEA'")).toBe(2);
    expect(await affected('ana', 'DELETE FROM guarded WHERE id = 3')).toBe(1);
    expect(await everything()).toEqual([
      [1, 'EMEA', 'a@x.test'],
      [2, 'APAC', 'SECRET@x.test'],
    ]);
    expect(await affected('ana', 'DELETE FROM guarded')).toBe(1);
    expect(await everything()).toEqual([[2, 'APAC', 'SECRET@x.test']]);
  });

  test('expressions see masked values', async () => {
    expect(await affected('ana', "UPDATE guarded SET region = email WHERE email = '***'")).toBe(2);
    expect(await everything()).toEqual([
      [1, '***', 'a@x.test'],
      [2, 'APAC', 'SECRET@x.test'],
      [3, '***', 'c@x.test'],
    ]);
  });

  test('MERGE does not meet hidden rows', async () => {
    const merged = await world.run(
      'ana',
      `MERGE INTO guarded t USING (VALUES (1), (2)) AS s(id) ON t.id = s.id
       WHEN MATCHED THEN UPDATE SET region = 'one'
       WHEN NOT MATCHED THEN INSERT (id, region) VALUES (s.id, 'EMEA')`,
    );
    expect(merged.rows).toEqual([[2n, 1n, 0n, 1n]]);
    expect(await everything()).toEqual([
      [1, 'one', 'a@x.test'],
      [2, 'EMEA', null],
      [2, 'APAC', 'SECRET@x.test'],
      [3, 'EMEA', 'c@x.test'],
    ]);
  });

  test('MERGE is refused when a policy reads with a query', async () => {
    await world.run(
      'admin',
      'CREATE FUNCTION q(r STRING) RETURN EXISTS (SELECT 1 FROM plain WHERE name = r)',
    );
    await world.run('admin', 'ALTER TABLE guarded SET ROW FILTER q ON (region)');
    const error = await failure(
      'ana',
      'MERGE INTO guarded t USING (VALUES (1)) AS s(id) ON t.id = s.id WHEN MATCHED THEN DELETE',
    );
    expect(error.errorClass).toBe('UNSUPPORTED_FEATURE');
    expect(error.message).toContain('shop.sales.q');
  });

  test('TRUNCATE removes what the caller sees', async () => {
    await world.run('ana', 'TRUNCATE TABLE guarded');
    expect(await everything()).toEqual([[2, 'APAC', 'SECRET@x.test']]);
  });

  test.each([
    "UPDATE guarded SET id = CASE WHEN email = 'SECRET@x.test' THEN 1 / 0 ELSE id END",
    "UPDATE guarded SET id = CAST('x' AS INT) WHERE id = 2",
    'DELETE FROM guarded WHERE 1 / (id - 2) > 5',
    "UPDATE guarded SET id = id WHERE to_json(struct(*)) LIKE '%rid%'",
    "DELETE FROM guarded g WHERE to_json(struct(g.*)) RLIKE '[0-9]{8}'",
  ])('no hidden row raises or counts: %s', async (sql) => {
    const before = await everything();
    const outcome = await affected('ana', sql).catch((error: SqlError) => error.errorClass);
    expect([0, 2, 'UNSUPPORTED_FEATURE']).toContain(outcome);
    expect(await everything()).toEqual(before);
  });

  test.each([
    ['eve', 'DELETE FROM guarded', 'MODIFY'],
    ['eve', "UPDATE guarded SET region = 'x'", 'MODIFY'],
    ['eve', 'TRUNCATE TABLE guarded', 'MODIFY'],
  ])('%s may not: %s', async (who, sql, missing) => {
    const error = await failure(who, sql);
    expect(error.sqlState).toBe('42501');
    expect(error.text).toContain(missing);
  });

  test('MODIFY without SELECT is not enough, and a source needs SELECT', async () => {
    await world.run('admin', 'GRANT MODIFY ON TABLE guarded TO `eve@acme.test`');
    expect((await failure('eve', 'DELETE FROM guarded')).text).toContain('SELECT');
    const merge = 'MERGE INTO guarded t USING plain s ON t.id = s.id WHEN MATCHED THEN DELETE';
    expect((await failure('ana', merge)).text).toContain("SELECT on Table 'shop.sales.plain'");
  });
});

test('DESCRIBE HISTORY tells operations', async () => {
  await world.run('admin', "UPDATE plain SET name = 'x'");
  const { rows: history, columns } = await world.run('admin', 'DESCRIBE HISTORY plain');
  expect(history.map((row) => [row[0], row[4]])).toEqual([
    [3n, 'UPDATE'],
    [2n, 'WRITE'],
    [1n, 'WRITE'],
    [0n, 'CREATE TABLE'],
  ]);
  expect(columns).toHaveLength(14);
  expect((await failure('eve', 'DESCRIBE HISTORY plain')).sqlState).toBe('42501');
});

test('EXPLAIN checks rights and tells columns, never what is behind a view', async () => {
  await world.run('admin', 'CREATE VIEW v AS SELECT id FROM guarded');
  await world.run('admin', 'GRANT SELECT ON VIEW v TO `eve@acme.test`');
  const [[plan] = []] = await rows('eve', 'EXPLAIN FORMATTED SELECT id FROM v WHERE id = 2');
  expect(plan).toContain('Output: [id: INT]');
  expect(plan).not.toContain('guarded');
  expect((await failure('eve', 'EXPLAIN SELECT * FROM guarded')).sqlState).toBe('42501');
  expect((await failure('admin', 'EXPLAIN DELETE FROM plain')).errorClass).toBe('UNSUPPORTED_FEATURE');
});

test('INSERT OVERWRITE destroys no row that is hidden from its writer', async () => {
  const error = await failure('ana', "INSERT OVERWRITE guarded VALUES (9, 'EMEA', 'new')");
  expect(error.message).toContain('row filter');
  expect((await everything()).map(([id]) => id)).toEqual([1, 2, 3]);
  await world.run('admin', 'ALTER TABLE guarded DROP ROW FILTER');
  await world.run('admin', "INSERT OVERWRITE guarded VALUES (9, 'EMEA', 'new')");
  expect((await everything()).map(([id]) => id)).toEqual([9]);
});
