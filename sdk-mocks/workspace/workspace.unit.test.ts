import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ana, type Fixture, robot, startWorkspace } from '../../test/support/workspace.ts';
import { defineFamily, defineOperation } from './index.ts';

const echo = defineOperation({
  id: 'unit.echo',
  method: 'POST',
  path: '/api/2.0/unit/echo/{id}',
  scope: ['unit'],
  request: z.looseObject({ id: z.string() }),
  handle: ({ input }) => ({ input }),
  grade: 'thin',
  evidence: [],
});
const hang = defineOperation({
  id: 'unit.hang',
  method: 'GET',
  path: '/api/2.0/unit/hang',
  scope: null,
  request: z.object({}),
  handle: async ({ signal }) => {
    if (!signal.aborted) await once(signal, 'abort');
    return { aborted: true };
  },
  grade: 'thin',
  evidence: [],
});
const broken = defineOperation({
  id: 'unit.broken',
  method: 'GET',
  path: '/api/2.0/unit/broken',
  scope: null,
  request: z.object({}),
  handle: () => Promise.reject(new Error('secret detail')),
  grade: 'thin',
  evidence: [],
});
const families = [defineFamily({ name: 'unit', title: 'Unit', docs: '', operations: [echo, hang, broken] })];
const echoPath = 'POST /api/2.0/unit/echo/7';

function lastCall(house: Fixture) {
  return house.services.journal.entries({ kinds: ['call'] }).at(-1);
}

/** Waits for the journal to hold a call that satisfies the condition. */
async function journalled(house: Fixture, path: string) {
  for (;;) {
    const call = lastCall(house);
    if (call?.kind === 'call' && call.path === path) return call;
    await new Promise<void>((resolve) => {
      const stop = house.services.journal.follow(() => {
        stop();
        resolve();
      });
    });
  }
}

