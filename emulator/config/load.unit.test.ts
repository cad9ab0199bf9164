import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BrickboxError } from '../core/index.ts';
import { ConfigError, loadConfig, resolveConfig, secretValues } from './index.ts';
import { tempFolder } from './temp-folder.test.ts';

const complete = `personas:
  admin: { user_name: admin@acme.test, groups: [admins] }
  ana: { user_name: ana@acme.test, display_name: Ana Silva, groups: [emea-sales] }
service_principals:
  nightly: { groups: [jobs] }
seed:
  - seed/schema.sql
  - { table: main.sales.orders, from: seed/orders.csv }
secrets:
  billing: { api_key: { env: BILLING_KEY }, other: { value: plain } }
apps:
  orders:
    source_code_path: ./app
    user_api_scopes: [sql]
    resources:
      - { name: warehouse, sql_warehouse: { id: default, permission: CAN_USE } }
      - { name: events, uc_securable: { securable_full_name: main.app.events, securable_type: TABLE, permission: MODIFY } }
      - { name: key, secret: { scope: billing, key: api_key } }
    permissions:
      - { group_name: emea-sales, level: CAN_USE }
      - { user_name: ana@acme.test, level: CAN_MANAGE }
      - { service_principal_name: nightly, level: CAN_USE }
egress:
  policy: declared_only
  allowed:
    api.example.com: { stub: stubs/example }
fail_on: leak
loosen: []
`;
const files = {
  'seed/schema.sql': 'SELECT 1',
  'seed/orders.csv': 'id\n1\n',
  'stubs/example/index.json': '{}',
  'app/app.yaml': 'command: [python, app.py]\nenv:\n  - { name: WAREHOUSE_ID, valueFrom: warehouse }\n',
};
const env = { BILLING_KEY: 's3cret-value' };

/** The problems of a brickbox.yaml, as [code, line, column, field, message, fix]. */
function problemsOf(text: string, more: Record<string, string> = {}, names = {}) {
  const folder = tempFolder({ ...files, ...more, 'brickbox.yaml': text });
  try {
    loadConfig({ folder, env, names });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof BrickboxError) return [error];
    throw error;
  }
  return [];
}

test('a complete file is read with its defaults', () => {
  const folder = tempFolder({ ...files, 'brickbox.yaml': complete });
  const loaded = loadConfig({ folder, env });
  expect(loaded.file).toBe(join(folder, 'brickbox.yaml'));
  expect(loaded.folder).toBe(folder);
  expect(loaded.notes).toEqual([]);
  expect(loaded.config.personas['ana']?.entitlements).toEqual(['workspace-access', 'databricks-sql-access']);
  expect(loaded.config.apps['orders']?.resources[2]?.secret?.permission).toBe('READ');
  expect(loaded.config.egress).toMatchObject({ mode: 'auto', dns_failure: 'SERVFAIL' });
  expect(loaded.config.runtime).toEqual({
    start_timeout_seconds: 600,
    stop_timeout_seconds: 15,
    restarts: 5,
    build: 'auto',
  });
  expect(secretValues(loaded.config, env)).toEqual({ billing: { api_key: 's3cret-value', other: 'plain' } });
  expect(resolveConfig(loaded.config, { folder, env })).toEqual(loaded.config);
});

