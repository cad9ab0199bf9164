import { expect, test } from 'vitest';
import { SqlError } from '../../emulator/core/index.ts';
import { openWarehouseWorld, userName, type WarehouseWorld } from '../../test/conformance/warehouse-world.ts';
import type { SqlParameter, SqlSession } from './contract.ts';

const defaults: SqlSession = { catalog: 'leaks', schema: 's', timeZone: 'UTC' };

/** With hidden rows, or as if they had never been there. */
async function openWorld(hides: boolean): Promise<WarehouseWorld> {
  const world = openWarehouseWorld({ admin: ['admins'], persona: [] }, { session: defaults });
  for (const sql of [
    'CREATE CATALOG leaks',
    'CREATE SCHEMA leaks.s',
    'CREATE TABLE orders (id INT, region STRING, code STRING)',
    "INSERT INTO orders VALUES (1, 'SEEN', 'a'), (2, 'SEEN', 'b')",
    ...(hides ? ["INSERT INTO orders VALUES (100, 'HIDDEN', 'SECRET'), (101, 'HIDDEN', 'x')"] : []),
    'CREATE TABLE locked (id INT)',
    'INSERT INTO locked VALUES (7)',
    "CREATE FUNCTION f(r STRING) RETURN r <> 'HIDDEN'",
    ...(hides ? ['ALTER TABLE orders SET ROW FILTER f ON (region)'] : []),
    `GRANT USE CATALOG ON CATALOG leaks TO \`${userName('persona')}\``,
    `GRANT USE SCHEMA ON SCHEMA leaks.s TO \`${userName('persona')}\``,
    `GRANT SELECT ON TABLE orders TO \`${userName('persona')}\``,
  ])
    await world.run('admin', sql);
  return world;
}

/** Runs statements in one session and writes down every answer. */
async function talk(
  world: WarehouseWorld,
  who: string,
  statements: readonly (string | [string, readonly SqlParameter[]])[],
  start: SqlSession = defaults,
): Promise<{ answers: string[]; session: SqlSession }> {
  let session = start;
  const answers: string[] = [];
  for (const given of statements) {
    const [sql, parameters] = typeof given === 'string' ? [given, []] : given;
    try {
      const result = await world.run(who, sql, { session, parameters });
      session = result.session;
      answers.push(result.rows.map((row) => row.map(String).join(',')).join(';'));
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      answers.push(error.errorClass);
    }
  }
  return { answers, session };
}

const attempts = [
  'CREATE TEMP VIEW v AS SELECT * FROM orders',
  'SELECT * FROM v ORDER BY id',
  'SELECT 1 / (id - 100) FROM v ORDER BY id',
  'DECLARE VARIABLE n BIGINT DEFAULT 5',
  'SET VAR n = (SELECT count(*) FROM orders)',
  'SELECT n',
  'DECLARE s STRING',
  "SET VAR (s) = (SELECT max(code) FROM v WHERE region = 'HIDDEN')",
  'SELECT s',
  "EXECUTE IMMEDIATE 'SELECT count(*), max(id) FROM orders'",
  "EXECUTE IMMEDIATE 'SELECT max(code) FROM IDENTIFIER(?) WHERE id >= ?' INTO s USING 'orders', 1",
  'SELECT s',
  "SELECT count(*) FROM IDENTIFIER('ord' || 'ers')",
  'CREATE TEMP VIEW w AS SELECT * FROM locked',
  "EXECUTE IMMEDIATE 'SELECT * FROM locked'",
  "SELECT * FROM IDENTIFIER('locked')",
  "DECLARE t STRING DEFAULT 'locked'",
  'SELECT * FROM IDENTIFIER(t)',
  "CREATE TABLE IDENTIFIER('made') (a INT)",
];

test('temporary views, variables and dynamic SQL show nothing that the caller may not see', async () => {
  await using hiding = await openWorld(true);
  await using plain = await openWorld(false);
  const [a, b] = [await talk(hiding, 'persona', attempts), await talk(plain, 'persona', attempts)];
  expect(a.answers).toEqual(b.answers);
  expect(a.answers).toContain('1,SEEN,a;2,SEEN,b');
  expect(a.answers.slice(13)).toEqual([
    'INSUFFICIENT_PERMISSIONS',
    'INSUFFICIENT_PERMISSIONS',
    'INSUFFICIENT_PERMISSIONS',
    '',
    'INSUFFICIENT_PERMISSIONS',
    'INSUFFICIENT_PERMISSIONS',
  ]);
});

