import { once } from 'node:events';
import { expect, test } from 'vitest';
import { SqlError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/identity/index.ts';
import { ana, bob, startWorkspace, warehouseId } from '../../../test/support/workspace.ts';
import type { StatementRequest, StatementResult } from '../../sql/index.ts';
import { family } from './family.ts';
import type { Delivered } from './statement.ts';
import { Statements } from './statements.ts';

type Execute = (request: StatementRequest) => Promise<Partial<StatementResult>>;

const path = '/api/2.0/sql/statements';
const select = { statement: 'SELECT 1', warehouse_id: warehouseId };
const oneRow: Execute = async () => ({
  columns: [
    { name: 'id', type: 'INT', nullable: false },
    { name: 'd', type: 'DECIMAL(10,2)', nullable: true },
  ],
  rows: [
    [1, '1.25'],
    [5, null],
  ],
});

const start = (execute: Execute, more: Partial<Parameters<typeof startWorkspace>[0]> = {}) =>
  startWorkspace({ families: [family], allow: [`${ana.name} CAN_USE ${warehouseId}`], execute, ...more });

function idOf(body: unknown): string {
  const found = (body as { statement_id?: string }).statement_id;
  if (!found) throw new Error(`no statement_id in ${JSON.stringify(body)}`);
  return found;
}

function signal() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** A statement that runs until it is released or aborted. */
function gate() {
  const opened = signal();
  const aborted = signal();
  const execute: Execute = async (request) => {
    const abort = request.signal ? once(request.signal, 'abort') : new Promise(() => {});
    await Promise.race([opened.promise, abort.then(() => aborted.resolve())]);
    if (request.signal?.aborted) throw new Error('aborted');
    return oneRow(request);
  };
  return { execute, open: opened.resolve, aborted: aborted.promise };
}

test('a small result comes inline, with the recorded keys', async () => {
  await using house = await start(oneRow);
  const answer = await house.call(house.token(ana, { scopes: ['sql'] }), `POST ${path}`, select);
  expect(answer.status).toBe(200);
  const id = idOf(answer.body);
  expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(answer.body).toEqual({
    statement_id: id,
    status: { state: 'SUCCEEDED' },
    manifest: {
      format: 'JSON_ARRAY',
      schema: {
        column_count: 2,
        columns: [
          { name: 'id', type_text: 'INT', type_name: 'INT', position: 0 },
          {
            name: 'd',
            type_text: 'DECIMAL(10,2)',
            type_name: 'DECIMAL',
            position: 1,
            type_precision: 10,
            type_scale: 2,
          },
        ],
      },
      total_chunk_count: 1,
      chunks: [{ chunk_index: 0, row_offset: 0, row_count: 2 }],
      total_row_count: 2,
      truncated: false,
    },
    result: {
      chunk_index: 0,
      row_offset: 0,
      row_count: 2,
      data_array: [
        ['1', '1.25'],
        ['5', null],
      ],
    },
  });
});

test('the request reaches the warehouse whole', async () => {
  let seen: StatementRequest | undefined;
  await using house = await start(async (request) => {
    seen = request;
    return { truncated: true, columns: [{ name: 'a', type: 'INT', nullable: true }], rows: [[1]] };
  });
  const answer = await house.call(house.token(ana), `POST ${path}/`, {
    ...select,
    statement: 'SELECT :a, ?',
    catalog: 'sales',
    row_limit: 1,
    byte_limit: 1000,
    parameters: [{ name: 'a', value: '3', type: 'INT' }, { ordinal: 2, value: null }, { name: 'c' }],
    query_tags: [{ key: 'team' }],
    wait_timeout: '30s',
  });
  expect(answer.body).toMatchObject({ manifest: { truncated: true } });
  expect(seen).toMatchObject({
    text: 'SELECT :a, ?',
    session: { catalog: 'sales', schema: 'default', timeZone: 'UTC' },
    limits: { rows: 1, bytes: 1000 },
    parameters: [
      { name: 'a', value: '3', type: 'INT' },
      { ordinal: 2, value: null },
      { name: 'c', value: null },
    ],
    caller: { principal: { name: ana.name } },
    statementId: idOf(answer.body),
  });
});

test('a statement without a result set', async () => {
  await using house = await start(async () => ({}));
  const answer = await house.call(house.token(ana), `POST ${path}`, select);
  expect(answer.body).toMatchObject({
    status: { state: 'SUCCEEDED' },
    manifest: { schema: { column_count: 0 }, total_chunk_count: 0, total_row_count: 0, truncated: false },
    result: {},
  });
});

test('a SQL error is HTTP 200 and FAILED with its SQLSTATE, and the journal knows it', async () => {
  const text = 'The table or view `a` cannot be found.';
  await using house = await start(async () => {
    throw new SqlError('TABLE_OR_VIEW_NOT_FOUND', '42P01', text);
  });
  const token = house.token(ana);
  const answer = await house.call(token, `POST ${path}`, select);
  const status = {
    state: 'FAILED',
    error: { error_code: 'BAD_REQUEST', message: `[TABLE_OR_VIEW_NOT_FOUND] ${text} SQLSTATE: 42P01` },
    sql_state: '42P01',
  };
  expect(answer).toMatchObject({ status: 200, body: { status } });
  expect(house.services.journal.entries({ kinds: ['call'] }).at(-1)).toMatchObject({
    status: 200,
    errorCode: 'BAD_REQUEST',
    message: expect.stringContaining('42P01'),
  });
  const again = await house.call(token, `GET ${path}/${idOf(answer.body)}`);
  expect(again.body).toEqual({ statement_id: idOf(answer.body), status });
});

test('a defect of the engine fails the statement without its detail', async () => {
  await using house = await start(async () => {
    throw new Error('hidden value 42');
  });
  const answer = await house.call(house.token(ana), `POST ${path}`, select);
  expect(answer.body).toMatchObject({ status: { state: 'FAILED', error: { error_code: 'INTERNAL_ERROR' } } });
  expect(answer.text).not.toContain('hidden value');
  expect(house.logged.join()).toContain('hidden value');
});

test('wait_timeout 0s returns at once and the statement goes on', async () => {
  const { execute, open } = gate();
  await using house = await start(execute);
  const token = house.token(ana);
  const pending = await house.call(token, `POST ${path}`, { ...select, wait_timeout: '0s' });
  const id = idOf(pending.body);
  expect(pending.body).toEqual({ statement_id: id, status: { state: 'PENDING' } });
  const running = await house.call(token, `GET ${path}/${id}`);
  expect(running.body).toEqual({ statement_id: id, status: { state: 'RUNNING' } });
  const early = await house.call(token, `GET ${path}/${id}/result/chunks/0`);
  expect(early).toMatchObject({ status: 400, body: { error_code: 'BAD_REQUEST' } });

  open();
  await expect.poll(async () => (await house.call(token, `GET ${path}/${id}`)).text).toContain('SUCCEEDED');
  const chunk = await house.call(token, `GET ${path}/${id}/result/chunks/0`);
  expect(chunk.body).toMatchObject({
    chunk_index: 0,
    row_count: 2,
    data_array: [
      ['1', '1.25'],
      ['5', null],
    ],
  });
  expect((await house.call(token, `GET ${path}/${id}/result/chunks/1`)).status).toBe(400);
});

test('a timeout cancels when asked to', { timeout: 15_000 }, async () => {
  const { execute, aborted } = gate();
  await using house = await start(execute);
  const answer = await house.call(house.token(ana), `POST ${path}`, {
    ...select,
    wait_timeout: '5s',
    on_wait_timeout: 'CANCEL',
  });
  expect(answer.body).toEqual({ statement_id: idOf(answer.body), status: { state: 'CANCELED' } });
  await aborted;
});

test('cancel and close stop the engine', async () => {
  const { execute, aborted } = gate();
  await using house = await start(execute);
  const token = house.token(ana);
  const id = idOf((await house.call(token, `POST ${path}`, { ...select, wait_timeout: '0s' })).body);
  expect((await house.call(token, `POST ${path}/${id}/cancel`)).body).toEqual({});
  await aborted;
  expect((await house.call(token, `GET ${path}/${id}`)).body).toMatchObject({
    status: { state: 'CANCELED' },
  });
  expect((await house.call(token, `DELETE ${path}/${id}`)).body).toEqual({});
  expect((await house.call(token, `GET ${path}/${id}`)).body).toMatchObject({ status: { state: 'CLOSED' } });
});

test('a statement is known to its caller only, and for an hour', async () => {
  await using house = await start(oneRow, {
    allow: [`${ana.name} CAN_USE ${warehouseId}`, `${bob.name} CAN_USE ${warehouseId}`],
  });
  const token = house.token(ana);
  const id = idOf((await house.call(token, `POST ${path}`, select)).body);
  const lines = [`GET ${path}/${id}`, `GET ${path}/${id}/result/chunks/0`, `POST ${path}/${id}/cancel`];
  for (const line of [...lines, `DELETE ${path}/${id}`]) {
    const foreign = await house.call(house.token(bob), line);
    expect(foreign).toMatchObject({
      status: 404,
      body: {
        error_code: 'NOT_FOUND',
        message: `The statement ${id} was not found.`,
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ResourceInfo',
            resource_type: 'statement',
            resource_name: id,
            owner: '',
            description: 'does not exist',
          },
        ],
      },
    });
  }
  expect((await house.call(house.token(ana), `GET ${path}/${id}`)).status).toBe(200);
  house.services.clock.advance(61 * 60_000);
  expect((await house.call(token, `GET ${path}/${id}`)).status).toBe(404);
});

