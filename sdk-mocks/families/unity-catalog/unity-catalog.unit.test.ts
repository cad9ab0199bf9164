import { describe, expect, test } from 'vitest';
import { runSql, startWithMetastore } from '../../../test/support/metastore.ts';
import { admin, ana, bob, type Fixture } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

const start = () => startWithMetastore([family]);
const api = '/api/2.1/unity-catalog';

function as(house: Fixture, principal: typeof ana) {
  const token = house.token(principal);
  return async (line: string, body?: object) => {
    const { status, body: answer } = await house.call(token, line.replace(' /', ` ${api}/`), body);
    return { status, body: answer };
  };
}

const forbidden = (what: string) => ({
  status: 403,
  body: { error_code: 'PERMISSION_DENIED', message: `User does not have ${what}.` },
});
const missing = (code: string, message: string) => ({ status: 404, body: { error_code: code, message } });
const use = 'GRANT USE CATALOG, USE SCHEMA ON CATALOG main TO emea';

describe('catalogs and schemas', () => {
  test('are listed to those who may use them', async () => {
    await using house = await start();
    const [asAdmin, asAna, asBob] = [as(house, admin), as(house, ana), as(house, bob)];
    expect((await asAdmin('GET /catalogs')).body).toMatchObject({
      catalogs: [
        { name: 'main', full_name: 'main', comment: 'first', owner: admin.name, isolation_mode: 'OPEN' },
        { name: 'other' },
      ],
    });
    expect((await asAna('GET /catalogs')).body).toEqual({ catalogs: [] });
    expect(await asAna('GET /catalogs/main')).toEqual(forbidden("USE CATALOG on Catalog 'main'"));
    expect(await asAna('GET /schemas?catalog_name=main')).toEqual(forbidden("USE CATALOG on Catalog 'main'"));
    runSql(
      house,
      admin,
      'GRANT USE CATALOG ON CATALOG main TO emea',
      'GRANT BROWSE ON CATALOG other TO emea',
    );
    expect((await asAna('GET /catalogs')).body).toMatchObject({ catalogs: [{ name: 'main' }] });
    expect((await asAna('GET /schemas?catalog_name=main')).body).toMatchObject({
      schemas: [{ name: 'information_schema' }],
    });
    expect(await asAna('GET /schemas/main.sales')).toEqual(forbidden("USE SCHEMA on Schema 'main.sales'"));
    expect((await asAna('GET /catalogs?include_browse=true')).body).toMatchObject({
      catalogs: [{ name: 'main' }, { name: 'other', browse_only: true }],
    });
    runSql(house, admin, use);
    expect((await asAna('GET /schemas/MAIN.sales')).body).toMatchObject({
      name: 'sales',
      catalog_name: 'main',
      full_name: 'main.sales',
      comment: 'orders and more',
    });
    expect((await asBob('GET /catalogs')).body).toEqual({ catalogs: [] });
  });

  test('that are missing are named', async () => {
    await using house = await start();
    const call = as(house, admin);
    expect(await call('GET /catalogs/nope')).toEqual(
      missing('CATALOG_DOES_NOT_EXIST', "Catalog 'nope' does not exist."),
    );
    expect(await call('GET /schemas/main.nope')).toEqual(
      missing('SCHEMA_DOES_NOT_EXIST', "Schema 'main.nope' does not exist."),
    );
    expect(await call('GET /schemas/a.b.c')).toMatchObject({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE' },
    });
  });

  test('are made, given away and removed with the rights of SQL', async () => {
    await using house = await start();
    const [asAdmin, asAna] = [as(house, admin), as(house, ana)];
    expect(await asAna('POST /catalogs', { name: 'mine' })).toEqual(forbidden('CREATE CATALOG on Metastore'));
    expect(await asAdmin('POST /catalogs', { name: 'Mine', comment: 'c' })).toMatchObject({
      status: 200,
      body: { name: 'mine', comment: 'c', owner: admin.name },
    });
    expect(await asAdmin('POST /catalogs', { name: 'mine' })).toMatchObject({
      status: 409,
      body: { error_code: 'CATALOG_ALREADY_EXISTS' },
    });
    expect(await asAdmin('PATCH /catalogs/mine', { owner: ana.name })).toMatchObject({
      body: { owner: ana.name },
    });
    expect(await asAdmin('PATCH /catalogs/mine', { comment: 'new' })).toMatchObject({
      body: { comment: 'new' },
    });
    expect(await asAdmin('PATCH /schemas/main.sales', { comment: 'new' })).toMatchObject({
      body: { comment: 'new' },
    });
    expect(await asAdmin('PATCH /catalogs/mine', { owner: 'nobody' })).toMatchObject({
      status: 404,
      body: { error_code: 'PRINCIPAL_DOES_NOT_EXIST' },
    });
    expect(await asAna('POST /schemas', { name: 's', catalog_name: 'mine' })).toMatchObject({ status: 200 });
    expect(await asAna('POST /schemas', { name: 's', catalog_name: 'mine' })).toMatchObject({
      status: 409,
      body: { error_code: 'SCHEMA_ALREADY_EXISTS' },
    });
    expect(await asAna('DELETE /catalogs/mine')).toMatchObject({ status: 400 });
    expect(await asAna('DELETE /schemas/mine.s')).toMatchObject({ status: 200 });
    expect(await asAna('DELETE /schemas/mine.s')).toMatchObject({ status: 404 });
    expect(await asAna('DELETE /catalogs/mine?force=true')).toMatchObject({ status: 200 });
    expect(await asAna('DELETE /schemas/main.sales')).toEqual(forbidden("USE CATALOG on Catalog 'main'"));
    expect(await asAdmin('POST /catalogs', { name: 'f', connection_name: 'c' })).toMatchObject({
      status: 501,
    });
  });
});