describe('one problem, with its place and its fix', () => {
  const cases: [
    string,
    string,
    { code: string; line: number; column: number; field?: string; says: RegExp },
  ][] = [
    [
      'unknown key',
      'personas:\n  ana: { user_nmae: a@b.c, user_name: a@b.c }\napps: {}\n',
      {
        code: 'CONFIG_UNKNOWN_KEY',
        line: 2,
        column: 10,
        field: 'personas.ana.user_nmae',
        says: /Did you mean user_name\?/,
      },
    ],
    [
      'unknown key at the top',
      'apps: {}\npersona: {}\n',
      {
        code: 'CONFIG_UNKNOWN_KEY',
        line: 2,
        column: 1,
        field: 'persona',
        says: /top level[\s\S]*personas\?/,
      },
    ],
    [
      'key of databricks.yml without effect',
      'apps:\n  a-b:\n    source_code_path: app\n    resources: [{ name: warehouse, sql_warehouse: { id: default } }]\n    compute_size: LARGE\n',
      { code: 'CONFIG_UNKNOWN_KEY', line: 5, column: 5, says: /no effect in the sandbox/ },
    ],
    [
      'wrong type',
      'apps: {}\npersonas:\n  ana:\n    user_name: 5\n',
      {
        code: 'CONFIG_WRONG_TYPE',
        line: 4,
        column: 16,
        field: 'personas.ana.user_name',
        says: /must be text; it is a number[\s\S]*quotes/,
      },
    ],
    [
      'list instead of map',
      'apps: {}\npersonas:\n  - ana\n',
      {
        code: 'CONFIG_WRONG_TYPE',
        line: 3,
        column: 3,
        field: 'personas',
        says: /must be a map; it is a list/,
      },
    ],
    [
      'missing value',
      'apps: {}\npersonas:\n  ana: {}\n',
      {
        code: 'CONFIG_MISSING',
        line: 3,
        column: 3,
        field: 'personas.ana.user_name',
        says: /user_name is missing/,
      },
    ],
    [
      'wrong choice',
      'apps: {}\nfail_on: leek\n',
      { code: 'CONFIG_INVALID_VALUE', line: 2, column: 10, field: 'fail_on', says: /Did you mean leak\?/ },
    ],
    [
      'bad name of an app',
      'apps:\n  My_App: { source_code_path: app, resources: [{ name: warehouse, sql_warehouse: { id: default } }] }\n',
      { code: 'CONFIG_BAD_NAME', line: 2, column: 3, says: /lower-case letters/ },
    ],
    [
      'branch of a union: typing error in a secret',
      'apps: {}\nsecrets:\n  s: { k: { vlaue: x } }\n',
      { code: 'CONFIG_UNKNOWN_KEY', line: 3, column: 13, says: /Did you mean value\?/ },
    ],
    [
      'union: neither text nor map',
      'apps: {}\nseed: [7]\n',
      { code: 'CONFIG_WRONG_TYPE', line: 2, column: 8, field: 'seed.0', says: /text or a map/ },
    ],
    [
      'duplicate key',
      'apps: {}\npersonas: {}\npersonas: {}\n',
      { code: 'CONFIG_DUPLICATE_KEY', line: 3, column: 1, says: /personas is there twice/ },
    ],
    [
      'tab',
      'apps: {}\npersonas:\n\tana: { user_name: x }\n',
      { code: 'CONFIG_TAB', line: 3, column: 1, says: /tab/ },
    ],
    ['broken YAML', 'apps: {a: [}\n', { code: 'CONFIG_YAML', line: 1, column: 12, says: /not valid YAML/ }],
    ['empty file', '# nothing\n', { code: 'CONFIG_EMPTY', line: 1, column: 1, says: /is empty/ }],
    [
      'missing environment variable',
      'apps: {}\nsecrets:\n  s: { k: { env: NOT_THERE } }\n',
      { code: 'CONFIG_SECRET_ENV_MISSING', line: 3, column: 18, says: /NOT_THERE, which is not set/ },
    ],
    [
      'missing seed file',
      'apps: {}\nseed:\n  - nowhere.sql\n',
      { code: 'CONFIG_SEED_MISSING', line: 3, column: 5, says: /nowhere\.sql does not exist/ },
    ],
    [
      'table without catalog',
      'apps: {}\nseed:\n  - { table: orders, from: seed/orders.csv }\n',
      { code: 'CONFIG_TABLE_NAME', line: 3, column: 14, says: /catalog\.schema\.table/ },
    ],
    [
      'two personas, one user name',
      'apps: {}\npersonas:\n  a: { user_name: x@y.z }\n  b: { user_name: X@y.z }\n',
      { code: 'CONFIG_DUPLICATE_USER', line: 4, column: 19, says: /b and a have the same/ },
    ],
    [
      'preset of egress misspelled',
      'apps: {}\negress: { policy: deny-all }\n',
      { code: 'CONFIG_POLICY_MISSING', line: 2, column: 19, says: /Did you mean deny_all/ },
    ],
    [
      'host with a scheme',
      'apps: {}\negress:\n  allowed:\n    https://x.test: {}\n',
      { code: 'CONFIG_HOST_NAME', line: 4, column: 5, says: /bare name/ },
    ],
  ];
  test.each(cases)('%s', (_, text, expected) => {
    const problems = problemsOf(text);
    expect(problems.map((problem) => problem.toText())).toHaveLength(1);
    const [problem] = problems;
    expect(problem).toMatchObject({ code: expected.code });
    expect(problem!.at).toMatchObject({ line: expected.line, column: expected.column });
    if (expected.field) expect(problem!.at?.field).toBe(expected.field);
    expect(problem!.toText()).toMatch(expected.says);
    expect(problem!.toText()).toContain(`brickbox.yaml:${expected.line}:${expected.column}: `);
  });
});