test('a reset forgets statements and stops the running ones', async () => {
  const { execute, aborted } = gate();
  await using house = await start(execute);
  const token = house.token(ana);
  const id = idOf((await house.call(token, `POST ${path}`, { ...select, wait_timeout: '0s' })).body);
  house.services.store.swap(house.services.store.serialize());
  await aborted;
  expect((await house.call(token, `GET ${path}/${id}`)).status).toBe(404);
});

test('an inline result is limited to 25 MiB', async () => {
  await using house = await start(async () => ({
    columns: [{ name: 'a', type: 'STRING', nullable: true }],
    rows: Array.from({ length: 26 }, () => ['x'.repeat(1024 * 1024)]),
  }));
  const answer = await house.call(house.token(ana), `POST ${path}`, select);
  expect(answer.body).toMatchObject({
    status: { state: 'FAILED', error: { message: expect.stringContaining('at most 26214400 bytes') } },
  });
});

test.each([
  [{ warehouse_id: 'wh-0001' }, 400, 'INVALID_PARAMETER_VALUE', 'wh-0001 is not a valid endpoint id.'],
  [{ warehouse_id: 'ffffffffffffffff' }, 404, 'RESOURCE_DOES_NOT_EXIST', 'does not exist'],
  [{ wait_timeout: '3s' }, 400, 'INVALID_PARAMETER_VALUE', 'wait_timeout'],
  [{ wait_timeout: 'soon' }, 400, 'INVALID_PARAMETER_VALUE', 'wait_timeout'],
  [{ statement: '' }, 400, 'INVALID_PARAMETER_VALUE', 'statement'],
  [{ statement: undefined }, 400, 'INVALID_PARAMETER_VALUE', 'statement'],
  [{ format: 'ARROW_STREAM' }, 400, 'INVALID_PARAMETER_VALUE', 'ARROW_STREAM'],
  [{ format: 'CSV' }, 400, 'INVALID_PARAMETER_VALUE', 'CSV'],
  [{ format: 'XML' }, 400, 'INVALID_PARAMETER_VALUE', 'format'],
  [{ session_id: 'x' }, 404, 'NOT_FOUND', 'The session x was not found.'],
  [
    { query_tags: Array.from({ length: 21 }, () => ({ key: 'k' })) },
    400,
    'INVALID_PARAMETER_VALUE',
    'query_tags',
  ],
])('%j is refused', async (change, status, error_code, message) => {
  await using house = await start(oneRow);
  const answer = await house.call(house.token(ana), `POST ${path}`, { ...select, ...change });
  expect(answer).toMatchObject({ status, body: { error_code, message: expect.stringContaining(message) } });
});

