import { describe, expect, test } from 'vitest';
import { ddlWorld } from '../../../test/support/ddl.ts';

const use = 'GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea';
const orders = { catalog: 'main', schema: 'sales', name: 'orders' };
const lacks = (what: string) =>
  `[INSUFFICIENT_PERMISSIONS] Insufficient privileges:\nUser does not have ${what}. SQLSTATE: 42501`;

describe('columns', () => {
  test('are added, renamed and dropped', () => {
    const { all, table, fails, catalog } = ddlWorld();
    all(
      "ALTER TABLE orders ADD COLUMNS (Note STRING COMMENT 'free text' AFTER id, first INT FIRST)",
      'ALTER TABLE orders ADD COLUMN amount DECIMAL(10,2) DEFAULT 1.5',
      'ALTER TABLE orders RENAME COLUMN note TO remark',
      'ALTER TABLE orders DROP COLUMNS (first, email)',
    );
    expect(table()).toMatchObject({
      columns: [
        { name: 'id' },
        { name: 'remark', comment: 'free text' },
        { name: 'region' },
        { name: 'amount', type: 'DECIMAL(10,2)' },
      ],
      defaults: new Map([['amount', '1.5']]),
    });
    expect(fails('admin', 'ALTER TABLE orders ADD COLUMN REGION INT')).toContain('[COLUMN_ALREADY_EXISTS]');
    expect(fails('admin', 'ALTER TABLE orders ADD COLUMN IF NOT EXISTS REGION INT')).toBe('worked');
    expect(fails('admin', 'ALTER TABLE orders DROP COLUMN nope')).toContain(
      '[UNRESOLVED_COLUMN.WITH_SUGGESTION]',
    );
    expect(fails('admin', 'ALTER TABLE orders DROP COLUMN IF EXISTS nope')).toBe('worked');
    expect(fails('admin', 'ALTER TABLE orders ADD COLUMN x INT NOT NULL')).toContain('NOT NULL');
    expect(catalog.history(orders).map(({ operation }) => operation)).toEqual([
      'CREATE TABLE',
      'ADD COLUMNS',
      'ADD COLUMNS',
      'RENAME COLUMN',
      'DROP COLUMNS',
    ]);
  });

  test('that come back do not bring their old values', () => {
    const { all, table } = ddlWorld({ mapsColumns: true });
    all('ALTER TABLE orders DROP COLUMN email', 'ALTER TABLE orders ADD COLUMN email STRING');
    const found = table();
    expect(found?.kind === 'table' ? found.physical?.get('email') : undefined).toMatch(/^email_\d+$/);
    all('ALTER TABLE orders RENAME COLUMN region TO area', 'ALTER TABLE orders ADD COLUMN region STRING');
    const again = table();
    const physical = again?.kind === 'table' ? again.physical : undefined;
    expect(physical?.get('area')).toBe('region');
    expect(physical?.get('region')).not.toBe('region');
  });

  test('of a table with rows wait for an engine that can', () => {
    const one = ddlWorld();
    one.catalog.setSegments(orders, [{ id: 's', rows: 1, deleteVector: null }], 'WRITE');
    expect(one.fails('admin', 'ALTER TABLE orders DROP COLUMN email')).toContain('of a table with rows');
    const other = ddlWorld({ mapsColumns: true });
    other.catalog.setSegments(orders, [{ id: 's', rows: 1, deleteVector: null }], 'WRITE');
    expect(other.fails('admin', 'ALTER TABLE orders DROP COLUMN email')).toBe('worked');
  });

  test('that a filter or mask uses stay', () => {
    const { all, fails } = ddlWorld();
    all(
      'ALTER TABLE orders SET ROW FILTER by_region ON (region)',
      'ALTER TABLE orders ALTER COLUMN email SET MASK hide',
    );
    expect(fails('admin', 'ALTER TABLE orders DROP COLUMN region')).toContain('uses it');
    expect(fails('admin', 'ALTER TABLE orders RENAME COLUMN email TO mail')).toContain('uses it');
  });

  test('take comments, defaults and NULLs', () => {
    const { all, table } = ddlWorld();
    all(
      "ALTER TABLE orders ALTER COLUMN region COMMENT 'where'",
      "COMMENT ON COLUMN main.sales.orders.email IS 'mail'",
      "ALTER TABLE orders ALTER COLUMN region SET DEFAULT 'EMEA'",
      'ALTER TABLE orders ALTER COLUMN id DROP NOT NULL',
    );
    expect(table()).toMatchObject({
      columns: [
        { name: 'id', nullable: true },
        { name: 'region', comment: 'where' },
        { name: 'email', comment: 'mail' },
      ],
      defaults: new Map([['region', "'EMEA'"]]),
    });
    all('COMMENT ON COLUMN orders.email IS NULL', 'ALTER TABLE orders ALTER region DROP DEFAULT');
    expect(table()?.columns[2]).not.toHaveProperty('comment');
  });

  test('are changed by who manages the table or has MODIFY', () => {
    const { all, fails } = ddlWorld();
    const add = () => fails('ana', 'ALTER TABLE orders ADD COLUMN x INT');
    expect(add()).toBe(lacks("USE CATALOG on Catalog 'main'"));
    all(use);
    expect(add()).toBe(lacks("MODIFY on Table 'main.sales.orders'"));
    all('GRANT MODIFY, SELECT ON orders TO emea');
    expect(add()).toBe('worked');
  });
});

