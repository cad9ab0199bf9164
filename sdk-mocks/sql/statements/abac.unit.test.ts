import { describe, expect, test } from 'vitest';
import { ddlWorld } from '../../../test/support/ddl.ts';
import { effectivePolicies } from '../catalog/index.ts';

const ana = { name: 'ana@acme.test', groups: ['emea'] };
const admin = { name: 'admin@acme.test', groups: ['admins'] };

function world() {
  const house = ddlWorld();
  house.all(
    "CREATE GOVERNED TAG pii DESCRIPTION 'personal' VALUES ('email', 'name')",
    'CREATE GOVERNED TAG area',
    'CREATE GOVERNED TAG guarded',
    "ALTER TABLE orders ALTER COLUMN email SET TAGS ('pii' = 'email')",
    "ALTER TABLE orders ALTER COLUMN region SET TAGS ('area')",
  );
  const effective = (who = ana) => {
    const table = house.table();
    if (table?.kind !== 'table') throw new Error('no table');
    return effectivePolicies(house.catalog, table, who);
  };
  const fails = (who = ana): string => {
    try {
      effective(who);
    } catch (error) {
      return String(error);
    }
    return 'worked';
  };
  return { ...house, effective, refused: house.fails, fails };
}

const mask = (rest = '') =>
  `CREATE POLICY m ON CATALOG main COLUMN MASK hide TO \`account users\` EXCEPT admins FOR TABLES ${rest}
    MATCH COLUMNS has_tag_value('pii', 'email') AS e ON COLUMN e`;
const filter = (name = 'f', on = 'SCHEMA main.sales') =>
  `CREATE POLICY ${name} ON ${on} ROW FILTER by_region TO emea FOR TABLES MATCH COLUMNS has_tag('area') r USING COLUMNS (r)`;

describe('effective policies', () => {
  test('bind filter and mask to the columns their conditions match', () => {
    const { all, effective } = world();
    all(mask(), filter());
    const hide = { function: { catalog: 'main', schema: 'sales', name: 'hide' }, arguments: [] };
    expect(effective()).toEqual({
      rowFilter: {
        function: { catalog: 'main', schema: 'sales', name: 'by_region' },
        arguments: [{ column: 'region' }],
      },
      masks: new Map([['email', hide]]),
      policies: ['main/m', 'main.sales/f'],
    });
    // EXCEPT frees the admin of the mask, and TO does not name him for the filter.
    expect(effective(admin)).toEqual({ rowFilter: null, masks: new Map(), policies: [] });
    expect(effective({ name: 'guest@acme.test', groups: [] })).toMatchObject({
      rowFilter: null,
      masks: new Map([['email', hide]]),
    });
  });

  test('look at the tags of the table and its containers, the nearer first', () => {
    const { all, effective } = world();
    all(mask("WHEN has_tag_value('guarded', 'yes') AND NOT has_tag('area')"));
    expect(effective().masks.size).toBe(0);
    all("ALTER CATALOG main SET TAGS ('guarded' = 'yes')");
    expect(effective().masks.size).toBe(1);
    all("ALTER TABLE orders SET TAGS ('guarded' = 'no')");
    expect(effective().masks.size).toBe(0);
  });

  test('do not apply when no column matches, and mask every column that does', () => {
    const { all, effective } = world();
    all(mask(), "ALTER TABLE orders ALTER COLUMN email UNSET TAGS ('pii')");
    expect(effective().masks.size).toBe(0);
    for (const column of ['email', 'region']) {
      all(`ALTER TABLE orders ALTER COLUMN ${column} SET TAGS ('pii' = 'email')`);
    }
    expect([...effective().masks.keys()].toSorted()).toEqual(['email', 'region']);
  });

  test('make the table unreadable where they conflict', () => {
    const { all, effective, fails } = world();
    all(filter(), filter('again', 'TABLE orders'));
    expect(effective().rowFilter).not.toBeNull();
    all(
      'CREATE FUNCTION other(r STRING) RETURNS BOOLEAN RETURN false',
      filter('different', 'CATALOG main').replace('by_region', 'other'),
    );
    expect(fails()).toContain('[INVALID_PARAMETER_VALUE.UC_ABAC_MULTIPLE_ROW_FILTERS]');
    expect(fails(admin)).toBe('worked');
    all('DROP POLICY different ON CATALOG main', "ALTER TABLE orders ALTER COLUMN id SET TAGS ('area')");
    expect(fails()).toContain('had 2 matches, exactly 1 match is allowed');
    expect(fails()).toContain('SQLSTATE: 42KDJ');
  });

  test('conflict with masks of the table, unless they are the same', () => {
    const { all, effective, fails } = world();
    all(mask(), 'ALTER TABLE orders ALTER COLUMN email SET MASK hide');
    expect(effective().masks.size).toBe(1);
    all(
      'CREATE FUNCTION blank(v STRING) RETURNS STRING RETURN NULL',
      'ALTER TABLE orders ALTER COLUMN email SET MASK blank',
    );
    expect(fails()).toContain('[COLUMN_MASKS_FEATURE_NOT_SUPPORTED.MULTIPLE_MASKS]');
  });

  test('fail closed when a tag, a function or an argument is no longer there to trust', () => {
    const one = world();
    one.all(mask(), 'DROP GOVERNED TAG pii');
    expect(one.fails()).toContain('UC_ABAC_UNKNOWN_TAG_POLICY');
    const two = world();
    two.all(mask(), 'DROP FUNCTION hide');
    expect(two.fails()).toContain('[UC_DEPENDENCY_DOES_NOT_EXIST]');
    const three = world();
    three.all(mask(), filter(), "ALTER TABLE orders ALTER COLUMN region SET TAGS ('pii' = 'email')");
    expect(three.fails()).toContain('is used as an argument of another policy');
  });
});

