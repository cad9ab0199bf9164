import { ApiError, BrickboxError, SqlError } from '../../../emulator/core/index.ts';
import type { Services } from '../../workspace/index.ts';
import { deliver } from './delivery.ts';
import type { ExecuteRequest } from './request.ts';
import type { DriverSession } from './sessions.ts';
import type { Statement, StatementFailure } from './statement.ts';

type Caller = Parameters<Services['policy']['authorizer']['check']>[0];

/** Runs a statement to its end, whatever the client does meanwhile. Never rejects: a failure becomes its status. */
export async function run(
  statement: Statement,
  request: ExecuteRequest,
  caller: Caller,
  services: Services,
  session?: DriverSession,
): Promise<void> {
  try {
    const pending = services.warehouse.execute({
      caller,
      text: request.statement,
      session: sessionOf(request, services, session),
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
    if (statement.final) return;
    if (session) session.sql = result.session;
    statement.become({ state: 'SUCCEEDED', result: await deliver(result, request) });
  } catch (error) {
    statement.become({ state: 'FAILED', failure: failureOf(error, statement.id, services) });
  }
}

function sessionOf({ catalog, schema }: ExecuteRequest, { ports }: Services, session?: DriverSession) {
  const defaults = session?.sql ?? ports.warehouses.session();
  return {
    ...defaults,
    ...(catalog === undefined ? {} : { catalog }),
    // Naming a catalog alone starts in its schema `default`, as USE CATALOG does (docs: USE CATALOG).
    ...(schema === undefined ? (catalog === undefined ? {} : { schema: 'default' }) : { schema }),
  };
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