test('a session of one caller is nothing to another, and rights are asked at each reading', async () => {
  await using world = await openWorld(true);
  const admin = await talk(world, 'admin', ['CREATE TEMP VIEW v AS SELECT * FROM locked', 'SELECT * FROM v']);
  expect(admin.answers).toEqual(['', '7']);
  const stolen = await talk(world, 'persona', ['SELECT * FROM v'], admin.session);
  expect(stolen.answers).toEqual(['TABLE_OR_VIEW_NOT_FOUND']);
  const persona = await talk(world, 'persona', ['CREATE TEMP VIEW v AS SELECT id FROM orders']);
  await world.run('admin', `REVOKE SELECT ON TABLE orders FROM \`${userName('persona')}\``);
  const later = await talk(world, 'persona', ['SELECT * FROM v'], persona.session);
  expect(later.answers).toEqual(['INSUFFICIENT_PERMISSIONS']);
});

test('what looks like a name in IDENTIFIER is a name or an error, never SQL', async () => {
  await using world = await openWorld(true);
  const table = (value: string): [string, SqlParameter[]] => [
    'SELECT count(*) FROM IDENTIFIER(:t)',
    [{ name: 't', value }],
  ];
  const { answers } = await talk(world, 'persona', [
    table('orders'),
    table('leaks.s.orders'),
    table('orders; DROP TABLE orders'),
    table('orders WHERE 1=1 --'),
    table('(SELECT * FROM locked)'),
    ['DROP TABLE IDENTIFIER(:t)', [{ name: 't', value: 'orders' }]],
    ['DROP TABLE IDENTIFIER(:t)', [{ name: 't', value: 'orders, locked' }]],
    "SELECT IDENTIFIER('id FROM locked --')",
  ]);
  expect(answers).toEqual([
    '2',
    '2',
    'PARSE_SYNTAX_ERROR',
    'PARSE_SYNTAX_ERROR',
    'PARSE_SYNTAX_ERROR',
    'INSUFFICIENT_PERMISSIONS',
    'PARSE_SYNTAX_ERROR',
    'PARSE_SYNTAX_ERROR',
  ]);
});

test('temporary views end: no cycle, no explosion, nothing permanent on top', async () => {
  await using world = await openWorld(false);
  const doubling = Array.from(
    { length: 12 },
    (_u, i) => `CREATE TEMP VIEW d${i + 1} AS SELECT * FROM d${i} UNION ALL SELECT * FROM d${i}`,
  );
  const { answers } = await talk(world, 'admin', [
    'CREATE TEMP VIEW a AS SELECT 1 AS x',
    'CREATE TEMP VIEW a AS SELECT 2 AS x',
    'CREATE OR REPLACE TEMP VIEW a AS SELECT x + 1 AS x FROM a',
    'CREATE VIEW kept AS SELECT * FROM a',
    'DROP VIEW a',
    'SELECT * FROM a',
    "DECLARE s STRING DEFAULT 'EXECUTE IMMEDIATE s'",
    'EXECUTE IMMEDIATE s',
    'CREATE TEMP VIEW d0 AS SELECT 1 AS x',
    ...doubling,
  ]);
  expect(answers.slice(0, 8)).toEqual([
    '',
    'TEMP_TABLE_OR_VIEW_ALREADY_EXISTS',
    'RECURSIVE_VIEW',
    'INVALID_TEMP_OBJ_REFERENCE',
    '',
    'TABLE_OR_VIEW_NOT_FOUND',
    '',
    'NESTED_EXECUTE_IMMEDIATE',
  ]);
  expect(answers).toContain('VIEW_EXCEED_MAX_NESTED_DEPTH');
});

test('a variable keeps its value and type, and SHOW and DESCRIBE know the session', async () => {
  await using world = await openWorld(false);
  const { answers } = await talk(world, 'admin', [
    "DECLARE OR REPLACE VARIABLE d DATE DEFAULT DATE'2026-01-31'",
    "SELECT typeof(d), CAST(d AS STRING), session.d > DATE'2026-01-01'",
    'SET VAR d = NULL',
    'SELECT d IS NULL',
    'SET VAR d = DEFAULT',
    'SELECT CAST(d AS STRING)',
    'SET VAR nothing = 1',
    'DROP TEMPORARY VARIABLE d',
    'DROP TEMPORARY VARIABLE d',
    "CREATE TEMP VIEW v (n COMMENT 'one') AS SELECT 1L",
    'DESCRIBE v',
    "SHOW TABLES LIKE 'v'",
    'FROM v SELECT n + 1',
  ]);
  expect(answers).toEqual([
    '',
    'date,2026-01-31,true',
    '',
    'true',
    '',
    '2026-01-31',
    'UNRESOLVED_VARIABLE',
    '',
    'VARIABLE_NOT_FOUND',
    '',
    'n,bigint,one',
    ',v,true',
    '2',
  ]);
});
