import { ApiError, BrickboxError, SqlError } from '../../../emulator/core/index.ts';
import { parseType } from '../../protocols/results/index.ts';
import type { StatementResult } from '../../sql/index.ts';
import type { Services } from '../../workspace/index.ts';
import { columnInfo } from './json/columns.ts';
import { cellEncoder } from './json/encode.ts';
import type { ExecuteRequest } from './request.ts';
import type { InlineResult, Statement, StatementFailure } from './statement.ts';

type Caller = Parameters<Services['policy']['authorizer']['check']>[0];

/** field: limit of an inline result, bytes, and the exact sentence (reference sql-wire 4.6). */
const inlineLimit = 26_214_400;
const tooLarge =
  `Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most ` +
  `${inlineLimit} bytes. Please execute the statement with disposition=EXTERNAL_LINKS if you want to download ` +
  'the full result.';

/** Runs a statement to its end, whatever the client does meanwhile. Never rejects: a failure becomes its status. */
export async function run(
  statement: Statement,
  request: ExecuteRequest,
  caller: Caller,
  services: Services,
): Promise<void> {
  try {
    const pending = services.warehouse.execute({
      caller,
      text: request.statement,
      session: sessionOf(request, services),
      parameters: request.parameters.map(({ name, ordinal, value, type }) => ({
        ...(name === undefined ? {} : { name }),
        ...(ordinal === undefined ? {} : { ordinal }),
        ...(type === undefined ? {} : { type }),
        value: value ?? null,
      })),
      limits: {
        ...(request.row_limit === undefined ? {} : { rows: request.row_limit }),
        ...(request.byte_limit === undefined ? {} : { bytes: request.byte_limit }),
      },
      signal: statement.signal,
      statementId: statement.id,
    });
    statement.become({ state: 'RUNNING' });
    const result = await pending;
    if (!statement.final) statement.become({ state: 'SUCCEEDED', result: inline(result) });
  } catch (error) {
    statement.become({ state: 'FAILED', failure: failureOf(error, statement.id, services) });
  }
}

function sessionOf({ catalog, schema }: ExecuteRequest, { ports }: Services) {
  const defaults = ports.warehouses.session();
  return {
    ...defaults,
    ...(catalog === undefined ? {} : { catalog }),
    // Naming a catalog alone starts in its schema `default`, as USE CATALOG does (docs: USE CATALOG).
    ...(schema === undefined ? (catalog === undefined ? {} : { schema: 'default' }) : { schema }),
  };
}

/** @throws ApiError when the result is larger than can be delivered inline. */
function inline({ columns, rows, truncated, session }: StatementResult): InlineResult {
  const types = columns.map(({ type }) => parseType(type));
  const encoders = types.map((type) => cellEncoder(type, session.timeZone));
  let size = 0;
  const encoded = rows.map((row) =>
    encoders.map((encode, index) => {
      const cell = encode(row[index] ?? null);
      size += cell === null ? 4 : cell.length + 2;
      if (size > inlineLimit) throw new ApiError(400, 'BAD_REQUEST', tooLarge);
      return cell;
    }),
  );
  const infos = columns.map(({ name }, index) =>
    columnInfo(name, types[index] ?? parseType('STRING'), index),
  );
  return { columns: infos, rows: encoded, truncated, size };
}

function failureOf(error: unknown, id: string, { log }: Services): StatementFailure {
  if (error instanceof SqlError) {
    const { message, sqlState, explanation } = error;
    return { code: 'BAD_REQUEST', message, sqlState, explanation };
  }
  if (error instanceof ApiError && error.status < 500) {
    const { message, explanation } = error;
    return { code: 'BAD_REQUEST', message, sqlState: undefined, explanation };
  }
  if (error instanceof BrickboxError && error.kind === 'user') {
    const message = error.fix ? `${error.message} ${error.fix}` : error.message;
    return { code: 'BAD_REQUEST', message, sqlState: undefined, explanation: undefined };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error(`statement ${id} failed: ${detail}`);
  return {
    code: 'INTERNAL_ERROR',
    message: `Brickbox failed to run the statement; its log tells more under statement ${id}.`,
    sqlState: undefined,
    explanation: undefined,
  };
}
