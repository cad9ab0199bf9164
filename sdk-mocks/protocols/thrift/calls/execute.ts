import type { SqlSession, StatementResult } from '../../../sql/index.ts';
import { rowSize } from '../../results/index.ts';
import type { ThriftStruct } from '../codec/index.ts';
import type { Operation } from '../operation.ts';
import { sqlParameters } from '../parameters.ts';
import { type ExecuteRequest, executeStatement as executeRequest } from '../requests.ts';
import { type Delivery, ResultSet } from '../result-set.ts';
import type { CallContext } from '../service.ts';
import type { Session } from '../sessions.ts';
import type { ThriftSettings } from '../settings.ts';
import { failureOf, operationTypes, success } from '../status.ts';
import { directResults, operationHandle, settledWithin } from './operations.ts';

/** Starts a statement, waits a little for it, and gives what is ready as direct results. */
export async function executeStatement(raw: ThriftStruct, context: CallContext): Promise<ThriftStruct> {
  const { caller, target, parts, signal } = context;
  const request = executeRequest.parse(raw);
  const session = parts.sessions.find(request.sessionHandle.sessionId, caller, target);
  const parameters = sqlParameters(request.parameters ?? []);
  const operation = parts.sessions.addOperation(session, operationTypes.executeStatement);
  run(operation, session, request, parameters, context);
  const hold = request.runAsync === false ? Number.POSITIVE_INFINITY : parts.settings.executeHold;
  if (request.getDirectResults || request.runAsync === false)
    await settledWithin(operation.finished, hold, signal);
  return {
    status: success,
    operationHandle: operationHandle(operation),
    ...(await directResults(operation, session, request.getDirectResults, context)),
  };
}

/** Runs it to its end, whatever the client does meanwhile. Never rejects. */
async function run(
  operation: Operation,
  session: Session,
  request: ExecuteRequest,
  parameters: ReturnType<typeof sqlParameters>,
  { caller, parts }: CallContext,
): Promise<void> {
  const { clock, log, settings, links } = parts;
  const milliseconds = Number(request.queryTimeout ?? 0n) * 1000;
  const rows = Number(request.resultRowLimit ?? 0n);
  const timer =
    milliseconds > 0
      ? setTimeout(() => timeOut(operation, milliseconds, clock.now()), milliseconds)
      : undefined;
  try {
    const result = await parts.warehouse.execute({
      caller,
      text: request.statement,
      session: session.sql,
      parameters,
      limits: { ...(rows > 0 ? { rows } : {}), ...(milliseconds > 0 ? { milliseconds } : {}) },
      signal: operation.signal,
      statementId: operation.handle.id,
    });
    if (operation.state.state !== 'running') return;
    session.sql = result.session;
    const offer = { links, owner: caller.principal.name, group: session.handle.id };
    const set = new ResultSet(result, delivery(request, result, session.sql, settings), settings, offer);
    operation.end({ state: 'finished', result: set, affectedRows: result.affectedRows }, clock.now());
  } catch (error) {
    operation.end({ state: 'failed', failure: failureOf(error, operation.handle.id, log) }, clock.now());
  } finally {
    clearTimeout(timer);
  }
}

function timeOut(operation: Operation, milliseconds: number, now: number): void {
  const message = `Query timed out after ${milliseconds / 1000} seconds`;
  operation.end({ state: 'timed out', failure: { message, sqlState: 'HYT00', explanation: undefined } }, now);
  operation.cancel(now);
}

/** Columns unless the client reads Arrow, whatever else it says it can do; files only for large results. */
function delivery(
  request: ExecuteRequest,
  { rows }: StatementResult,
  { timeZone }: SqlSession,
  { cloudFetchBytes }: ThriftSettings,
): Delivery {
  const native = request.useArrowNativeTypes ?? {};
  const natives = {
    timestamps: native.timestampAsArrow ?? false,
    decimals: native.decimalAsArrow ?? false,
    nested: native.complexTypesAsArrow ?? false,
    intervals: native.intervalTypesAsArrow ?? false,
    voids: native.nullTypeAsArrow ?? false,
  };
  if (!request.canReadArrowResult) return { format: 'columns', lz4: false, natives, timeZone };
  const lz4 = request.canDecompressLZ4Result ?? false;
  const large = request.canDownloadResult === true && exceeds(rows, cloudFetchBytes);
  return { format: large ? 'urls' : 'arrow', lz4, natives, timeZone };
}

function exceeds(rows: StatementResult['rows'], limit: number): boolean {
  let bytes = 0;
  return rows.some((row) => {
    bytes += rowSize(row);
    return bytes > limit;
  });
}
