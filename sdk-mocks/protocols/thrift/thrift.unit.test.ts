import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { SqlError } from '../../../emulator/core/index.ts';
import { protocolParts } from '../../../emulator/sandbox/protocols.ts';
import { ana, bob, type Fixture, startWorkspace, warehouseId } from '../../../test/support/workspace.ts';
import type { StatementRequest, StatementResult } from '../../sql/index.ts';
import { createProtocols, createResultLinks } from '../index.ts';
import { createSchema, ThriftReader, type ThriftStruct, ThriftWriter } from './codec/index.ts';
import type { ThriftSettings } from './settings.ts';

const schema = createSchema();
const minute = 60_000;

/** The service over stand-ins: two people who may use the warehouse, and what the warehouse is told to answer. */
function start(
  execute: (request: StatementRequest) => Promise<Partial<StatementResult>>,
  settings: Partial<ThriftSettings> = {},
) {
  const inactive = new Set<string>();
  return startWorkspace({
    families: [],
    allow: [`${ana.name} CAN_USE ${warehouseId}`, `${bob.name} CAN_USE ${warehouseId}`],
    execute,
    protocols: ({ clock, secrets, ...services }, faults) =>
      createProtocols({
        ...protocolParts({ clock, secrets, ...services }, faults),
        metadata: {
          catalogs: ({ principal }) => (principal.name === ana.name ? ['main', 'x_y'] : ['main']),
          schemas: () => ['default', 'sales'],
          relations: () => [],
          functions: () => [],
        },
        links: createResultLinks({ clock, secrets, active: (owner) => !inactive.has(owner) }),
        settings: { executeHold: 40, pollHold: 40, ...settings },
      }),
  }).then((house) => Object.assign(house, { inactive }));
}

const path = `/sql/1.0/warehouses/${warehouseId}`;

function message(method: string, request: ThriftStruct, name = `T${method}Req`): Buffer {
  const writer = new ThriftWriter(schema);
  writer.i32(0x80010001 | 0);
  writer.string(method);
  writer.i32(1);
  writer.byte(12);
  writer.i16(1);
  writer.struct(name, request);
  writer.byte(0);
  return writer.bytes();
}

async function post(house: Fixture, token: string | undefined, body: Buffer, at = path) {
  const response = await fetch(house.origin + at, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-thrift',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: new Uint8Array(body),
  });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

/** A response as untyped fields, as `JSON.parse` gives them. */
async function call(
  house: Fixture,
  token: string,
  method: string,
  request: ThriftStruct,
  at = path,
): Promise<ReturnType<typeof JSON.parse>> {
  const { status, bytes } = await post(house, token, message(method, request), at);
  expect(status).toBe(200);
  const reader = new ThriftReader(bytes, schema);
  const type = reader.i32() & 0xff;
  reader.string();
  reader.i32();
  if (type === 3) {
    reader.byte();
    reader.i16();
    return { exception: reader.string() };
  }
  reader.byte();
  reader.i16();
  return reader.struct(`T${method}Resp`);
}

const open = async (house: Fixture, token: string) =>
  (await call(house, token, 'OpenSession', { client_protocol_i64: 42248n })).sessionHandle;

const direct = { getDirectResults: { maxRows: 100n } };
const numbers = (count: number): Partial<StatementResult> => ({
  columns: [{ name: 'id', type: 'BIGINT', nullable: false }],
  rows: Array.from({ length: count }, (_, index) => [BigInt(index)]),
});

test('a statement comes back whole in one answer, and is closed', async () => {
  await using house = await start(async () => numbers(3));
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  const answer = await call(house, token, 'ExecuteStatement', {
    sessionHandle,
    statement: 'SELECT',
    ...direct,
  });
  expect(answer.directResults).toMatchObject({
    operationStatus: { operationState: 2 },
    resultSetMetadata: { resultFormat: 1, schema: { columns: [{ columnName: 'id', position: 1 }] } },
    resultSet: { hasMoreRows: false, results: { columns: [{ i64Val: { values: [0n, 1n, 2n] } }] } },
    closeOperation: { status: { statusCode: 0 } },
  });
  const again = await call(house, token, 'CloseOperation', { operationHandle: answer.operationHandle });
  expect(again.status).toMatchObject({
    statusCode: 3,
    sqlState: '08000',
    errorMessage: expect.stringContaining('Invalid OperationHandle'),
  });
});

