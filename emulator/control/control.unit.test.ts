import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeSandbox, fakeSandbox } from '../../test/support/fake-sandbox.ts';
import { BrickboxError, silentLog } from '../core/index.ts';
import { type Control, createControl, openApiDocument } from './index.ts';
import { routes } from './routes/index.ts';

const secret = 'a-secret-of-this-run-0123456789abcdef';
let sandbox: FakeSandbox;
let control: Control;

beforeEach(async () => {
  sandbox = fakeSandbox();
  control = await createControl({ sandbox, secret, log: silentLog, notes: ['a note'] });
});
afterEach(() => control.close());

async function ask(method: string, path: string, body?: object) {
  const response = await fetch(new URL(path, control.url), {
    method,
    headers: { authorization: `Bearer ${secret}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  // Tests look into answers of every shape; expect() is what checks them.
  return { status: response.status, body: JSON.parse(await response.text()) };
}

/** Reads events of a stream until `count` came, then leaves. */
async function events(path: string, count: number, meanwhile: () => void = () => {}) {
  const left = new AbortController();
  const response = await fetch(new URL(path, control.url), {
    headers: { authorization: `Bearer ${secret}` },
    signal: left.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  meanwhile();
  const found: Record<string, unknown>[] = [];
  let text = '';
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString();
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '));
      if (data) found.push(JSON.parse(data.slice(6)));
    }
    if (found.length >= count) break;
  }
  left.abort();
  return found;
}

function appendCalls() {
  for (const principal of ['ana@acme.test', 'ben@acme.test', 'ana@acme.test']) {
    sandbox.journal.append({
      kind: 'call',
      caller: { principal, kind: 'user', how: 'obo', app: 'orders', tokenId: 'jti' },
      operation: null,
      method: 'GET',
      path: '/api/2.0/x',
      status: 200,
      duration: 1,
    });
  }
}

test('status tells addresses, personas, apps and findings by severity', async () => {
  sandbox.journal.append({
    kind: 'finding',
    severity: 'leak',
    finding: 'x',
    app: 'orders',
    message: 'm',
    fix: 'f',
  });
  const { status, body } = await ask('GET', '/v1/status');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    workspace_url: sandbox.workspaceUrl,
    egress_mode: 'cooperative',
    notes: ['a note'],
    findings: { info: 0, warning: 0, leak: 1 },
    personas: [{ alias: 'admin' }, { alias: 'ana', sees: 'EMEA' }],
    apps: [{ name: 'orders', state: 'running' }],
  });
});

test('an app is stopped, started and restarted by name; another name is 404 naming what there is', async () => {
  expect((await ask('POST', '/v1/apps/orders/stop')).body.state).toBe('stopped');
  expect((await ask('POST', '/v1/apps/orders/start')).body.state).toBe('running');
  await ask('POST', '/v1/apps/orders/restart');
  expect(sandbox.calls).toEqual(['stop', 'start', 'restart']);
  const missing = await ask('POST', '/v1/apps/other/stop');
  expect(missing).toMatchObject({ status: 404, body: { error: { code: 'UNKNOWN_APP' } } });
  expect(missing.body.error.fix).toContain('orders');
  expect((await ask('POST', '/v1/apps/orders/explode')).status).toBe(400);
});

test('logs are followed as they are printed', async () => {
  const lines = await events('/v1/apps/orders/logs?follow=true', 2, () => sandbox.print('second'));
  expect(lines.map(({ message }) => message)).toEqual(['listening', 'second']);
});

test('the journal is filtered by persona alias, kind and sequence', async () => {
  appendCalls();
  const of = async (query: string) =>
    (await ask('GET', `/v1/journal?${query}`)).body.entries.map(({ seq }: { seq: number }) => seq);
  expect(await of('persona=ana')).toEqual([1, 3]);
  expect(await of('persona=ana&limit=1')).toEqual([3]);
  expect(await of('after=2')).toEqual([3]);
  expect(await of('kinds=decision,egress')).toEqual([]);
  expect(await of('app=orders&kinds=call')).toEqual([1, 2, 3]);
  expect((await ask('GET', '/v1/journal?kinds=nonsense')).status).toBe(400);
});

test('following the journal gives the kept entries, then the new ones, under the same filter', async () => {
  appendCalls();
  const found = await events('/v1/journal?follow=true&persona=ana', 4, appendCalls);
  expect(found.map(({ seq }) => seq)).toEqual([1, 3, 4, 6]);
});

test('a follower that asks for something wrong is refused in plain JSON', async () => {
  expect(await ask('GET', '/v1/apps/nope/logs?follow=true')).toMatchObject({ status: 404 });
  expect(await ask('GET', '/v1/journal?follow=true&limit=0')).toMatchObject({ status: 400 });
});

test('tokens and PATs are minted for exactly one actor', async () => {
  expect((await ask('POST', '/v1/tokens', { as: 'ana', scopes: ['sql'] })).body.access_token).toBe(
    'token-of-ana-sql',
  );
  expect((await ask('POST', '/v1/tokens', { as_app: 'orders' })).body.access_token).toContain('app orders');
  expect((await ask('POST', '/v1/pats', { as: 'ana' })).body.token).toBe('pat-of-ana');
  for (const who of [{}, { as: 'ana', as_app: 'orders' }]) {
    const refused = await ask('POST', '/v1/tokens', who);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'ACTOR_NEEDED' } } });
  }
});

test('SQL answers as JSON without losing digits, and a refusal says why', async () => {
  const { body } = await ask('POST', '/v1/sql', { as: 'ana', statement: 'SELECT 1' });
  expect(body.rows).toEqual([
    [1, '2024-10-04', '2023-11-14T22:13:20.123456Z'],
    ['9007199254740993', null, null],
  ]);
  expect(body.columns.map(({ type }: { type: string }) => type)).toEqual(['BIGINT', 'DATE', 'TIMESTAMP']);
  expect(await ask('POST', '/v1/sql', { as: 'ana', statement: 'forbidden' })).toMatchObject({
    status: 422,
    body: {
      error: {
        code: 'SQL_ERROR',
        platform: { error_class: 'INSUFFICIENT_PERMISSIONS', sql_state: '42501' },
        explanation: { fix: expect.stringContaining('GRANT SELECT') },
      },
    },
  });
});

test('a request goes through the gateway with its method and comes back with status and body', async () => {
  const { body } = await ask('POST', '/v1/fetch', { as: 'ana', path: '/denied', method: 'PUT' });
  expect(body.status).toBe(403);
  expect(Buffer.from(body.body, 'base64').toString()).toBe('PUT /denied as ana');
  const anonymous = await ask('POST', '/v1/fetch', { anonymous: true, path: '/' });
  expect(Buffer.from(anonymous.body.body, 'base64').toString()).toBe('GET / as nobody');
});

test('reset, snapshot, restore and clock reach the sandbox', async () => {
  expect((await ask('POST', '/v1/reset')).body).toEqual({ reset: true });
  expect((await ask('POST', '/v1/snapshots', { name: 'before' })).body.snapshots).toEqual(['before']);
  expect((await ask('POST', '/v1/snapshots/before/restore')).body).toEqual({ restored: 'before' });
  expect(sandbox.calls).toEqual(['reset', 'restore before']);
  expect((await ask('POST', '/v1/clock/advance', { milliseconds: 7_200_000 })).body.offset).toBe(7_200_000);
  expect((await ask('POST', '/v1/clock/advance', { milliseconds: -1 })).status).toBe(400);
});

test('an error of ours keeps its code and fix; an unexpected one keeps its detail to itself', async () => {
  sandbox.restore = async () => {
    throw new BrickboxError('SNAPSHOT_UNKNOWN', 'There is no snapshot "x".', { fix: 'Take one first.' });
  };
  expect(await ask('POST', '/v1/snapshots/x/restore')).toEqual({
    status: 409,
    body: {
      error: { code: 'SNAPSHOT_UNKNOWN', message: 'There is no snapshot "x".', fix: 'Take one first.' },
    },
  });
  sandbox.reset = async () => {
    throw new Error('detail');
  };
  const unexpected = await ask('POST', '/v1/reset');
  expect(unexpected.status).toBe(500);
  expect(JSON.stringify(unexpected.body)).not.toContain('detail');
});

test('what is not part of this sandbox is 501 naming itself; an unknown path is 404', async () => {
  expect(await ask('GET', '/v1/coverage')).toMatchObject({
    status: 501,
    body: { error: { code: 'NOT_BUILT' } },
  });
  expect(await ask('POST', '/v1/stop')).toMatchObject({ status: 409 });
  expect(await ask('GET', '/v1/nothing')).toMatchObject({ status: 404 });
});

test('a malformed or misspelt body is refused by field', async () => {
  const misspelt = await ask('POST', '/v1/sql', { as: 'ana', statment: 'SELECT 1' });
  expect(misspelt.status).toBe(400);
  expect(misspelt.body.error.fields.map(({ field }: { field: string }) => field)).toContain('statement');
});

test('the contract names every route, its fields and a schema for its answer', async () => {
  const served = await ask('GET', '/v1/openapi.json');
  expect(served.body).toEqual(JSON.parse(JSON.stringify(openApiDocument())));
  for (const { path, method } of routes) {
    const operation = served.body.paths[path][method.toLowerCase()];
    expect(operation.responses['200'].content['application/json'].schema).toBeTypeOf('object');
  }
  const ids = routes.map(({ path, method }) => served.body.paths[path][method.toLowerCase()].operationId);
  expect(new Set(ids).size).toBe(routes.length);
  expect(served.body.paths['/v1/sql'].post.requestBody.content['application/json'].schema.required).toEqual([
    'statement',
  ]);
  const limit = served.body.paths['/v1/journal'].get.parameters.find(
    ({ name }: { name: string }) => name === 'limit',
  );
  expect(limit).toMatchObject({ in: 'query', required: false, schema: { default: 500 } });
});

test('fault rules are added, listed and removed', async () => {
  const rule = {
    match: { path: '/api/2.0/sql/*' },
    effect: { status: 429, headers: { 'retry-after': '1' } },
    times: 2,
  };
  const added = await ask('POST', '/v1/faults', rule);
  expect(added).toMatchObject({
    status: 200,
    body: { faults: [{ ...rule, id: 'fault-1', when: 'before', struck: 0 }] },
  });
  expect(sandbox.faults.list()).toHaveLength(1);
  expect(await ask('DELETE', '/v1/faults/fault-9')).toMatchObject({
    status: 404,
    body: { error: { code: 'UNKNOWN_FAULT', fix: 'Rules in force: fault-1.' } },
  });
  expect((await ask('DELETE', '/v1/faults/fault-1')).body).toEqual({ faults: [] });
  await ask('POST', '/v1/faults', { effect: { drop: true } });
  expect((await ask('DELETE', '/v1/faults')).body).toEqual({ faults: [] });
});

test('a fault rule that makes no sense is refused in plain words', async () => {
  expect(await ask('POST', '/v1/faults', { effect: {} })).toMatchObject({
    status: 400,
    body: { error: { code: 'BAD_FAULT', message: expect.stringContaining('latency, status, body or drop') } },
  });
  expect(await ask('POST', '/v1/faults', { effect: { stauts: 500 } })).toMatchObject({ status: 400 });
});
