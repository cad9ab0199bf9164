import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import { ana, bob, type Fixture, startWorkspace, warehouseId } from '../../../test/support/workspace.ts';
import type { StatementRequest, StatementResult } from '../../sql/index.ts';
import { family } from './family.ts';

const path = '/api/2.0/sql/statements';
const allow = [`${ana.name} CAN_USE ${warehouseId}`, `${bob.name} CAN_USE ${warehouseId}`];

/** `n` rows of about 1 KiB. */
const rows = (n: number) => async (request: StatementRequest) => ({
  columns: [
    { name: 'id', type: 'BIGINT', nullable: false },
    { name: 'text', type: 'STRING', nullable: true },
  ],
  rows: Array.from({ length: n }, (_, at) => [BigInt(at), at % 7 === 0 ? null : 'x'.repeat(1000)]),
  session: request.session,
});

const start = (
  execute: (request: StatementRequest) => Promise<Partial<StatementResult>>,
  wall?: () => number,
) => startWorkspace({ families: [family], allow, execute, ...(wall ? { wall } : {}) });

/** What the tests read of an answer. */
interface Body {
  statement_id: string;
  session_id: string;
  status: { state: string };
  manifest: {
    chunks: object[];
    total_chunk_count: number;
    total_row_count: number;
    total_byte_count: number;
  };
  result: { attachment: string; data_array: string[][] };
}
interface Link {
  chunk_index: number;
  row_count: number;
  byte_count: number;
  next_chunk_index?: number;
  next_chunk_internal_link?: string;
  external_link: string;
  expiration: string;
}

const ask = async (house: Fixture, more: object, token = house.token(ana)) => {
  const select = { statement: 'SELECT 1', warehouse_id: warehouseId, wait_timeout: '30s' };
  const { status, body } = await house.call(token, `POST ${path}`, { ...select, ...more });
  return { status, body: body as Body };
};

/** Follows the links to the end and gives every file. */
async function download(house: Fixture, body: Body): Promise<{ links: Link[]; files: Buffer[] }> {
  const links: Link[] = [];
  const files: Buffer[] = [];
  let chunk = body.result as unknown as { external_links: Link[] };
  for (;;) {
    const [link] = chunk.external_links;
    if (!link) throw new Error('a chunk without link');
    links.push(link);
    const answer = await fetch(link.external_link);
    expect(answer.status).toBe(200);
    files.push(Buffer.from(await answer.arrayBuffer()));
    if (!link.next_chunk_internal_link) return { links, files };
    chunk = (await house.call(house.token(ana), `GET ${link.next_chunk_internal_link}`)).body as typeof chunk;
  }
}

