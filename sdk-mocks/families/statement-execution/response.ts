import type { Reply, Services } from '../../workspace/index.ts';
import type { Chunk, Delivered, Statement, StatementFailure } from './statement.ts';

/** Who asks and how they came: links lead back there, and are theirs. */
export interface Reader {
  caller: { principal: { name: string } };
  /** `http://127.0.0.1:PORT` */
  origin: string;
  services: Services;
}

/** The answer about a statement (reference sql-wire 4.3, recorded key sets). HTTP 200 also for a failed one. */
export function statementReply(statement: Statement, reader: Reader): Reply {
  const { id: statement_id, status } = statement;
  if (status.state === 'SUCCEEDED') {
    const { result } = status;
    const first = chunkBody(statement_id, result, 0, reader) ?? {};
    const body = {
      statement_id,
      status: { state: 'SUCCEEDED' },
      manifest: manifest(result),
      result: first,
    };
    return { body };
  }
  if (status.state === 'FAILED') return failedReply(statement_id, status.failure);
  return { body: { statement_id, status: { state: status.state } } };
}

function failedReply(statement_id: string, failure: StatementFailure): Reply {
  const { code, message, sqlState, explanation } = failure;
  return {
    body: {
      statement_id,
      status: {
        state: 'FAILED',
        error: { error_code: code, message },
        ...(sqlState === undefined ? {} : { sql_state: sqlState }),
      },
    },
    note: { errorCode: code, message, ...(explanation ? { explanation } : {}) },
  };
}

function manifest({ format, columns, content, rowCount, truncated, compression }: Delivered): object {
  const compressed = compression === undefined ? {} : { result_compression: compression };
  const bytes = format === 'JSON_ARRAY' ? {} : { total_byte_count: 0 };
  if (content.kind === 'none') {
    const counts = { total_chunk_count: 0, total_row_count: 0, ...bytes };
    return { format, schema: { column_count: 0 }, ...counts, truncated: false, ...compressed };
  }
  const schema = { column_count: columns.length, columns };
  if (content.kind === 'rows') {
    const chunks = [{ chunk_index: 0, row_offset: 0, row_count: rowCount }];
    return { format, schema, total_chunk_count: 1, chunks, total_row_count: rowCount, truncated };
  }
  const chunks = content.kind === 'files' ? content.chunks : [content.chunk];
  return {
    format,
    schema,
    total_chunk_count: chunks.length,
    chunks: chunks.map(({ rowOffset, rowCount: row_count, byteCount }, chunk_index) => ({
      chunk_index,
      row_offset: rowOffset,
      row_count,
      byte_count: byteCount,
    })),
    total_row_count: rowCount,
    total_byte_count: chunks.reduce((sum, { byteCount }) => sum + byteCount, 0),
    truncated,
    ...compressed,
  };
}

/** One chunk of a result; undefined when it has no such chunk. */
export function chunkBody(
  id: string,
  { content, rowCount }: Delivered,
  index: number,
  reader: Reader,
): object | undefined {
  if (content.kind === 'files') {
    const chunk = content.chunks[index];
    return chunk && { external_links: [link(id, chunk, index, content.chunks.length, reader)] };
  }
  if (index > 0 || content.kind === 'none') return undefined;
  const place = { chunk_index: 0, row_offset: 0, row_count: rowCount };
  if (content.kind === 'rows') return { ...place, data_array: content.rows };
  const { bytes } = content.chunk;
  return { ...place, byte_count: bytes.length, attachment: bytes.toString('base64') };
}

/** A fresh link: it expires, carries no token, and ends with its statement and with its owner's right to read. */
function link(id: string, chunk: Chunk, index: number, count: number, reader: Reader): object {
  const { bytes, contentType, rowOffset, rowCount } = chunk;
  const owner = reader.caller.principal.name;
  const { path, expiresAt } = reader.services.ports.results.offer({
    owner,
    group: id,
    contentType,
    bytes: () => bytes,
  });
  const next = index + 1;
  return {
    chunk_index: index,
    row_offset: rowOffset,
    row_count: rowCount,
    byte_count: bytes.length,
    ...(next < count
      ? {
          next_chunk_index: next,
          next_chunk_internal_link: `/api/2.0/sql/statements/${id}/result/chunks/${next}`,
        }
      : {}),
    external_link: `${reader.origin}${path}`,
    expiration: new Date(expiresAt).toISOString(),
  };
}