test('pages by rows, from the start again when asked', async () => {
  await using house = await start(async () => numbers(5));
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  const { operationHandle } = await call(house, token, 'ExecuteStatement', {
    sessionHandle,
    statement: 'SELECT',
  });
  const page = async (orientation: number) =>
    await call(house, token, 'FetchResults', {
      operationHandle,
      orientation,
      maxRows: 2n,
      includeResultSetMetadata: true,
    });
  expect((await page(4)).results.columns[0].i64Val.values).toEqual([0n, 1n]);
  expect(await page(0)).toMatchObject({
    hasMoreRows: true,
    results: { startRowOffset: 2n },
    resultSetMetadata: { resultFormat: 1 },
  });
  expect((await page(0)).hasMoreRows).toBe(false);
  expect((await page(0)).results.columns[0].i64Val.values).toEqual([]);
  expect((await page(4)).results.startRowOffset).toBe(0n);
  expect((await page(5)).status).toMatchObject({ statusCode: 3, sqlState: 'HY106' });
});

test('a slow statement is polled for, and can be cancelled', async () => {
  let aborted = false;
  await using house = await start(
    ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          aborted = true;
          reject(new SqlError('OPERATION_CANCELED', 'HY008', 'Operation has been canceled.'));
        });
      }),
  );
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  const { operationHandle, directResults } = await call(house, token, 'ExecuteStatement', {
    sessionHandle,
    statement: 'SELECT',
    ...direct,
  });
  expect(directResults.operationStatus.operationState).toBe(1);
  expect((await call(house, token, 'GetOperationStatus', { operationHandle })).operationState).toBe(1);
  await call(house, token, 'CancelOperation', { operationHandle });
  expect(aborted).toBe(true);
  expect((await call(house, token, 'GetOperationStatus', { operationHandle })).operationState).toBe(3);
  const fetched = await call(house, token, 'FetchResults', { operationHandle, orientation: 0, maxRows: 1n });
  expect(fetched.status.statusCode).toBe(3);
});

test('a failed statement tells SQLSTATE and text, and the journal knows', async () => {
  await using house = await start(async () => {
    throw new SqlError(
      'INSUFFICIENT_PERMISSIONS',
      '42501',
      'Insufficient privileges:\nUser does not have SELECT',
    );
  });
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  const { directResults } = await call(house, token, 'ExecuteStatement', {
    sessionHandle,
    statement: 'SELECT',
    ...direct,
  });
  expect(directResults.operationStatus).toMatchObject({
    operationState: 5,
    sqlState: '42501',
    displayMessage: expect.stringContaining('User does not have SELECT'),
  });
  expect(house.services.journal.entries({ kinds: ['call'] }).at(-1)).toMatchObject({
    operation: 'thrift.ExecuteStatement',
    errorCode: '42501',
  });
});

test('handles are their owner’s, with the secret, and end when idle', async () => {
  await using house = await start(async () => numbers(1));
  const [mine, other] = [house.token(ana), house.token(bob)];
  const sessionHandle = await open(house, mine);
  const ask = (token: string, handle: ThriftStruct) =>
    call(house, token, 'GetInfo', { sessionHandle: handle, infoType: 17 });
  expect((await ask(mine, sessionHandle)).infoValue.stringValue).toBe('Spark SQL');
  const { sessionId } = sessionHandle;
  for (const [token, handle] of [
    [other, sessionHandle],
    [mine, { sessionId: { guid: sessionId.guid, secret: Buffer.alloc(16) } }],
    [mine, { sessionId: { guid: Buffer.alloc(3), secret: sessionId.secret } }],
  ] as const) {
    expect((await ask(token, handle)).status.errorMessage).toContain('Invalid SessionHandle');
  }
  house.services.clock.advance(9 * 60 * minute);
  expect((await ask(mine, sessionHandle)).status.errorMessage).toContain('Invalid SessionHandle');
});

test('large results go by links that are signed, expire, and end with their owner and session', async () => {
  await using house = await start(async () => numbers(3000), { cloudFetchBytes: 1000, fileBytes: 8 * 1000 });
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  const answer = await call(house, token, 'ExecuteStatement', {
    sessionHandle,
    statement: 'SELECT',
    canReadArrowResult: true,
    canDownloadResult: true,
    canDecompressLZ4Result: true,
    ...direct,
  });
  const { resultSetMetadata, resultSet, closeOperation } = answer.directResults;
  expect(resultSetMetadata).toMatchObject({ resultFormat: 3, lz4Compressed: true });
  expect(closeOperation).toBeUndefined();
  const [link, next] = resultSet.results.resultLinks;
  expect(next.startRowOffset).toBe(link.rowCount);
  const got = await fetch(link.fileLink);
  const bytes = Buffer.from(await got.arrayBuffer());
  expect(bytes.readUInt32LE(0)).toBe(0x184d2204);
  expect(bytes.length).toBe(Number(link.bytesNum) + 7 + 8);
  expect(Buffer.from(await (await fetch(link.fileLink)).arrayBuffer())).toEqual(bytes);
  const status = async (url: string) => (await fetch(url)).status;
  expect(await status(link.fileLink.replace(/signature=./, 'signature=x'))).toBe(403);
  expect(await status(link.fileLink.replace(/expires=\d+/, 'expires=99999999999999'))).toBe(403);
  house.inactive.add(ana.name);
  expect(await status(link.fileLink)).toBe(403);
  house.inactive.clear();
  house.services.clock.advance(16 * minute);
  expect(await status(link.fileLink)).toBe(403);
});