test('Arrow by links comes in chunks that are streams in themselves', async () => {
  await using house = await start(rows(20_000));
  const { body } = await ask(house, { disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' });
  expect(body.manifest).toMatchObject({ format: 'ARROW_STREAM', total_row_count: 20_000, truncated: false });
  expect(body.manifest.total_chunk_count).toBeGreaterThan(1);
  const { links, files } = await download(house, body);
  expect(links.map(({ chunk_index }) => chunk_index)).toEqual(body.manifest.chunks.map((_, index) => index));
  const tables = files.map((file) => tableFromIPC(file));
  expect(tables.map(({ numRows }) => numRows)).toEqual(links.map(({ row_count }) => row_count));
  expect(tables.reduce((sum, { numRows }) => sum + numRows, 0)).toBe(20_000);
  expect(tables.at(-1)?.getChild('id')?.toArray().at(-1)).toBe(19_999n);
  expect(body.manifest.total_byte_count).toBe(files.reduce((sum, { length }) => sum + length, 0));
});

test('JSON and CSV by links; names of columns stand in the first chunk of CSV only', async () => {
  await using house = await start(rows(20_000));
  const json = await download(house, (await ask(house, { disposition: 'EXTERNAL_LINKS' })).body);
  const cells: unknown[][] = json.files.flatMap((file) => JSON.parse(file.toString()));
  expect(cells.length).toBe(20_000);
  expect(cells.slice(0, 2)).toEqual([
    ['0', null],
    ['1', 'x'.repeat(1000)],
  ]);
  const csv = await download(
    house,
    (await ask(house, { disposition: 'EXTERNAL_LINKS', format: 'CSV' })).body,
  );
  const lines = csv.files.map((file) => file.toString().split('\n'));
  expect(lines[0]?.slice(0, 2)).toEqual(['id,text', '0,null']);
  expect(lines[1]?.[0]).toMatch(/^\d+,x+$/);
});

test('CSV quotes what needs it', async () => {
  await using house = await start(async () => ({
    columns: [{ name: 'a,b', type: 'STRING', nullable: true }],
    rows: [['plain'], ['say "hi", you'], ['two\nlines'], [null], ['null'], ['']],
  }));
  const { files } = await download(
    house,
    (await ask(house, { disposition: 'EXTERNAL_LINKS', format: 'CSV' })).body,
  );
  expect(files[0]?.toString()).toBe('"a,b"\nplain\n"say ""hi"", you"\n"two\nlines"\nnull\n"null"\n\n');
});

test('INLINE_OR_EXTERNAL_LINKS attaches what is small and links what is large', async () => {
  const hybrid = { disposition: 'INLINE_OR_EXTERNAL_LINKS', format: 'ARROW_STREAM' };
  await using small = await start(rows(3));
  const { body } = await ask(small, hybrid);
  expect(tableFromIPC(Buffer.from(body.result.attachment, 'base64')).numRows).toBe(3);
  expect(body.result).toMatchObject({ chunk_index: 0, row_offset: 0, row_count: 3 });
  const framed = (await ask(small, { ...hybrid, result_compression: 'LZ4_FRAME' })).body;
  expect(framed.manifest).toMatchObject({ result_compression: 'LZ4_FRAME' });
  expect(Buffer.from(framed.result.attachment, 'base64').readUInt32LE(0)).toBe(0x184d2204);
  const json = (await ask(small, { disposition: 'INLINE_OR_EXTERNAL_LINKS' })).body;
  expect(json.result.data_array.length).toBe(3);
  await using large = await start(rows(20_000));
  expect((await download(large, (await ask(large, hybrid)).body)).files.length).toBeGreaterThan(1);
});

test('a result without rows has its columns, a statement without a result has none', async () => {
  const links = { disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' };
  await using empty = await start(rows(0));
  const { files } = await download(empty, (await ask(empty, links)).body);
  expect(tableFromIPC(files[0]).schema.fields.map(({ name }) => name)).toEqual(['id', 'text']);
  await using ddl = await start(async () => ({ columns: [], rows: [] }));
  expect((await ask(ddl, links)).body).toMatchObject({
    manifest: {
      format: 'ARROW_STREAM',
      schema: { column_count: 0 },
      total_chunk_count: 0,
      total_byte_count: 0,
    },
    result: {},
  });
});

test('links expire, end with their statement and with their owner, carry no token, and bear no change', async () => {
  let now = Date.parse('2026-03-01T00:00:00Z');
  await using house = await start(rows(3), () => now);
  const links = { disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' };
  const token = house.token(ana);
  const { body } = await ask(house, links, token);
  const [link] = (body.result as unknown as { external_links: Link[] }).external_links;
  const url = link?.external_link ?? '';
  expect(url).not.toContain(token);
  expect(Date.parse(link?.expiration ?? '') - now).toBeLessThanOrEqual(15 * 60_000);
  const status = async (of: string) => (await fetch(of)).status;
  expect(await status(url)).toBe(200);
  expect(await status(url.replace(/signature=./, 'signature=_'))).toBe(403);
  expect(await status(url.replace(/expires=\d+/, `expires=${now + 99_999_999}`))).toBe(403);
  expect(
    (await house.call(house.token(bob), `GET ${path}/${body.statement_id}/result/chunks/0`)).status,
  ).toBe(404);
  now += 16 * 60_000;
  expect(await status(url)).toBe(403);
  const again = await house.call(token, `GET ${path}/${body.statement_id}/result/chunks/0`);
  const [fresh] = (again.body as { external_links: Link[] }).external_links;
  expect(await status(fresh?.external_link ?? '')).toBe(200);
  await house.call(token, `DELETE ${path}/${body.statement_id}`);
  expect(await status(fresh?.external_link ?? '')).toBe(403);
});

test('a chunk that does not exist is refused', async () => {
  await using house = await start(rows(3));
  const { body } = await ask(house, { disposition: 'EXTERNAL_LINKS' });
  const answer = await house.call(house.token(ana), `GET ${path}/${body.statement_id}/result/chunks/1`);
  expect(answer).toMatchObject({ status: 400, body: { error_code: 'INVALID_PARAMETER_VALUE' } });
});

test('a session keeps what USE changed, for its owner and its warehouse, until it is closed', async () => {
  const seen: StatementRequest['session'][] = [];
  await using house = await start(async ({ text, session }) => {
    seen.push(session);
    return {
      columns: [],
      rows: [],
      session: text.startsWith('USE') ? { ...session, schema: 'later' } : session,
    };
  });
  const token = house.token(ana);
  const open = await house.call(token, 'POST /api/2.0/sql/sessions/', {
    warehouse_id: warehouseId,
    catalog: 'sales',
    schema: 'first',
    session_confs: { timezone: 'Europe/Paris' },
  });
  const { session_id } = open.body as Body;
  await ask(house, { statement: 'USE SCHEMA later', session_id });
  await ask(house, { session_id });
  expect(seen).toMatchObject([
    { catalog: 'sales', schema: 'first', timeZone: 'Europe/Paris' },
    { catalog: 'sales', schema: 'later', timeZone: 'Europe/Paris' },
  ]);
  expect((await ask(house, { session_id }, house.token(bob))).status).toBe(404);
  const end = `DELETE /api/2.0/sql/sessions/${session_id}`;
  expect((await house.call(house.token(bob), `${end}?warehouse_id=${warehouseId}`)).status).toBe(404);
  expect(await house.call(token, end, { warehouse_id: warehouseId })).toMatchObject({
    status: 200,
    body: {},
  });
  expect((await ask(house, { session_id })).status).toBe(404);
});
