import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, defaultWorld, readAppYaml, readBundle } from './index.ts';
import { tempFolder } from './temp-folder.test.ts';

describe('app.yaml', () => {
  test('command and env are read as they are written', () => {
    const folder = tempFolder({
      'app.yaml':
        'command: [gunicorn, app:app, -b, "0.0.0.0:$DATABRICKS_APP_PORT", 010]\nenv:\n  - name: A\n    value: 1.0\n  - name: B\n    valueFrom: sql-warehouse\n  - { name: C, value: "" }\n',
    });
    const read = readAppYaml(folder);
    expect(read?.command).toEqual(['gunicorn', 'app:app', '-b', '0.0.0.0:$DATABRICKS_APP_PORT', '010']);
    expect(read?.env).toMatchObject([
      { name: 'A', value: '1.0', at: { line: 3 } },
      { name: 'B', valueFrom: 'sql-warehouse', at: { line: 5 } },
      { name: 'C', value: '' },
    ]);
    expect(read?.warnings).toEqual([]);
  });

  test('app.yml wins over app.yaml, with a warning', () => {
    const folder = tempFolder({ 'app.yml': 'command: [a]', 'app.yaml': 'command: [b]' });
    expect(readAppYaml(folder)).toMatchObject({
      command: ['a'],
      warnings: [expect.stringContaining('both there')],
    });
  });

  test('none, and an empty one', () => {
    expect(readAppYaml(tempFolder({}))).toBeUndefined();
    expect(readAppYaml(tempFolder({ 'app.yaml': '' }))).toMatchObject({ command: undefined, env: [] });
  });

  test('keys that belong elsewhere are warned about', () => {
    const folder = tempFolder({
      'app.yaml': 'scopes: [sql]\nresources: []\nfoo: 1\nuser_authorization: {}\noauth_scopes: []\n',
    });
    const text = readAppYaml(folder)?.warnings.join('\n');
    for (const key of [
      'scopes here; scopes are set as user_api_scopes',
      'resources here; resources are declared on the app',
      'the key foo',
      'user_authorization here',
      'oauth_scopes here',
    ]) {
      expect(text).toContain(key);
    }
  });

  test.each([
    ['command: python app.py', 1, /command: \["python", "app\.py"\]/],
    ['command: []', 1, /empty list/],
    ['command: [[a]]', 1, /must be text/],
    ['env: {A: b}', 1, /env must be a list/],
    ['env:\n  - A=b', 2, /must be a map/],
    ['env:\n  - { value: x }', 2, /no name/],
    ['env:\n  - { name: A, value: x, valueFrom: y }', 2, /both/],
    ['env:\n  - name: A\n    valueFrom: { resource: x }', 3, /is a map/],
    ['env:\n  - name: A\n    value_from: x', 3, /Write valueFrom/],
    ['- a', 1, /must be a map/],
    ['env: [\n', 2, /not valid YAML/],
  ])('refuses %j', (text, line, says) => {
    const folder = tempFolder({ 'app.yaml': text });
    let thrown: unknown;
    try {
      readAppYaml(folder);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect((thrown as ConfigError).at?.line).toBe(line);
    expect((thrown as ConfigError).toText()).toMatch(says);
  });
});

const bundle = {
  'databricks.yml': `bundle: { name: shop }
include: [resources/*.yml]
variables:
  catalog: { default: main }
  schema: { default: "\${var.catalog}.sales" }
  warehouse_id: { description: none }
  scopes: { type: complex, default: [sql, files] }
targets:
  dev:
    default: true
    variables: { catalog: dev }
    resources:
      apps:
        orders:
          description: from the target
          resources:
            - { name: events, uc_securable: { permission: MODIFY } }
  prod: {}
`,
  'resources/app.yml': `resources:
  apps:
    orders:
      name: orders-\${bundle.target}
      source_code_path: ../src/app
      user_api_scopes: \${var.scopes}
      resources:
        - { name: warehouse, sql_warehouse: { id: "\${var.warehouse_id}", permission: CAN_USE } }
        - name: events
          uc_securable: { securable_full_name: "\${var.schema}.events", securable_type: TABLE, permission: SELECT, securable_kind: TABLE_DELTA }
        - { name: key, secret: { scope: "\${resources.secret_scopes.vault.name}", key: k, permission: READ } }
        - { name: runner, job: { id: "\${resources.jobs.x.id}", permission: CAN_VIEW } }
        - { name: odd, unknown_kind: {} }
      permissions:
        - { user_name: boss@corp.test, level: CAN_MANAGE }
      config:
        command: [python, app.py]
        env:
          - { name: A, value: 1 }
          - { name: W, value_from: warehouse }
          - { name: IGNORED, valueFrom: warehouse }
  secret_scopes:
    vault: { name: vault-scope }
`,
  'src/app/app.py': '',
};

describe('databricks.yml', () => {
  test('includes, target, variables and references', () => {
    const folder = tempFolder(bundle);
    const read = readBundle(folder, { env: {} });
    expect(read).toMatchObject({ name: 'shop', target: 'dev', file: join(folder, 'databricks.yml') });
    const [app] = read!.apps;
    expect(app).toMatchObject({
      key: 'orders',
      name: 'orders-dev',
      folder: join(folder, 'src/app'),
      description: 'from the target',
      userApiScopes: ['sql', 'files'],
      config: {
        command: ['python', 'app.py'],
        env: [
          { name: 'A', value: '1' },
          { name: 'W', value_from: 'warehouse' },
        ],
      },
    });
    expect(app!.resources.map((one) => one.name)).toEqual(['warehouse', 'events', 'key', 'runner']);
    expect(app!.resources[1]?.uc_securable).toEqual({
      securable_full_name: 'dev.sales.events',
      securable_type: 'TABLE',
      permission: 'MODIFY',
    });
    expect(app!.resources[2]?.secret?.scope).toBe('vault-scope');
    expect(read!.unresolved.map((one) => [one.reference, one.why])).toEqual([
      ['var.warehouse_id', 'the variable has no default; set BUNDLE_VAR_warehouse_id'],
      ['resources.jobs.x.id', 'only a workspace knows its value'],
    ]);
    expect(read!.warnings.join('\n')).toMatch(
      /resources\.4 was left out[\s\S]*valueFrom of IGNORED is ignored/,
    );
  });

  test('another target, and variables from the environment', () => {
    const folder = tempFolder(bundle);
    const read = readBundle(join(folder, 'src/app'), { target: 'prod', env: { BUNDLE_VAR_catalog: 'live' } });
    expect(read?.apps[0]?.name).toBe('orders-prod');
    expect(read?.apps[0]?.resources[1]?.uc_securable?.securable_full_name).toBe('live.sales.events');
  });

  test('a reference to itself ends', () => {
    const folder = tempFolder({
      'databricks.yml': `variables: { a: { default: "x\${var.b}" }, b: { default: "y\${var.a}" } }\nresources: { apps: { one: { name: "\${var.a}", source_code_path: . } } }\n`,
    });
    const read = readBundle(folder, { env: {} });
    expect(read?.apps[0]?.name).toBe('one');
    expect(read?.unresolved[0]?.why).toBe('it refers to itself');
  });

  test('a broken file is an error with its line', () => {
    const folder = tempFolder({ 'databricks.yml': 'bundle:\n\tname: x\n' });
    expect(() => readBundle(folder)).toThrow(ConfigError);
  });
});

describe('the default world', () => {
  test('three people, one app with a warehouse and the scope sql', () => {
    const folder = tempFolder({
      'My App/app.yaml': 'env:\n  - { name: W, valueFrom: warehouse }\n',
      'My App/app.py': '',
    });
    const { config, notes, file } = defaultWorld(join(folder, 'My App'), { env: {} });
    expect(file).toBeUndefined();
    expect(config.apps).toMatchObject({
      'my-app': {
        source_code_path: '.',
        user_api_scopes: ['sql'],
        resources: [{ name: 'warehouse', sql_warehouse: { id: 'default', permission: 'CAN_USE' } }],
      },
    });
    expect(Object.entries(config.personas).map(([alias, one]) => [alias, one.groups])).toEqual([
      ['admin', ['admins']],
      ['user', []],
      ['guest', []],
    ]);
    expect(config.personas['guest']?.entitlements).toEqual(['workspace-access']);
    expect(notes[0]).toMatch(/^No brickbox\.yaml in /);
  });

  test('a valueFrom that finds nothing prints the lines to paste', () => {
    const folder = tempFolder({
      'shop/app.yaml': 'env:\n  - { name: K, valueFrom: api-key }\n',
      'shop/a.py': '',
    });
    let text = '';
    try {
      defaultWorld(join(folder, 'shop'), { env: {} });
    } catch (error) {
      text = (error as ConfigError).toText();
    }
    expect(text).toContain('app.yaml:2:5');
    expect(text).toContain(
      '      - { name: api-key, secret: { scope: shop, key: api-key, permission: READ } }',
    );
    expect(text).toContain('secrets:\n  shop:\n    api-key: { env: SHOP_API_KEY }');
  });

  test('resources and scopes come from databricks.yml', () => {
    const folder = tempFolder(bundle);
    const { config, notes } = defaultWorld(folder, { env: {} });
    const app = config.apps['orders-dev'];
    expect(app?.source_code_path).toBe('src/app');
    expect(app?.user_api_scopes).toEqual(['sql', 'files']);
    expect(app?.resources.map((one) => one.name)).toEqual(['warehouse', 'events', 'runner']);
    expect(app?.resources[0]?.sql_warehouse?.id).toBe('default');
    const text = notes.join('\n');
    expect(text).toMatch(/secret vault-scope\/k has no value/);
    expect(text).toMatch(
      /\$\{resources\.jobs\.x\.id\} in apps\.orders\.resources\.3\.job\.id stays as it is/,
    );
    expect(text).toMatch(/permission of boss@corp\.test on orders-dev was left out/);
    expect(text).not.toMatch(/warehouse_id/);
  });

  test('a folder without anything to run is a workspace alone', () => {
    const { config, notes } = defaultWorld(tempFolder({ 'notes.txt': '' }), { env: {} });
    expect(config.apps).toEqual({});
    expect(notes.join('\n')).toMatch(/No app in this folder/);
  });
});
