import { setImmediate as breath } from 'node:timers/promises';
import { ApiError } from '../../../emulator/core/index.ts';
import {
  allNative,
  createArrowEncoder,
  csvLines,
  jsonText,
  lz4Frame,
  parseType,
  rowSize,
} from '../../protocols/results/index.ts';
import type { CellValue, StatementResult } from '../../sql/index.ts';
import { columnInfo } from './columns.ts';
import type { ExecuteRequest } from './request.ts';
import type { Chunk, Delivered, JsonCell } from './statement.ts';

/** field: limit of an inline result, bytes, and the exact sentence (reference sql-wire 4.6). */
const inlineLimit = 26_214_400;
const tooLarge =
  `Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most ` +
  `${inlineLimit} bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download ` +
  'the full result.';

/** Bytes of rows in one file, roughly (assumed; recorded files have up to 15 MB). */
const chunkBytes = 8 * 1024 * 1024;
/** A result up to this many bytes is attached by INLINE_OR_EXTERNAL_LINKS (assumed). */
const attachedBytes = 5 * 1024 * 1024;

type Rows = readonly CellValue[][];

/**
 * Encodes a result once, as the request wants it; the rows themselves are not kept. Gives way to other work between
 * chunks.
 * @throws ApiError when the result is larger than can be delivered inline.
 */
export async function deliver(result: StatementResult, request: ExecuteRequest): Promise<Delivered> {
  const { columns, rows, truncated } = result;
  const { format, disposition, result_compression } = request;
  const infos = columns.map(({ name, type }, index) => columnInfo(name, parseType(type), index));
  const compression = format === 'ARROW_STREAM' && result_compression ? result_compression : undefined;
  const base = { format, columns: infos, rowCount: rows.length, truncated, compression };
  if (columns.length === 0) return { ...base, size: 0, content: { kind: 'none' } };
  if (format === 'JSON_ARRAY' && disposition !== 'EXTERNAL_LINKS') {
    const inline = inlineRows(result, disposition === 'INLINE' ? inlineLimit : attachedBytes);
    if (inline) return { ...base, size: inline.size, content: { kind: 'rows', rows: inline.rows } };
    if (disposition === 'INLINE') throw new ApiError(400, 'BAD_REQUEST', tooLarge);
  }
  const chunks = await encodeChunks(result, request);
  const size = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [only, ...others] = chunks;
  const small = only !== undefined && others.length === 0 && only.bytes.length <= attachedBytes;
  if (disposition === 'INLINE_OR_EXTERNAL_LINKS' && small)
    return { ...base, size, content: { kind: 'attachment', chunk: only } };
  return { ...base, size, content: { kind: 'files', chunks } };
}

/** Undefined when the cells are more than `limit` characters. */
function inlineRows(
  result: StatementResult,
  limit: number,
): { rows: JsonCell[][]; size: number } | undefined {
  const encode = rowEncoder(result);
  const rows: JsonCell[][] = [];
  let size = 0;
  for (const row of result.rows) {
    const cells = encode(row);
    for (const cell of cells) size += cell === null ? 4 : cell.length + 2;
    if (size > limit) return undefined;
    rows.push(cells);
  }
  return { rows, size };
}

function rowEncoder({ columns, session }: StatementResult): (row: readonly CellValue[]) => JsonCell[] {
  const texts = columns.map(({ type }) => jsonText(parseType(type), session.timeZone));
  return (row) =>
    texts.map((text, index) => {
      const value = row[index] ?? null;
      return value === null ? null : text(value);
    });
}

/** Each chunk is a file complete in itself. A result without rows is one file without rows (assumed). */
async function encodeChunks(result: StatementResult, request: ExecuteRequest): Promise<Chunk[]> {
  const encode = await fileEncoder(result, request);
  const chunks: Chunk[] = [];
  let offset = 0;
  do {
    const rows = nextRows(result.rows, offset);
    const { plain, bytes, contentType } = encode(rows, chunks.length);
    chunks.push({ rowOffset: offset, rowCount: rows.length, byteCount: plain, bytes, contentType });
    offset += rows.length;
    await breath();
  } while (offset < result.rows.length);
  return chunks;
}

function nextRows(rows: Rows, start: number): Rows {
  let end = start;
  let bytes = 0;
  while (end < rows.length) {
    bytes += rowSize(rows[end] ?? []);
    if (bytes > chunkBytes && end > start) break;
    end += 1;
  }
  return rows.slice(start, end);
}

type FileEncoder = (rows: Rows, index: number) => { plain: number; bytes: Buffer; contentType: string };

async function fileEncoder(result: StatementResult, request: ExecuteRequest): Promise<FileEncoder> {
  const { columns, session } = result;
  if (request.format === 'ARROW_STREAM') {
    const options = { natives: allNative, timeZone: session.timeZone, fieldMetadata: false };
    const encoder = await createArrowEncoder(columns, options);
    const compress = request.result_compression === 'LZ4_FRAME' ? lz4Frame : (bytes: Buffer) => bytes;
    return (rows) => {
      const stream = encoder.stream(rows);
      return { plain: stream.length, bytes: compress(stream), contentType: 'application/octet-stream' };
    };
  }
  const encode = rowEncoder(result);
  const head = csvLines([columns.map(({ name }) => name)]);
  const csv = request.format === 'CSV';
  return (rows, index) => {
    const cells = rows.map(encode);
    // Names of the columns stand in the first chunk only (docs: Statement Execution, format CSV).
    const text = csv ? (index === 0 ? head : '') + csvLines(cells) : JSON.stringify(cells);
    const bytes = Buffer.from(text);
    return { plain: bytes.length, bytes, contentType: csv ? 'text/csv' : 'application/json' };
  };
}