test('a renamed table keeps grants, tags and history', () => {
  const { all, table, catalog, policy, fails } = ddlWorld();
  all(
    'GRANT SELECT ON orders TO emea',
    "ALTER TABLE orders SET TAGS ('pii' = 'yes')",
    'CREATE SCHEMA main.other',
    'ALTER TABLE orders RENAME TO sold',
  );
  expect(table()).toBeUndefined();
  const sold = { ...orders, name: 'sold' };
  expect(policy.grants.on({ kind: 'TABLE', name: 'main.sales.sold' })).toHaveLength(1);
  expect(catalog.tags.of({ kind: 'table', name: sold })).toEqual([{ key: 'pii', value: 'yes' }]);
  expect(catalog.history(sold)).toHaveLength(1);
  all('ALTER TABLE sold RENAME TO main.other.sold');
  expect(catalog.relation({ ...sold, schema: 'other' })).toBeDefined();
  all('CREATE TABLE here (a INT)', use);
  expect(fails('admin', 'ALTER TABLE here RENAME TO main.other.sold')).toContain('ALREADY_EXISTS');
  expect(fails('ana', 'ALTER TABLE here RENAME TO there')).toBe(lacks("MANAGE on Table 'main.sales.here'"));
});

test('properties are set and unset', () => {
  const { all, table, fails } = ddlWorld();
  all("ALTER TABLE orders SET TBLPROPERTIES ('a.b' = 'x', delta.y = 3)");
  expect(table()?.properties).toEqual(
    new Map([
      ['a.b', 'x'],
      ['delta.y', '3'],
    ]),
  );
  all('ALTER TABLE orders UNSET TBLPROPERTIES (a.b)');
  expect(table()?.properties).toEqual(new Map([['delta.y', '3']]));
  expect(fails('admin', 'ALTER TABLE orders UNSET TBLPROPERTIES (no)')).toContain(
    'UNSET_NONEXISTENT_PROPERTIES',
  );
  expect(fails('admin', 'ALTER TABLE orders UNSET TBLPROPERTIES IF EXISTS (no)')).toBe('worked');
});