describe('tables', () => {
  test('tell columns, row filter and masks', async () => {
    await using house = await start();
    const { body } = await as(house, admin)('GET /tables/main.sales.orders');
    expect(body).toMatchObject({
      name: 'orders',
      catalog_name: 'main',
      schema_name: 'sales',
      full_name: 'main.sales.orders',
      table_type: 'MANAGED',
      data_source_format: 'DELTA',
      comment: 'all orders',
      owner: admin.name,
      row_filter: {
        function_name: 'main.sales.by_region',
        input_column_names: ['region'],
        input_arguments: [{ column: 'region' }, { constant: '3' }],
      },
      columns: [
        {
          name: 'id',
          type_text: 'bigint',
          type_name: 'LONG',
          position: 0,
          nullable: false,
          type_json: '{"name":"id","type":"long","nullable":false,"metadata":{}}',
        },
        { name: 'Region', type_name: 'STRING', comment: 'where', position: 1 },
        {
          name: 'email',
          mask: {
            function_name: 'main.sales.hide',
            using_column_names: ['region'],
            using_arguments: [{ column: 'region' }],
          },
        },
        { name: 'amount', type_text: 'decimal(10,2)', type_precision: 10, type_scale: 2 },
        { name: 'tags', type_name: 'MAP', type_text: 'map<string,array<int>>' },
      ],
    });
    const view = await as(house, admin)('GET /tables/main.sales.v');
    expect(view.body).toMatchObject({ table_type: 'VIEW', view_definition: 'SELECT 1' });
    expect(view.body).not.toHaveProperty('data_source_format');
  });

  test('are checked from the catalog down, and only then said to be missing', async () => {
    await using house = await start();
    const call = as(house, ana);
    const get = (name = 'orders') => call(`GET /tables/main.sales.${name}`);
    expect(await get()).toEqual(forbidden("USE CATALOG on Catalog 'main'"));
    runSql(house, admin, 'GRANT USE CATALOG ON CATALOG main TO emea');
    expect(await get()).toEqual(forbidden("USE SCHEMA on Schema 'main.sales'"));
    runSql(house, admin, use);
    expect(await get()).toEqual(forbidden("SELECT on Table 'main.sales.orders'"));
    expect(await get('nope')).toEqual(
      missing('TABLE_DOES_NOT_EXIST', "Table 'main.sales.nope' does not exist."),
    );
    expect(await call('GET /tables/main.sales.orders/exists')).toEqual(
      forbidden("SELECT on Table 'main.sales.orders'"),
    );
    expect((await call('GET /tables/main.sales.nope/exists')).body).toEqual({ table_exists: false });
    runSql(house, admin, 'GRANT BROWSE ON SCHEMA main.sales TO emea');
    expect((await call('GET /tables/main.sales.orders/exists')).body).toEqual({ table_exists: true });
    const browsed = await call('GET /tables/main.sales.orders?include_browse=true');
    expect(browsed.body).toMatchObject({ name: 'orders', browse_only: true });
    expect(browsed.body).not.toHaveProperty('columns');
    runSql(house, admin, 'GRANT SELECT ON main.sales.orders TO emea');
    expect(await get()).toMatchObject({ status: 200, body: { name: 'orders' } });
  });

  test('are listed by right, in pages, and summed up', async () => {
    await using house = await start();
    const [asAdmin, asAna] = [as(house, admin), as(house, ana)];
    const list = '/tables?catalog_name=main&schema_name=sales';
    runSql(house, admin, use, 'GRANT SELECT ON main.sales.items TO emea');
    expect((await asAna(`GET ${list}`)).body).toMatchObject({ tables: [{ name: 'items' }] });
    const first = await asAdmin(`GET ${list}&max_results=2&omit_columns=true`);
    expect(first.body).toMatchObject({
      tables: [{ name: 'items' }, { name: 'orders' }],
      next_page_token: expect.any(String),
    });
    expect(JSON.stringify(first.body)).not.toContain('type_json');
    const token = (first.body as { next_page_token: string }).next_page_token;
    const second = await asAdmin(`GET ${list}&max_results=2&page_token=${token}`);
    expect(second.body).toMatchObject({ tables: [{ name: 'v' }] });
    expect(second.body).not.toHaveProperty('next_page_token');
    expect(await asAdmin(`GET ${list}&page_token=xx`)).toMatchObject({ status: 400 });
    expect(await asAdmin(`GET ${list}&max_results=-1`)).toMatchObject({ status: 400 });
    expect((await asAdmin('GET /table-summaries?catalog_name=main&table_name_pattern=_rd%25')).body).toEqual({
      tables: [{ full_name: 'main.sales.orders', table_type: 'MANAGED' }],
    });
    expect((await asAna('GET /table-summaries?catalog_name=main')).body).toEqual({
      tables: [{ full_name: 'main.sales.items', table_type: 'MANAGED' }],
    });
  });

  test('change owner and go away for those who manage them', async () => {
    await using house = await start();
    const [asAdmin, asAna] = [as(house, admin), as(house, ana)];
    runSql(house, admin, use);
    expect(await asAna('DELETE /tables/main.sales.items')).toEqual(
      forbidden("MANAGE on Table 'main.sales.items'"),
    );
    expect(await asAdmin('PATCH /tables/main.sales.items', { owner: ana.name })).toMatchObject({
      status: 200,
    });
    expect((await asAna('GET /tables/main.sales.items')).body).toMatchObject({ owner: ana.name });
    expect(await asAna('DELETE /tables/main.sales.items')).toMatchObject({ status: 200 });
    expect(await asAna('DELETE /tables/main.sales.items')).toMatchObject({ status: 404 });
  });
});