test('metadata is what the caller may see', async () => {
  await using house = await start(async () => numbers(1));
  const catalogs = async (token: string) => {
    const sessionHandle = await open(house, token);
    const { directResults } = await call(house, token, 'GetCatalogs', { sessionHandle, ...direct });
    return directResults.resultSet.results.columns[0].stringVal.values;
  };
  expect(await catalogs(house.token(ana))).toEqual(['main', 'x_y']);
  expect(await catalogs(house.token(bob))).toEqual(['main']);
});

test('bad input gets a clear answer, and the service goes on', async () => {
  await using house = await start(async () => numbers(1), { maxRequestBytes: 1000 });
  const token = house.token(ana);
  const sessionHandle = await open(house, token);
  expect((await post(house, undefined, message('CloseSession', { sessionHandle }))).status).toBe(401);
  const wrong = await post(house, 'nobody', message('CloseSession', { sessionHandle }));
  expect(wrong.status).toBe(403);
  expect(wrong.headers.get('x-thriftserver-error-message')).toContain('Invalid access token');
  const broken = await post(house, token, Buffer.from('GET / HTTP/1.1'));
  expect(broken.status).toBe(400);
  expect(broken.headers.get('x-databricks-reason-phrase')).toContain('strict binary protocol');
  expect((await post(house, token, Buffer.alloc(2000))).status).toBe(413);
  expect(
    (await post(house, token, message('CloseSession', { sessionHandle }), '/sql/1.0/warehouses/ffff')).status,
  ).toBe(404);
  expect((await fetch(house.origin + path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
    405,
  );
  expect(await call(house, token, 'GetDelegationToken', { sessionHandle, owner: 'x', renewer: 'y' })).toEqual(
    {
      exception: expect.stringContaining('no method GetDelegationToken'),
    },
  );
  const cut = message('CloseSession', { sessionHandle });
  const half = await post(house, token, cut.subarray(0, cut.length - 6));
  expect(half.status).toBe(200);
  expect(half.bytes.readUInt32BE(0)).toBe(0x80010003);
  const old = await call(house, token, 'OpenSession', { client_protocol: -7, client_protocol_i64: 1n });
  expect(old.serverProtocolVersion).toBe(42248);
  await cutConnection(house, token);
  expect((await call(house, token, 'CloseSession', { sessionHandle })).status.statusCode).toBe(0);
  expect(house.logged).toEqual([]);
});

/** Announces a body, sends half of it and hangs up. */
function cutConnection(house: Fixture, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const { host, port } = new URL(house.origin);
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 500\r\n\r\n\x80\x01`,
      );
      socket.end(() => resolve());
    });
    socket.on('error', reject);
  });
}

test('a fault rule answers by HTTP with the headers drivers read', async () => {
  await using house = await start(async () => numbers(1));
  house.faults.add({
    match: { operation: 'thrift.OpenSession' },
    effect: { status: 503, headers: { 'retry-after': '1' }, message: 'warming up' },
  });
  const answer = await post(house, house.token(ana), message('OpenSession', {}));
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  expect(answer.headers.get('x-thriftserver-error-message')).toBe('warming up');
});

test('side calls are answered at once', async () => {
  await using house = await start(async () => numbers(1));
  const token = house.token(ana);
  const flags = await house.call(token, 'GET /api/2.0/connector-service/feature-flags/PYTHON/4.9.0');
  expect(flags).toMatchObject({ status: 200, body: { flags: [], ttl_seconds: 900 } });
  expect((await house.call(token, 'POST /telemetry-ext', { protoLogs: ['{}'] })).body).toMatchObject({
    numSuccess: 1,
  });
  expect((await house.call(undefined, 'POST /telemetry-unauth', { protoLogs: [] })).status).toBe(200);
  expect(
    (await house.call(undefined, 'GET /api/2.0/connector-service/feature-flags/PYTHON/4.9.0')).status,
  ).toBe(401);
});