describe('policies', () => {
  test('are refused with what is wrong in them', () => {
    const { refused } = world();
    const make = (text: string) => refused('admin', text);
    expect(make(mask("WHEN column_name = 'x'"))).toContain('comparison operators are not allowed');
    expect(make(mask("WHEN has_tag('nope')"))).toContain("Unknown tag policy key 'nope'");
    expect(make(mask().replace("'email'", "'phone'"))).toContain("Invalid tag value 'phone' for key 'pii'");
    expect(make(filter().replace('COLUMNS (r)', 'COLUMNS (x)'))).toContain('Undefined column aliases: x');
    expect(make(filter().replace('COLUMNS (r)', 'COLUMNS (r, 1)'))).toContain(
      "requires 2 argument(s), but the referred function 'main.sales.by_region' takes 1 argument(s)",
    );
    expect(make(filter().replace('TO emea', 'TO nobody'))).toContain('[PRINCIPAL_DOES_NOT_EXIST]');
    expect(make(filter().replace('by_region', 'nope'))).toContain('[ROUTINE_NOT_FOUND]');
    expect(make(filter())).toBe('worked');
    expect(make(filter())).toContain('[POLICY_ALREADY_EXISTS]');
    expect(make(filter().replace('CREATE', 'CREATE OR REPLACE'))).toBe('worked');
  });

  test('are made by who manages the securable and may execute the function', () => {
    const { all, refused } = world();
    all('GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea');
    expect(refused('ana', filter())).toContain("does not have MANAGE on Schema 'main.sales'");
    all('GRANT MANAGE ON SCHEMA main.sales TO emea');
    expect(refused('ana', filter())).toContain(
      "does not have EXECUTE on Routine or Model 'main.sales.by_region'",
    );
    all('GRANT EXECUTE ON FUNCTION by_region TO emea');
    expect(refused('ana', filter())).toBe('worked');
    expect(refused('ana', mask())).toContain("does not have MANAGE on Catalog 'main'");
    expect(refused('ana', 'CREATE GOVERNED TAG x')).toContain('INSUFFICIENT_PERMISSIONS');
    expect(refused('ana', 'DROP POLICY f ON SCHEMA main.sales')).toBe('worked');
    expect(refused('ana', 'DROP POLICY f ON SCHEMA main.sales')).toContain('[POLICY_NOT_FOUND]');
  });

  test('are shown and described', () => {
    const { all, run } = world();
    all(mask(), filter());
    expect(run('admin', 'SHOW POLICIES ON SCHEMA main.sales').rows).toEqual([
      ['f', 'ROW_FILTER', 'main', 'sales', null, null],
    ]);
    expect(run('admin', 'SHOW EFFECTIVE POLICIES ON TABLE orders').rows).toEqual([
      ['m', 'COLUMN_MASK', 'main', null, null, null],
      ['f', 'ROW_FILTER', 'main', 'sales', null, null],
    ]);
    const described = run('admin', 'DESC POLICY m ON CATALOG main').rows;
    expect(described).toContainEqual(['Except Principals', 'admins']);
    expect(described).toContainEqual(['Match Columns', "has_tag_value('pii', 'email') AS e"]);
    expect(described).toContainEqual(['Created At', '2026-01-02 AD at 03:04:05 UTC']);
  });

  test('go with what they were defined on', () => {
    const { all, catalog } = world();
    all(filter(), filter('t', 'TABLE orders'), 'ALTER TABLE orders RENAME TO sold');
    expect(catalog.abac.policies({ kind: 'TABLE', name: 'main.sales.sold' })).toHaveLength(1);
    all('DROP SCHEMA main.sales CASCADE');
    expect(catalog.abac.policies({ kind: 'SCHEMA', name: 'main.sales' })).toEqual([]);
    expect(catalog.abac.policies({ kind: 'TABLE', name: 'main.sales.sold' })).toEqual([]);
  });
});

test('governed tags keep their list of values', () => {
  const { all, run, refused } = world();
  expect(refused('admin', "ALTER TABLE orders SET TAGS ('pii' = 'phone')")).toContain(
    'Tag value phone is not an allowed value for tag policy key pii. Allowed values: [email, name]',
  );
  all("ALTER GOVERNED TAG pii SET VALUES ('phone')", "ALTER TABLE orders SET TAGS ('pii' = 'phone')");
  expect(run('admin', 'DESCRIBE GOVERNED TAG pii').rows).toEqual([['pii', 'personal', 'phone']]);
  expect(run('admin', 'SHOW GOVERNED TAGS').rows.map(([key]) => key)).toEqual(['area', 'guarded', 'pii']);
  expect(refused('admin', 'CREATE GOVERNED TAG pii')).toContain('already exists');
  expect(refused('admin', 'DROP GOVERNED TAG nope')).toContain('does not exist');
});

test('a policy is not made where no engine applies it', () => {
  const { all, fails } = ddlWorld({ enforcesPolicies: false });
  all('CREATE GOVERNED TAG area');
  expect(fails('admin', filter())).toContain('[UNSUPPORTED_FEATURE]');
});