test('functions are shown to those who may execute them', async () => {
  await using house = await start();
  const [asAdmin, asAna] = [as(house, admin), as(house, ana)];
  runSql(house, admin, use);
  const list = '/functions?catalog_name=main&schema_name=sales';
  expect((await asAna(`GET ${list}`)).body).toEqual({ functions: [] });
  expect(await asAna('GET /functions/main.sales.hide')).toEqual(
    forbidden("EXECUTE on Routine or Model 'main.sales.hide'"),
  );
  expect(await asAna('GET /functions/main.sales.no')).toEqual(
    missing('FUNCTION_DOES_NOT_EXIST', "Function 'main.sales.no' does not exist."),
  );
  runSql(house, admin, 'GRANT EXECUTE ON FUNCTION main.sales.hide TO emea');
  expect((await asAna(`GET ${list}`)).body).toMatchObject({ functions: [{ name: 'hide' }] });
  expect((await asAna('GET /functions/main.sales.hide')).body).toMatchObject({
    full_name: 'main.sales.hide',
    data_type: 'STRING',
    full_data_type: 'STRING',
    routine_body: 'SQL',
    routine_definition: "'*'",
    security_type: 'DEFINER',
    comment: 'masks',
    input_params: {
      parameters: [
        { name: 'v', type_name: 'STRING', position: 0, parameter_default: "'x'" },
        { name: 'r', type_name: 'STRING', position: 1 },
      ],
    },
  });
  expect(await asAdmin('PATCH /functions/main.sales.hide', { owner: ana.name })).toMatchObject({
    body: { owner: ana.name },
  });
  expect(await asAna('DELETE /functions/main.sales.hide')).toMatchObject({ status: 200 });
});