test('comments sit on every kind of object', () => {
  const { all, catalog, table, fails } = ddlWorld();
  all(
    "COMMENT ON CATALOG main IS 'c'",
    "COMMENT ON SCHEMA main.sales IS 's'",
    "COMMENT ON TABLE orders IS 't'",
    "COMMENT ON FUNCTION hide IS 'f'",
    'CREATE VOLUME files',
    "COMMENT ON VOLUME files IS 'v'",
  );
  expect(catalog.catalogInfo('main')?.comment).toBe('c');
  expect(catalog.schemaInfo('main', 'sales')?.comment).toBe('s');
  expect(table()?.comment).toBe('t');
  expect(catalog.function({ ...orders, name: 'hide' })).toMatchObject({ comment: 'f', body: '"*"' });
  expect(catalog.volume({ ...orders, name: 'files' })?.comment).toBe('v');
  all('COMMENT ON TABLE orders IS NULL', use);
  expect(table()).not.toHaveProperty('comment');
  expect(fails('ana', "COMMENT ON TABLE orders IS 'x'")).toBe(lacks("MANAGE on Table 'main.sales.orders'"));
});

test('tags need APPLY TAG, sit on objects and columns, and go with them', () => {
  const { all, catalog, fails } = ddlWorld();
  const tag = () => fails('ana', "ALTER TABLE orders ALTER COLUMN email SET TAGS ('pii' = 'email', 'seen')");
  all(use);
  expect(tag()).toBe(lacks("APPLY TAG on Table 'main.sales.orders'"));
  all('GRANT APPLY TAG ON SCHEMA main.sales TO emea');
  expect(tag()).toBe('worked');
  const email = { kind: 'table' as const, name: orders, column: 'EMAIL' };
  expect(catalog.tags.of(email)).toEqual([
    { key: 'pii', value: 'email' },
    { key: 'seen', value: '' },
  ]);
  all("ALTER TABLE orders ALTER COLUMN email UNSET TAGS ('seen')", "SET TAG ON SCHEMA main.sales team = 'x'");
  all("ALTER CATALOG main SET TAGS ('org' = 'acme')", 'SET TAG ON COLUMN main.sales.orders.region area');
  expect(catalog.tags.within('main')).toEqual([
    { kind: 'catalog', name: 'main', column: '', key: 'org', value: 'acme' },
    { kind: 'schema', name: 'main.sales', column: '', key: 'team', value: 'x' },
    { kind: 'table', name: 'main.sales.orders', column: 'email', key: 'pii', value: 'email' },
    { kind: 'table', name: 'main.sales.orders', column: 'region', key: 'area', value: '' },
  ]);
  expect(fails('admin', "ALTER TABLE orders ALTER COLUMN no SET TAGS ('a')")).toContain('UNRESOLVED_COLUMN');
  all('DROP TABLE orders');
  expect(catalog.tags.within('main')).toHaveLength(2);
});

test('volumes are made, listed, granted and dropped', () => {
  const { all, run, fails, policy } = ddlWorld();
  all(use, "CREATE VOLUME files COMMENT 'f'", 'CREATE VOLUME IF NOT EXISTS files');
  expect(fails('admin', 'CREATE VOLUME files')).toContain('[VOLUME_ALREADY_EXISTS]');
  expect(fails('ana', 'CREATE VOLUME mine')).toBe(lacks("CREATE VOLUME on Schema 'main.sales'"));
  expect(run('ana', 'SHOW VOLUMES IN main.sales').rows).toEqual([]);
  all('GRANT READ VOLUME ON VOLUME files TO emea');
  const listed = run('ana', "SHOW VOLUMES LIKE 'f*'");
  expect(listed.columns.map(({ name }) => name)).toEqual(['database', 'volume_name']);
  expect(listed.rows).toEqual([['sales', 'files']]);
  expect(fails('ana', 'DROP VOLUME files')).toBe(lacks("MANAGE on Volume 'main.sales.files'"));
  expect(fails('admin', 'DROP SCHEMA main.sales')).toContain('SCHEMA_NOT_EMPTY');
  all('ALTER VOLUME files OWNER TO `ana@acme.test`');
  expect(fails('ana', 'DROP VOLUME files')).toBe('worked');
  expect(policy.securables.exists({ kind: 'VOLUME', name: 'main.sales.files' })).toBe(false);
  expect(fails('admin', 'DROP VOLUME files')).toContain('VOLUME_NOT_FOUND');
  expect(fails('admin', 'DROP VOLUME IF EXISTS files')).toBe('worked');
});
