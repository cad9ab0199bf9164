import { describe, expect, test } from 'vitest';
import { createClock } from '../../../emulator/core/index.ts';
import { createJournal } from '../../../emulator/journal/index.ts';
import { type Caller, createPolicy, policyMigrations } from '../../../emulator/policy/index.ts';
import { openStore } from '../../../emulator/state/index.ts';
import { catalogMigrations, createCatalog } from '../catalog/index.ts';
import { parseStatement } from '../parser/index.ts';
import { createCommands, isCommand, simpleType } from './index.ts';

const groups: Record<string, string[]> = {
  admin: ['admins'],
  ana: ['emea', 'sales'],
  guest: [],
};

function caller(alias: string): Caller {
  return {
    principal: {
      kind: 'user',
      id: alias,
      name: `${alias}@acme.test`,
      displayName: alias,
      active: true,
      groups: groups[alias] ?? [],
      entitlements: [],
    },
    how: 'obo',
    app: null,
    clientId: null,
    scopes: ['sql'],
    tokenId: 't',
    exchange: null,
    session: null,
  };
}

function world() {
  const store = openStore({ migrations: [...policyMigrations, ...catalogMigrations] });
  const clock = createClock(() => Date.UTC(2026, 0, 2, 3, 4, 5));
  const journal = createJournal(clock, () => store.epoch);
  const names = new Set([
    'admins',
    'emea',
    'sales',
    ...Object.keys(groups).map((name) => `${name}@acme.test`),
  ]);
  const policy = createPolicy({
    store,
    journal,
    groupsOf: (name) => groups[name.split('@')[0] ?? ''] ?? [],
    principalExists: (name) => names.has(name),
  });
  const catalog = createCatalog({ store, clock });
  const commands = createCommands({ catalog, policy });
  let session = { catalog: 'main', schema: 'default', timeZone: 'UTC' };

  const run = (who: string, text: string) => {
    const statement = parseStatement(text);
    const by = { caller: caller(who), session };
    if (statement.kind === 'create_view') {
      const columns = (statement.columns ?? []).map(({ name }) => ({ name, type: 'INT', nullable: true }));
      commands.make(statement, columns, commands.target(statement, by), by);
      return { columns: [], rows: [], session };
    }
    if (!isCommand(statement)) throw new Error('a test of commands');
    return commands.execute(statement, by);
  };
  const setUp = (...texts: string[]) => {
    for (const text of texts) run('admin', text);
  };
  setUp(
    "CREATE CATALOG main COMMENT 'the catalog'",
    'CREATE SCHEMA main.sales',
    "CREATE TABLE main.sales.orders (id BIGINT NOT NULL, Region STRING COMMENT 'where', code STRING, tags STRUCT<A: ARRAY<INT>, b: DECIMAL(10,2)>)",
    'CREATE VIEW main.sales.v (a, b) AS SELECT 1, 2',
    'CREATE FUNCTION main.sales.by_region(r STRING) RETURNS BOOLEAN RETURN r = "x"',
    'CREATE FUNCTION main.sales.anybody() RETURNS BOOLEAN RETURN true',
    'CREATE FUNCTION main.sales.hide(c STRING, r STRING) RETURNS STRING RETURN "*"',
  );
  return {
    store,
    policy,
    catalog,
    commands,
    run,
    setUp,
    use: (text: string) => {
      session = run('admin', text).session;
    },
    fails: (who: string, text: string): string => {
      try {
        run(who, text);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      return 'worked';
    },
  };
}

const lacks = (what: string) =>
  `[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have ${what}. SQLSTATE: 42501`;

describe('creating', () => {
  test('needs USE and CREATE, in the order of the platform', () => {
    const { fails, setUp } = world();
    const create = () => fails('ana', 'CREATE TABLE main.sales.t (a INT)');
    expect(create()).toBe(lacks("USE CATALOG on Catalog 'main'"));
    setUp('GRANT USE CATALOG ON CATALOG main TO sales');
    expect(create()).toBe(lacks("USE SCHEMA on Schema 'main.sales'"));
    setUp('GRANT USE SCHEMA ON SCHEMA main.sales TO emea');
    expect(create()).toBe(lacks("CREATE TABLE on Schema 'main.sales'"));
    setUp(
      'GRANT CREATE TABLE ON SCHEMA main.sales TO ana@acme.test'.replace('ana@acme.test', '`ana@acme.test`'),
    );
    expect(create()).toBe('worked');
    expect(create()).toContain(
      '[TABLE_OR_VIEW_ALREADY_EXISTS] Cannot create table or view `main`.`sales`.`t`',
    );
    expect(fails('ana', 'CREATE TABLE IF NOT EXISTS main.sales.t (a INT)')).toBe('worked');
    expect(fails('ana', 'CREATE FUNCTION main.sales.f() RETURNS INT RETURN 1')).toBe(
      lacks("CREATE FUNCTION on Schema 'main.sales'"),
    );
    expect(fails('ana', 'CREATE SCHEMA main.x')).toBe(lacks("CREATE SCHEMA on Catalog 'main'"));
    expect(fails('ana', 'CREATE CATALOG x')).toBe(lacks('CREATE CATALOG on Metastore'));
  });

  test('makes the creator the owner, who may then do everything on it', () => {
    const { fails, setUp, policy, catalog } = world();
    setUp('GRANT USE CATALOG, USE SCHEMA, CREATE TABLE ON CATALOG main TO sales');
    expect(fails('ana', 'CREATE TABLE main.sales.mine (a INT)')).toBe('worked');
    expect(policy.securables.owner({ kind: 'TABLE', name: 'main.sales.mine' })).toBe('ana@acme.test');
    expect(fails('ana', 'GRANT SELECT ON main.sales.mine TO `guest@acme.test`')).toBe('worked');
    expect(fails('ana', 'GRANT SELECT ON main.sales.orders TO `guest@acme.test`')).toBe(
      lacks("MANAGE on Table 'main.sales.orders'"),
    );
    expect(fails('ana', 'DROP TABLE main.sales.mine')).toBe('worked');
    expect(catalog.relation({ catalog: 'main', schema: 'sales', name: 'mine' })).toBeUndefined();
    expect(policy.securables.exists({ kind: 'TABLE', name: 'main.sales.mine' })).toBe(false);
  });

  test('a statement that fails leaves nothing behind', () => {
    const { fails, catalog } = world();
    const text = 'CREATE TABLE main.sales.t (a STRING MASK main.sales.hide USING COLUMNS (nosuch), b STRING)';
    expect(fails('admin', text)).toContain('[UNRESOLVED_COLUMN.WITH_SUGGESTION]');
    expect(catalog.relation({ catalog: 'main', schema: 'sales', name: 't' })).toBeUndefined();
  });

  test('refuses names that are taken or missing', () => {
    const { fails } = world();
    expect(fails('admin', 'CREATE CATALOG main')).toContain('[CATALOG_ALREADY_EXISTS]');
    expect(fails('admin', 'CREATE CATALOG system')).toContain('[CATALOG_ALREADY_EXISTS]');
    expect(fails('admin', 'CREATE SCHEMA main.sales')).toContain('[SCHEMA_ALREADY_EXISTS]');
    expect(fails('admin', 'CREATE TABLE main.nosuch.t (a INT)')).toContain(
      '[SCHEMA_NOT_FOUND] The schema `main`.`nosuch` cannot be found.',
    );
    expect(fails('admin', 'CREATE TABLE nosuch.s.t (a INT)')).toBe(
      "[NO_SUCH_CATALOG_EXCEPTION] Catalog 'nosuch' was not found. Please verify the catalog name and then retry the query or command again. SQLSTATE: 42704",
    );
    expect(fails('admin', 'CREATE TABLE main.sales.t (a INT, A INT)')).toContain('[COLUMN_ALREADY_EXISTS]');
    expect(fails('admin', 'CREATE OR REPLACE VIEW main.sales.orders AS SELECT 1')).toContain(
      '[WRONG_COMMAND_FOR_OBJECT_TYPE]',
    );
  });

  test('replacing keeps owner, grants, filter and masks, or refuses', () => {
    const { fails, setUp, catalog, policy } = world();
    setUp(
      'ALTER TABLE main.sales.orders SET ROW FILTER main.sales.by_region ON (region)',
      'GRANT SELECT ON main.sales.orders TO emea',
      'CREATE OR REPLACE TABLE main.sales.orders (region STRING)',
    );
    const orders = catalog.relation({ catalog: 'main', schema: 'sales', name: 'orders' });
    expect(orders).toMatchObject({ rowFilter: { arguments: [{ column: 'region' }] } });
    expect(policy.grants.on({ kind: 'TABLE', name: 'main.sales.orders' })).toHaveLength(1);
    expect(fails('admin', 'CREATE OR REPLACE TABLE main.sales.orders (id INT)')).toContain('0A000');
  });
});

describe('row filters and masks', () => {
  test('are bound with lower-case columns and seen in DESCRIBE EXTENDED', () => {
    const { run, setUp } = world();
    setUp(
      'ALTER TABLE main.sales.orders SET ROW FILTER main.sales.by_region ON (REGION)',
      "ALTER TABLE main.sales.orders ALTER COLUMN code SET MASK main.sales.hide USING COLUMNS ('x')",
    );
    const { rows } = run('admin', 'DESCRIBE TABLE EXTENDED main.sales.orders');
    expect(rows.slice(0, 4)).toEqual([
      ['id', 'bigint', null],
      ['Region', 'string', 'where'],
      ['code', 'string', null],
      ['tags', 'struct<A:array<int>,b:decimal(10,2)>', null],
    ]);
    expect(rows).toContainEqual(['Created Time', 'Fri Jan 02 03:04:05 UTC 2026', '']);
    expect(rows).toContainEqual(['Row Filter', 'main.sales.by_region ON (region)', '']);
    expect(rows.slice(-2)).toEqual([
      ['# Column Masks', '', ''],
      ['code', "main.sales.hide ON ('x')", ''],
    ]);
    setUp(
      'ALTER TABLE main.sales.orders DROP ROW FILTER',
      'ALTER TABLE main.sales.orders ALTER code DROP MASK',
    );
    expect(JSON.stringify(run('admin', 'DESC EXTENDED main.sales.orders').rows)).not.toContain('hide');
  });

  test.each([
    ['SET ROW FILTER main.sales.by_region ON ()', 'ASSIGNED_ROW_FILTER_WRONG_NUMBER_OF_COLUMNS'],
    ['SET ROW FILTER main.sales.by_region ON (nosuch)', 'UNRESOLVED_COLUMN.WITH_SUGGESTION'],
    ['SET ROW FILTER main.sales.nosuch ON ()', 'ROUTINE_NOT_FOUND'],
    ['SET ROW FILTER main.sales.hide ON (code, region)', 'returns BOOLEAN'],
    ['ALTER code SET MASK main.sales.hide', 'ASSIGNED_COLUMN_MASK_WRONG_NUMBER_OF_COLUMNS'],
    [
      'ALTER code SET MASK main.sales.hide USING COLUMNS (code)',
      'ASSIGNED_COLUMN_MASK_USING_COLUMN_NAME_SAME_AS_TARGET_COLUMN',
    ],
    [
      'ALTER code SET MASK main.sales.hide USING COLUMNS (id, id)',
      'ASSIGNED_COLUMN_MASK_DUPLICATE_USING_COLUMN_NAME',
    ],
    ['ALTER nosuch SET MASK main.sales.hide USING COLUMNS (id)', 'UNRESOLVED_COLUMN'],
  ])('%s is refused', (action, message) => {
    expect(world().fails('admin', `ALTER TABLE main.sales.orders ${action}`)).toContain(message);
  });

  test('zero columns and views', () => {
    const { fails } = world();
    expect(fails('admin', 'ALTER TABLE main.sales.orders SET ROW FILTER main.sales.anybody ON ()')).toBe(
      'worked',
    );
    expect(fails('admin', 'ALTER TABLE main.sales.v SET ROW FILTER main.sales.anybody ON ()')).toContain(
      '[EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE]',
    );
  });

  test('the one who attaches needs MANAGE on the table and EXECUTE on the function', () => {
    const { fails, setUp } = world();
    setUp('GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea');
    const attach = 'ALTER TABLE main.sales.orders SET ROW FILTER main.sales.anybody ON ()';
    expect(fails('ana', attach)).toBe(lacks("MANAGE on Table 'main.sales.orders'"));
    setUp('GRANT MANAGE ON TABLE main.sales.orders TO emea');
    expect(fails('ana', attach)).toBe(lacks("EXECUTE on Routine or Model 'main.sales.anybody'"));
    setUp('GRANT EXECUTE ON FUNCTION main.sales.anybody TO emea');
    expect(fails('ana', attach)).toBe('worked');
  });
});

describe('grants', () => {
  test('SHOW GRANTS names where an inherited grant sits, and shows others only to who manages', () => {
    const { run, setUp, fails } = world();
    setUp(
      'GRANT SELECT ON SCHEMA main.sales TO emea',
      'GRANT SELECT, MODIFY ON TABLE main.sales.orders TO `guest@acme.test`',
    );
    const shown = run('admin', 'SHOW GRANTS ON TABLE main.sales.orders');
    expect(shown.columns.map((column) => column.name)).toEqual([
      'Principal',
      'ActionType',
      'ObjectType',
      'ObjectKey',
    ]);
    expect(shown.rows).toEqual([
      ['guest@acme.test', 'MODIFY', 'TABLE', 'main.sales.orders'],
      ['guest@acme.test', 'SELECT', 'TABLE', 'main.sales.orders'],
      ['emea', 'SELECT', 'SCHEMA', 'main.sales'],
    ]);
    expect(run('ana', 'SHOW GRANTS ON TABLE main.sales.orders').rows).toEqual([
      ['emea', 'SELECT', 'SCHEMA', 'main.sales'],
    ]);
    expect(run('admin', 'SHOW GRANTS emea ON TABLE main.sales.orders').rows).toHaveLength(1);
    setUp('REVOKE SELECT, MODIFY ON TABLE main.sales.orders FROM `guest@acme.test`');
    expect(fails('guest', 'SHOW GRANTS ON main.sales.orders')).toContain('INSUFFICIENT_PERMISSIONS');
  });

  test('several privileges are granted together or not at all', () => {
    const { fails, policy } = world();
    expect(fails('admin', 'GRANT SELECT, USE CATALOG ON TABLE main.sales.orders TO emea')).toContain(
      'Privilege USE CATALOG is not applicable',
    );
    expect(policy.grants.on({ kind: 'TABLE', name: 'main.sales.orders' })).toEqual([]);
    expect(fails('admin', 'GRANT SELECT ON TABLE main.sales.orders TO nobody')).toContain(
      '[PRINCIPAL_DOES_NOT_EXIST]',
    );
    expect(fails('admin', 'GRANT SELECT ON TABLE main.sales.nosuch TO emea')).toContain(
      '[TABLE_OR_VIEW_NOT_FOUND]',
    );
    expect(fails('admin', 'GRANT USE CATALOG ON CATALOG samples TO emea')).toContain('managed by the system');
  });

  test('owners change, with care where a body runs with their rights', () => {
    const { fails, setUp, catalog } = world();
    setUp('GRANT USE CATALOG, USE SCHEMA, MANAGE ON CATALOG main TO emea');
    expect(fails('ana', 'ALTER TABLE main.sales.orders OWNER TO `guest@acme.test`')).toBe('worked');
    expect(catalog.relation({ catalog: 'main', schema: 'sales', name: 'orders' })?.owner).toBe(
      'guest@acme.test',
    );
    expect(fails('ana', 'ALTER FUNCTION main.sales.anybody OWNER TO `guest@acme.test`')).toContain(
      'transfer the ownership',
    );
    expect(fails('ana', 'ALTER FUNCTION main.sales.anybody OWNER TO emea')).toBe('worked');
    expect(fails('admin', 'ALTER VIEW main.sales.v OWNER TO `guest@acme.test`')).toBe('worked');
    expect(fails('admin', 'ALTER SCHEMA main.sales SET OWNER TO nobody')).toContain(
      'PRINCIPAL_DOES_NOT_EXIST',
    );
  });

  test('MANAGE is not enough to change the body of a function or view', () => {
    const { fails, setUp } = world();
    setUp('GRANT USE CATALOG, USE SCHEMA, MANAGE, CREATE FUNCTION, CREATE TABLE ON CATALOG main TO emea');
    expect(
      fails('ana', 'CREATE OR REPLACE FUNCTION main.sales.anybody() RETURNS BOOLEAN RETURN true'),
    ).toContain('User is not an owner of Routine or Model');
    expect(fails('ana', 'CREATE OR REPLACE VIEW main.sales.v AS SELECT 1')).toContain(
      'is not an owner of Table',
    );
  });
});

describe('defaults', () => {
  test.each([
    '(SELECT max(id) FROM main.sales.orders)',
    '1 + (SELECT 1)',
    'CASE WHEN EXISTS (SELECT 1) THEN 1 END',
  ])('a table whose default reads rows is refused: %s', (text) => {
    const { fails } = world();
    expect(fails('admin', `CREATE TABLE main.sales.d (a INT DEFAULT ${text}, b INT)`)).toContain(
      '[INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION]',
    );
  });
});

describe('dropping', () => {
  test('tells nobody what is in a schema they may not look into', () => {
    const { fails } = world();
    const hidden = 'User does not have USE CATALOG';
    for (const name of ['orders', 'v', 'nosuch']) {
      expect(fails('guest', `DROP TABLE IF EXISTS main.sales.${name}`)).toContain(hidden);
      expect(fails('guest', `DROP VIEW main.sales.${name}`)).toContain(hidden);
      expect(fails('guest', `DROP FUNCTION IF EXISTS main.sales.${name}`)).toContain(hidden);
    }
    for (const name of ['sales', 'nosuch'])
      expect(fails('guest', `DROP SCHEMA IF EXISTS main.${name}`)).toContain(hidden);
  });

  test('needs CASCADE for what is not empty, and the right word', () => {
    const { fails, policy } = world();
    expect(fails('admin', 'DROP SCHEMA main.sales')).toContain('[SCHEMA_NOT_EMPTY]');
    expect(fails('admin', 'DROP CATALOG main')).toContain('[CATALOG_NOT_EMPTY]');
    expect(fails('admin', 'DROP TABLE main.sales.v')).toContain('Use DROP VIEW instead');
    expect(fails('admin', 'DROP TABLE main.sales.nosuch')).toContain('[TABLE_OR_VIEW_NOT_FOUND]');
    expect(fails('admin', 'DROP TABLE IF EXISTS main.nosuch.t')).toBe('worked');
    expect(fails('admin', 'DROP FUNCTION main.sales.nosuch')).toContain('[ROUTINE_NOT_FOUND]');
    expect(fails('guest', 'DROP TABLE main.sales.orders')).toContain('USE CATALOG');
    expect(fails('admin', 'DROP SCHEMA main.sales CASCADE')).toBe('worked');
    expect(policy.securables.exists({ kind: 'FUNCTION', name: 'main.sales.hide' })).toBe(false);
    expect(fails('admin', 'DROP CATALOG main')).toBe('worked');
    expect(fails('admin', 'DROP CATALOG IF EXISTS main')).toBe('worked');
  });
});

describe('showing', () => {
  test('only what the caller may see', () => {
    const { run, setUp, fails } = world();
    const rows = (who: string, text: string) => run(who, text).rows;
    expect(rows('admin', 'SHOW CATALOGS')).toEqual([['main']]);
    expect(rows('ana', 'SHOW CATALOGS')).toEqual([]);
    expect(fails('ana', 'SHOW SCHEMAS IN main')).toBe(lacks("USE CATALOG on Catalog 'main'"));
    setUp('GRANT USE CATALOG ON CATALOG main TO emea');
    expect(rows('ana', 'SHOW SCHEMAS IN main')).toEqual([['information_schema']]);
    expect(fails('ana', 'SHOW TABLES IN main.sales')).toBe(lacks("USE SCHEMA on Schema 'main.sales'"));
    setUp('GRANT USE SCHEMA ON SCHEMA main.sales TO emea');
    expect(rows('ana', 'SHOW TABLES IN main.sales')).toEqual([]);
    expect(fails('ana', 'DESCRIBE main.sales.orders')).toBe(lacks("SELECT on Table 'main.sales.orders'"));
    setUp('GRANT SELECT ON TABLE main.sales.orders TO emea');
    expect(rows('ana', 'SHOW TABLES IN main.sales')).toEqual([['sales', 'orders', false]]);
    expect(rows('ana', 'SHOW COLUMNS IN main.sales.orders')).toEqual([
      ['id'],
      ['Region'],
      ['code'],
      ['tags'],
    ]);
    expect(rows('admin', 'SHOW SCHEMAS')).toEqual([['default'], ['information_schema'], ['sales']]);
    expect(rows('admin', "SHOW TABLES IN main.sales LIKE 'O*|x'")).toEqual([['sales', 'orders', false]]);
    expect(rows('admin', 'SHOW VIEWS IN main.sales')).toEqual([['sales', 'v', false, false]]);
    expect(rows('admin', 'SHOW USER FUNCTIONS IN main.sales LIKE "h*"')).toEqual([['main.sales.hide']]);
    expect(rows('ana', 'SHOW FUNCTIONS IN main.sales')).toEqual([]);
  });

  test('BROWSE shows without USE', () => {
    const { run, setUp } = world();
    setUp('GRANT BROWSE ON CATALOG main TO `guest@acme.test`');
    expect(run('guest', 'SHOW TABLES IN main.sales').rows).toHaveLength(2);
    expect(run('guest', 'DESCRIBE main.sales.orders').rows).toHaveLength(4);
  });
});

test('USE moves the session for one who may', () => {
  const { run, use, fails } = world();
  use('USE main.sales');
  expect(run('admin', 'SHOW TABLES').rows).toHaveLength(2);
  expect(run('admin', 'DESCRIBE orders').rows).toHaveLength(4);
  expect(run('admin', 'USE CATALOG main').session).toMatchObject({ catalog: 'main', schema: 'default' });
  expect(fails('admin', 'USE SCHEMA nosuch')).toContain('[SCHEMA_NOT_FOUND]');
  expect(fails('guest', 'USE CATALOG main')).toContain('USE CATALOG');
});

test('writable asks for MODIFY together with SELECT', () => {
  const { commands, setUp } = world();
  const by = { caller: caller('ana'), session: { catalog: 'main', schema: 'sales', timeZone: 'UTC' } };
  setUp('GRANT USE CATALOG, USE SCHEMA, SELECT ON CATALOG main TO emea');
  expect(() => commands.writable(['orders'], by)).toThrow("MODIFY on Table 'main.sales.orders'");
  setUp('GRANT MODIFY ON TABLE main.sales.orders TO emea');
  expect(commands.writable(['orders'], by).name.name).toBe('orders');
  expect(() => commands.writable(['v'], by)).toThrow('expects a table');
});

test('types of DESCRIBE', () => {
  expect(simpleType('MAP<STRING, STRUCT<`A b`: INT, Cd: TIMESTAMP>>')).toBe(
    'map<string,struct<`A b`:int,Cd:timestamp>>',
  );
});