describe('grants', () => {
  test('are read and changed like GRANT and REVOKE', async () => {
    await using house = await start();
    const [asAdmin, asAna, asBob] = [as(house, admin), as(house, ana), as(house, bob)];
    const path = '/permissions/table/main.sales.orders';
    const changes = [
      { principal: 'emea', add: ['SELECT', 'MODIFY'] },
      { principal: bob.name, add: ['SELECT'] },
    ];
    expect(await asAna(`PATCH ${path}`, { changes })).toEqual(forbidden("USE CATALOG on Catalog 'main'"));
    expect((await asAdmin(`PATCH ${path}`, { changes })).body).toEqual({
      privilege_assignments: [
        { principal: bob.name, privileges: ['SELECT'] },
        { principal: 'emea', privileges: ['MODIFY', 'SELECT'] },
      ],
    });
    expect((await asAdmin(`GET ${path}?principal=emea`)).body).toEqual({
      privilege_assignments: [{ principal: 'emea', privileges: ['MODIFY', 'SELECT'] }],
    });
    expect((await asBob(`GET ${path}`)).body).toEqual({
      privilege_assignments: [{ principal: bob.name, privileges: ['SELECT'] }],
    });
    expect((await asAdmin(`GET ${path}?max_results=1`)).body).toMatchObject({
      privilege_assignments: [{ principal: bob.name }],
      next_page_token: expect.any(String),
    });
    const all = { changes: [{ principal: 'emea', remove: ['ALL_PRIVILEGES'] }] };
    expect((await asAdmin(`PATCH ${path}`, all)).body).toEqual({
      privilege_assignments: [{ principal: bob.name, privileges: ['SELECT'] }],
    });
  });

  test('are refused whole when one of them is wrong', async () => {
    await using house = await start();
    const call = as(house, admin);
    const path = '/permissions/TABLE/main.sales.orders';
    const twice = { changes: [{ principal: 'emea', add: ['SELECT'], remove: ['SELECT'] }] };
    expect(await call(`PATCH ${path}`, twice)).toEqual({
      status: 400,
      body: {
        error_code: 'INVALID_PARAMETER_VALUE',
        message: 'Duplicate privileges to add and delete for principal emea.',
      },
    });
    const unknown = {
      changes: [
        { principal: 'emea', add: ['SELECT'] },
        { principal: 'nobody', add: ['SELECT'] },
      ],
    };
    expect(await call(`PATCH ${path}`, unknown)).toMatchObject({
      status: 404,
      body: { error_code: 'PRINCIPAL_DOES_NOT_EXIST' },
    });
    expect((await call(`GET ${path}`)).body).toEqual({ privilege_assignments: [] });
    const unfit = { changes: [{ principal: 'emea', add: ['EXECUTE'] }] };
    expect(await call(`PATCH ${path}`, unfit)).toMatchObject({ status: 400 });
    expect(await call('GET /permissions/thing/x')).toMatchObject({ status: 400 });
    expect(await call('GET /permissions/connection/x')).toMatchObject({ status: 501 });
    expect(await call('GET /permissions/table/main.sales.no')).toMatchObject({ status: 404 });
  });

  test('count with those of the containers, which are named', async () => {
    await using house = await start();
    const call = as(house, admin);
    runSql(
      house,
      admin,
      use,
      'GRANT SELECT ON main.sales.orders TO emea',
      'GRANT SELECT ON SCHEMA main.sales TO emea',
    );
    const expected = [
      {
        principal: 'emea',
        privileges: [
          { privilege: 'SELECT' },
          { privilege: 'SELECT', inherited_from_type: 'SCHEMA', inherited_from_name: 'main.sales' },
          { privilege: 'USE_CATALOG', inherited_from_type: 'CATALOG', inherited_from_name: 'main' },
          { privilege: 'USE_SCHEMA', inherited_from_type: 'CATALOG', inherited_from_name: 'main' },
        ],
      },
    ];
    const name = 'table/main.sales.orders';
    expect((await call(`GET /effective-permissions/${name}`)).body).toEqual({
      privilege_assignments: expected,
    });
    expect((await call(`GET /effective-privilege-assignments/${name}`)).body).toEqual({
      effective_privilege_assignments: expected,
    });
    expect((await call(`GET /privilege-assignments/catalog/main`)).body).toEqual({
      privilege_assignments: [{ principal: 'emea', privileges: ['USE_CATALOG', 'USE_SCHEMA'] }],
    });
  });
});

test('the metastore tells about itself', async () => {
  await using house = await start();
  const [asAdmin, asBob] = [as(house, admin), as(house, bob)];
  const summary = (await asBob('GET /metastore_summary')).body as { metastore_id: string };
  expect(summary).toMatchObject({
    cloud: 'aws',
    global_metastore_id: `aws:us-west-2:${summary.metastore_id}`,
  });
  expect((await asBob('GET /current-metastore-assignment')).body).toEqual({
    workspace_id: 7474656789012345,
    metastore_id: summary.metastore_id,
    default_catalog_name: 'main',
  });
  expect((await asBob('GET /metastores')).body).toEqual({ metastores: [] });
  expect((await asAdmin('GET /metastores')).body).toMatchObject({ metastores: [summary] });
  expect(await asBob(`GET /metastores/${summary.metastore_id}`)).toMatchObject({ status: 403 });
});

test('an app with the scope of tables reads tables and nothing else', async () => {
  await using house = await start();
  const token = house.token(admin, { scopes: ['catalog.tables:read'] });
  expect(await house.call(token, `GET ${api}/tables/main.sales.orders`)).toMatchObject({ status: 200 });
  expect(await house.call(token, `GET ${api}/schemas/main.sales`)).toMatchObject({ status: 403 });
  expect(await house.call(token, `DELETE ${api}/tables/main.sales.orders`)).toMatchObject({ status: 403 });
});