describe('an app', () => {
  const app = (body: string) =>
    problemsOf(
      `personas:\n  ana: { user_name: ana@acme.test }\napps:\n  orders:\n    source_code_path: app\n${body}`,
    );
  const warehouse = '    resources:\n      - { name: warehouse, sql_warehouse: { id: default } }\n';

  test.each([
    [
      'unknown persona',
      `${warehouse}    permissions: [{ user_name: someone.else@acme.test, level: CAN_USE }]\n`,
      'CONFIG_UNKNOWN_PERSONA',
      /Known: ana@acme\.test/,
    ],
    [
      'alias for user name',
      `${warehouse}    permissions: [{ user_name: ana, level: CAN_USE }]\n`,
      'CONFIG_UNKNOWN_PERSONA',
      /Did you mean ana@acme\.test/,
    ],
    [
      'two kinds of grantee',
      `${warehouse}    permissions: [{ user_name: ana@acme.test, group_name: g, level: CAN_USE }]\n`,
      'CONFIG_INVALID_VALUE',
      /exactly one of/,
    ],
    [
      'unknown warehouse',
      `${warehouse}      - { name: other, sql_warehouse: { id: abc123 } }\n`,
      'CONFIG_UNKNOWN_TARGET',
      /no warehouse abc123[\s\S]*id: default/,
    ],
    [
      'unknown secret',
      `${warehouse}      - { name: key, secret: { scope: billing, key: api_key } }\n`,
      'CONFIG_UNKNOWN_TARGET',
      /secrets:\n {2}billing:\n {4}api_key: \{ env: BILLING_API_KEY \}/,
    ],
    [
      'two resources of one name',
      `${warehouse}      - { name: warehouse, sql_warehouse: { id: default } }\n`,
      'CONFIG_DUPLICATE_RESOURCE',
      /Two resources/,
    ],
    [
      'resource of two kinds',
      `${warehouse}      - { name: xx, sql_warehouse: { id: default }, app: { name: orders } }\n`,
      'CONFIG_INVALID_VALUE',
      /exactly one of .*here: sql_warehouse, app/,
    ],
    [
      'permission of another kind',
      `${warehouse}      - { name: xx, uc_securable: { securable_full_name: a.b.c, securable_type: TABLE, permission: EXECUTE } }\n`,
      'CONFIG_INVALID_VALUE',
      /use SELECT or MODIFY/,
    ],
    [
      'short table name',
      `${warehouse}      - { name: xx, uc_securable: { securable_full_name: b.c, securable_type: TABLE, permission: SELECT } }\n`,
      'CONFIG_UNKNOWN_TARGET',
      /catalog\.schema\.name/,
    ],
    [
      'valueFrom that finds nothing',
      '    resources: []\n',
      'CONFIG_VALUE_FROM_UNKNOWN',
      /resources:\n {6}- \{ name: warehouse, sql_warehouse: \{ id: default, permission: CAN_USE \} \}/,
    ],
    [
      'valueFrom misspelled',
      '    resources: [{ name: warehuose, sql_warehouse: { id: default } }]\n',
      'CONFIG_VALUE_FROM_UNKNOWN',
      /Did you mean warehuose\?/,
    ],
    [
      'inline value_from that finds nothing',
      `${warehouse}    config: { env: [{ name: X, value_from: nope }] }\n`,
      'CONFIG_VALUE_FROM_UNKNOWN',
      /X takes its value from the resource nope/,
    ],
  ])('%s', (_, body, code, says) => {
    const problems = app(body);
    expect(problems.map((problem) => problem.toText())).toHaveLength(1);
    expect(problems[0]!.code).toBe(code);
    expect(problems[0]!.toText()).toMatch(says);
  });

  test('a folder that is not there', () => {
    const [problem] = problemsOf('apps:\n  orders: { source_code_path: nowhere }\n');
    expect(problem).toMatchObject({ code: 'CONFIG_SOURCE_MISSING', at: { line: 2, column: 31 } });
  });

  test('scopes and loosened checks are compared with the names given', () => {
    const problems = problemsOf(
      'loosen: [cookie]\napps:\n  orders:\n    source_code_path: app\n    user_api_scopes: [sqll]\n    resources: [{ name: warehouse, sql_warehouse: { id: default } }]\n',
      {},
      { scopes: ['sql', 'files'], loosen: ['cookies'] },
    );
    expect(problems.map((one) => [one.code, one.fix])).toEqual([
      ['CONFIG_UNKNOWN_NAME', 'Did you mean cookies?'],
      ['CONFIG_UNKNOWN_NAME', 'Did you mean sql?'],
    ]);
  });

  test('structural errors of app.yaml are listed with their own file', () => {
    const problems = problemsOf('apps:\n  orders: { source_code_path: app }\nfial_on: leak\n', {
      'app/app.yaml': 'command: python app.py\nenv:\n  - { name: X }\n',
    });
    expect(problems.map((one) => [one.at?.file.replace(/.*\//, ''), one.at?.line])).toEqual([
      ['brickbox.yaml', 3],
      ['app.yaml', 1],
      ['app.yaml', 3],
    ]);
  });
});

test('all problems come at once, and values of secrets are never repeated', () => {
  const folder = tempFolder({
    ...files,
    'brickbox.yaml':
      'apps: {}\nfail_on: nope\nsecrets:\n  s: { k: { value: [topsecret] } }\npersonas:\n  a: {}\nseed: [gone.sql]\n',
  });
  let thrown: unknown;
  try {
    loadConfig({ folder, env });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const error = thrown as ConfigError;
  expect(error.problems.map((one) => one.at?.line)).toEqual([2, 4, 6, 7]);
  expect(error.toText()).not.toContain('topsecret');
  expect(error.message).toMatch(/^The configuration has 4 problems/);
});

test('a file that is not there is named', () => {
  const folder = tempFolder({});
  expect(() => loadConfig({ folder, file: 'x.yaml' })).toThrow(
    /x\.yaml cannot be read: there is no such file/,
  );
});

test('a file without apps and personas takes them from the folder and says so', () => {
  const folder = tempFolder({
    'brickbox.yaml': 'secrets:\n  s: { k: { value: v } }\n',
    'app.yaml': 'command: [node, a.js]\n',
  });
  const { config, notes } = loadConfig({ folder, env });
  expect(Object.keys(config.personas)).toEqual(['admin', 'user', 'guest']);
  expect(Object.values(config.apps)).toHaveLength(1);
  expect(notes.join('\n')).toMatch(/none are configured[\s\S]*scope sql/);
});

test('--app chooses among the configured apps', () => {
  const folder = tempFolder({
    'brickbox.yaml':
      'apps:\n  one: { source_code_path: a, user_api_scopes: [files] }\n  two: { source_code_path: b }\n',
    'a/x.py': '',
    'b/x.py': '',
  });
  const { config } = loadConfig({ folder, apps: ['a'], env });
  expect(Object.keys(config.apps)).toEqual(['one']);
  expect(config.apps['one']?.user_api_scopes).toEqual(['files']);
});
