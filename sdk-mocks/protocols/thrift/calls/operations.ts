import type { ThriftStruct } from '../codec/index.ts';
import { identifier } from '../handles.ts';
import type { Operation } from '../operation.ts';
import { type DirectResults, fetchResults as fetchRequest, onOperation } from '../requests.ts';
import type { ResultSet } from '../result-set.ts';
import type { CallContext } from '../service.ts';
import type { Session } from '../sessions.ts';
import { operationStates, success, ThriftFailure } from '../status.ts';

export function operationHandle({ handle, type }: Operation): ThriftStruct {
  return { operationId: identifier(handle), operationType: type, hasResultSet: true };
}

/** Holds the question a while when the statement still runs: the Python driver asks again without a pause. */
export async function getOperationStatus(request: ThriftStruct, context: CallContext): Promise<ThriftStruct> {
  const { operation } = find(request, context);
  await settledWithin(operation.finished, context.parts.settings.pollHold, context.signal);
  return statusOf(operation, context);
}

export function cancelOperation(request: ThriftStruct, context: CallContext): ThriftStruct {
  find(request, context).operation.cancel(context.parts.clock.now());
  return { status: success };
}

export function closeOperation(request: ThriftStruct, context: CallContext): ThriftStruct {
  const { session, operation } = find(request, context);
  context.parts.sessions.closeOperation(session, operation);
  return { status: success };
}

export async function getResultSetMetadata(
  request: ThriftStruct,
  context: CallContext,
): Promise<ThriftStruct> {
  const { operation } = find(request, context);
  return (await resultOf(operation, context)).metadata();
}

const fetchNext = 0;
const fetchFirst = 4;

export async function fetchResults(raw: ThriftStruct, context: CallContext): Promise<ThriftStruct> {
  const request = fetchRequest.parse(raw);
  const { operation } = find(raw, context);
  const result = await resultOf(operation, context);
  const { orientation, startRowOffset } = request;
  if (orientation !== fetchNext && orientation !== fetchFirst) {
    throw new ThriftFailure(
      'HY106',
      `The fetch orientation ${orientation} is not supported; use FETCH_NEXT or FETCH_FIRST.`,
    );
  }
  if (startRowOffset !== undefined) result.seek(Number(startRowOffset));
  else if (orientation === fetchFirst) result.seek(0);
  const page = await result.page(pageRequest(request, context));
  return request.includeResultSetMetadata ? { ...page, resultSetMetadata: await result.metadata() } : page;
}

/**
 * What an answer may carry at once: status, and when the operation has finished its metadata, first page and, when
 * that is all, the word that it is closed.
 */
export async function directResults(
  operation: Operation,
  session: Session,
  wanted: DirectResults | undefined,
  context: CallContext,
): Promise<ThriftStruct> {
  if (!wanted) return {};
  const operationStatus = statusOf(operation, context);
  if (operation.state.state !== 'finished') return { directResults: { operationStatus } };
  const { result } = operation.state;
  const resultSetMetadata = await result.metadata();
  const resultSet = await result.page(pageRequest(wanted, context));
  const whole = resultSet['hasMoreRows'] === false && result.format !== 'urls';
  if (whole) context.parts.sessions.closeOperation(session, operation);
  return {
    directResults: {
      operationStatus,
      resultSetMetadata,
      resultSet,
      ...(whole ? { closeOperation: { status: success } } : {}),
    },
  };
}

function pageRequest(
  { maxRows, maxBytes }: { maxRows: bigint; maxBytes?: bigint | undefined },
  { origin }: CallContext,
) {
  return {
    maxRows: maxRows > 0n ? Number(maxRows) : Number.POSITIVE_INFINITY,
    maxBytes: maxBytes !== undefined && maxBytes > 0n ? Number(maxBytes) : Number.POSITIVE_INFINITY,
    origin,
  };
}

function find(request: ThriftStruct, { caller, target, parts }: CallContext) {
  return parts.sessions.findOperation(onOperation.parse(request).operationHandle.operationId, caller, target);
}

/** TGetOperationStatusResp. Failures of a statement are told here, not by the status of the call. */
function statusOf(operation: Operation, context: CallContext): ThriftStruct {
  const { state } = operation;
  const times = {
    operationStarted: operation.startedAt,
    ...(operation.completedAt === undefined ? {} : { operationCompleted: operation.completedAt }),
  };
  const base = { status: success, ...times };
  switch (state.state) {
    case 'running':
      return { ...base, operationState: operationStates.running };
    case 'canceled':
      return { ...base, operationState: operationStates.canceled };
    case 'finished':
      return {
        ...base,
        operationState: operationStates.finished,
        hasResultSet: true,
        ...(state.affectedRows === undefined ? {} : { numModifiedRows: state.affectedRows }),
      };
    default: {
      context.note(state.failure);
      const { message, sqlState } = state.failure;
      return {
        ...base,
        operationState: state.state === 'failed' ? operationStates.error : operationStates.timedOut,
        ...(sqlState === undefined ? {} : { sqlState }),
        errorCode: 0,
        errorMessage: message,
        displayMessage: message,
        diagnosticInfo: message,
      };
    }
  }
}

/** @throws ThriftFailure when there is no result to read; a running statement is waited for a while first. */
async function resultOf(operation: Operation, { parts, signal }: CallContext): Promise<ResultSet> {
  await settledWithin(operation.finished, parts.settings.pollHold, signal);
  const { state } = operation;
  if (state.state === 'finished') return state.result;
  if (state.state === 'failed' || state.state === 'timed out') {
    throw new ThriftFailure(state.failure.sqlState ?? 'HY000', state.failure.message);
  }
  throw new ThriftFailure(
    'HY010',
    `The operation ${operation.handle.id} is ${state.state}: it has no result.`,
  );
}

/** Waits until `work` settles, `milliseconds` of wall time have passed, or the client is gone. */
export function settledWithin(work: Promise<void>, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = Number.isFinite(milliseconds) ? setTimeout(end, milliseconds) : undefined;
    signal.addEventListener('abort', end);
    work.then(end);
    if (signal.aborted) end();
  });
}