test('the warehouse needs CAN_USE, the token the scope', async () => {
  await using house = await start(oneRow);
  const denied = await house.call(house.token(bob), `POST ${path}`, select);
  expect(denied).toMatchObject({
    status: 403,
    body: {
      error_code: 'PERMISSION_DENIED',
      message: 'You do not have permission to use the SQL Warehouse.',
    },
  });
  const narrow = await house.call(house.token(ana, { scopes: ['files'] }), `POST ${path}`, select);
  expect(narrow).toMatchObject({
    status: 403,
    body: { message: 'Provided OAuth token does not have required scopes: sql' },
  });
  const child = house.token(ana, { scopes: ['sql.statement-execution'] });
  expect((await house.call(child, `POST ${path}`, select)).status).toBe(200);
});

test('the oldest results go first', () => {
  const statements = new Statements();
  const caller = { principal: ana } as Caller;
  const first = statements.add('running', caller, 0);
  for (let n = 0; n < 1_500; n += 1) {
    const result: Delivered = {
      format: 'JSON_ARRAY',
      columns: [],
      rowCount: 0,
      truncated: false,
      compression: undefined,
      size: 1,
      content: { kind: 'none' },
    };
    statements.add(`s${n}`, caller, n).become({ state: 'SUCCEEDED', result });
  }
  expect(statements.find('running', caller, 0)).toBe(first);
  expect(() => statements.find('s0', caller, 1_500)).toThrow('was not found');
  expect(() => statements.find('s400', caller, 1_500)).toThrow('was not found');
  expect(statements.find('s1499', caller, 1_500).final).toBe(true);
});