test('every answer carries the platform headers', async () => {
  await using house = await startWorkspace({ families });
  const answers = [
    await house.call(house.token(ana), echoPath, {}),
    await house.call(undefined, echoPath, {}),
    await house.call(house.token(ana), 'GET /api/2.0/nothing'),
    await house.call(undefined, 'GET /oidc/anything'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 200]);
  for (const { headers } of answers) {
    expect(headers.get('x-databricks-org-id')).toBe('7474656789012345');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('server')).toBe('databricks');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('path, query and body are merged, the path wins', async () => {
  await using house = await startWorkspace({ families });
  const { body } = await house.call(house.token(ana), `${echoPath}?a=1&a=2&b=x%20y`, {
    id: 'body',
    b: 3,
    __proto__: { polluted: true },
  });
  expect(body).toEqual({ input: { id: '7', a: ['1', '2'], b: 3 } });
});

test('no credential is 401, a wrong one 403, in the platform forms', async () => {
  await using house = await startWorkspace({ families });
  const none = await house.call(undefined, echoPath, {});
  expect(none).toMatchObject({ status: 401, body: { error_code: 401 } });
  const wrong = await house.call('garbage', echoPath, {});
  expect(wrong).toMatchObject({ status: 403, body: { error_code: 403, message: 'Invalid access token.' } });
  expect(lastCall(house)).toMatchObject({ caller: null, status: 403, errorCode: 403 });
});

test('an unknown path is 404 and printed without the version', async () => {
  await using house = await startWorkspace({ families });
  const token = house.token(ana);
  const message = async (line: string) => (await house.call(token, line)).body;
  expect(await message('GET /api/2.0/sql/statements/execute/x')).toEqual({
    error_code: 'ENDPOINT_NOT_FOUND',
    message: "No API found for 'GET /sql/statements/execute/x'",
  });
  expect(await message('PUT /api/2.1/unity-catalog/nope?secret=1')).toMatchObject({
    message: "No API found for 'PUT /unity-catalog/nope'",
  });
  expect(await message('GET /x')).toMatchObject({ message: "No API found for 'GET /x'" });
});

test('a known, unbuilt operation is 501 by name, and a fault rule stubs it', async () => {
  await using house = await startWorkspace({ families });
  const token = house.token(ana);
  const unbuilt = await house.call(token, 'GET /api/2.2/jobs/list');
  expect(unbuilt).toMatchObject({ status: 501, body: { error_code: 'NOT_IMPLEMENTED' } });
  expect(unbuilt.text).toContain('jobs.list');
  expect(unbuilt.text).toContain('service jobs');
  expect(lastCall(house)).toMatchObject({ operation: 'jobs.list', status: 501 });

  house.faults.add({
    match: { operation: 'jobs.list' },
    when: 'instead',
    effect: { status: 200, body: { jobs: [] } },
  });
  const stubbed = await house.call(token, 'GET /api/2.2/jobs/list');
  expect(stubbed).toMatchObject({ status: 200, body: { jobs: [] } });
  expect((await house.call(undefined, 'GET /api/2.2/jobs/list')).status).toBe(401);
  const narrow = house.token(ana, { scopes: ['sql'] });
  expect((await house.call(narrow, 'GET /api/2.2/jobs/list')).status).toBe(403);
});

test('a missing scope is 403 as text or JSON, and says what to change', async () => {
  await using house = await startWorkspace({ families });
  const obo = house.token(ana, { scopes: ['sql'], how: 'obo', app: 'orders' });
  const refused = await house.call(obo, echoPath, {});
  expect(refused.status).toBe(403);
  expect(refused.text).toBe('Invalid scope, required scopes: unit');
  expect(refused.headers.get('content-type')).toContain('text/plain');
  expect(lastCall(house)).toMatchObject({
    scopes: { required: ['unit'], satisfiedBy: null },
    explanation: {
      who: 'user ana@acme.test',
      fix: 'Add unit to user_api_scopes of the app orders, then sign in and consent again.',
    },
  });
  await using strict = await startWorkspace({ families, settings: { scopeErrorFormat: 'json' } });
  const json = await strict.call(strict.token(ana, { scopes: [], how: 'pat' }), echoPath, {});
  expect(json.body).toEqual({
    error_code: 'PERMISSION_DENIED',
    message: 'Provided access token does not have required scopes: unit',
  });
});

test('bodies that are not a JSON object, or too long, are refused', async () => {
  await using house = await startWorkspace({ families, settings: { maxBodyBytes: 100 } });
  const token = house.token(ana);
  for (const body of ['{"a":', '[1]', 'null', '"x"']) {
    expect(await house.call(token, echoPath, body)).toMatchObject({
      status: 400,
      body: { error_code: 'MALFORMED_REQUEST' },
    });
  }
  expect((await house.call(token, echoPath, { a: 'x'.repeat(200) })).status).toBe(413);
  const chunked = request(`${house.origin}/api/2.0/unit/echo/7`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  chunked.on('error', () => {});
  chunked.write('{"a":"');
  chunked.end(`${'x'.repeat(200)}"}`);
  const [answer] = await once(chunked, 'response');
  answer.resume();
  expect(answer.statusCode).toBe(413);
});

test('the journal tells who did what for which exchange', async () => {
  await using house = await startWorkspace({ families });
  const token = house.token(robot, { how: 'm2m', app: 'orders', scopes: ['unit'], exchange: 'exchange-1' });
  await house.call(token, `${echoPath}?secret=abc`, {});
  expect(lastCall(house)).toMatchObject({
    exchange: 'exchange-1',
    caller: {
      principal: robot.name,
      kind: 'service_principal',
      how: 'm2m',
      app: 'orders',
      tokenId: `id-of-${token}`,
    },
    operation: 'unit.echo',
    method: 'POST',
    path: '/api/2.0/unit/echo/7',
    status: 200,
    scopes: { required: ['unit'], satisfiedBy: 'unit' },
    userAgent: 'node',
  });
  expect(JSON.stringify(house.services.journal.entries())).not.toContain('abc');
});

test('a defect answers 500 without its detail, which goes to the log', async () => {
  await using house = await startWorkspace({ families });
  const answer = await house.call(house.token(ana), 'GET /api/2.0/unit/broken');
  expect(answer).toMatchObject({ status: 500, body: { error_code: 'INTERNAL_ERROR' } });
  expect(answer.text).not.toContain('secret detail');
  expect(house.logged.join('\n')).toContain('secret detail');
  expect(house.logged.join('\n')).toContain(answer.headers.get('x-request-id'));
});

test('a foreign Host and an absolute target are refused before anything else', async () => {
  await using house = await startWorkspace({ families });
  const port = new URL(house.origin).port;
  const raw = async (head: string) => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(`${head}\r\nAuthorization: Bearer ${house.token(ana)}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const chunk of socket) text += chunk;
    return text;
  };
  expect(await raw(`GET /x HTTP/1.1\r\nHost: evil.example:${port}`)).toMatch(/^HTTP\/1.1 421 /);
  expect(await raw(`GET /x HTTP/1.1\r\nHost: localhost:${port}`)).toMatch(/^HTTP\/1.1 421 /);
  expect(await raw(`GET http://127.0.0.1:${port}/x HTTP/1.1\r\nHost: 127.0.0.1:${port}`)).toMatch(/ 421 /);
  expect(await raw(`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${port}`)).toMatch(/^HTTP\/1.1 404 /);
});

test('a client that goes away aborts its operation', async () => {
  await using house = await startWorkspace({ families });
  const gone = new AbortController();
  const left = fetch(`${house.origin}/api/2.0/unit/hang`, {
    headers: { authorization: `Bearer ${house.token(ana)}` },
    signal: gone.signal,
  }).catch((error: Error) => error.name);
  await house.call(house.token(ana), echoPath, {});
  gone.abort();
  expect(await left).toBe('AbortError');
  expect(await journalled(house, '/api/2.0/unit/hang')).toMatchObject({ operation: 'unit.hang' });
});

test('parallel requests do not mix', async () => {
  await using house = await startWorkspace({ families });
  const token = house.token(ana);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => house.call(token, `POST /api/2.0/unit/echo/${n}`, { n })),
  );
  expect(answers.map(({ body }) => body)).toEqual(
    Array.from({ length: 50 }, (_, n) => ({ input: { id: String(n), n } })),
  );
});

test('faults strike before, instead of, and after the operation', async () => {
  await using house = await startWorkspace({ families });
  const token = house.token(ana);
  const path = '/api/2.0/unit/echo/7';
  house.faults.add({
    match: { operation: 'unit.echo' },
    effect: { status: 429, headers: { 'retry-after': '1' } },
    times: 1,
  });
  const limited = await house.call(undefined, echoPath, {});
  expect(limited).toMatchObject({ status: 429, body: { error_code: 'REQUEST_LIMIT_EXCEEDED' } });
  expect(limited.headers.get('retry-after')).toBe('1');

  house.faults.add({ match: { path }, when: 'after', effect: { drop: true }, times: 1 });
  await expect(house.call(token, echoPath, {})).rejects.toThrow();
  expect(lastCall(house)).toMatchObject({ status: 0, operation: 'unit.echo' });

  house.faults.add({ match: { path }, when: 'instead', effect: { body: { stubbed: true } }, times: 1 });
  expect((await house.call(token, echoPath, {})).body).toEqual({ stubbed: true });

  house.faults.add({ match: { path }, effect: { latency: 30 }, times: 1 });
  const before = performance.now();
  expect((await house.call(token, echoPath, {})).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThanOrEqual(28);
});

test('HEAD answers like GET without a body', async () => {
  await using house = await startWorkspace({ families });
  const head = await house.call(house.token(ana), 'HEAD /api/2.0/unit/broken');
  expect(head).toMatchObject({ status: 500, text: '' });
});

test('a taken port is named, with its holder', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    const failure = await startWorkspace({ families, port: address.port }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'PORT_TAKEN' });
    expect(String(failure)).toContain(`Port ${address.port}`);
    if (process.platform === 'linux') expect(String(failure)).toContain(`(pid ${process.pid})`);
  } finally {
    holder.close();
  }
});
