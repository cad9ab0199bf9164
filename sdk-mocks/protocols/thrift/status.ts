import {
  ApiError,
  BrickboxError,
  type Explanation,
  type Log,
  SqlError,
} from '../../../emulator/core/index.ts';
import type { ThriftStruct } from './codec/index.ts';

/** Values of TStatusCode, TOperationState, TOperationType and TSparkRowSetType that are used. */
export const statusCodes = { success: 0, error: 3 } as const;
export const operationStates = {
  running: 1,
  finished: 2,
  canceled: 3,
  closed: 4,
  error: 5,
  timedOut: 8,
} as const;
export const operationTypes = {
  executeStatement: 0,
  getTypeInfo: 1,
  getCatalogs: 2,
  getSchemas: 3,
  getTables: 4,
  getTableTypes: 5,
  getColumns: 6,
  getFunctions: 7,
  unknown: 8,
} as const;
export const rowSetTypes = { arrow: 0, columns: 1, urls: 3 } as const;

export const success: ThriftStruct = { statusCode: statusCodes.success };

/** A call that is answered with an error status. */
export class ThriftFailure extends Error {
  override readonly name = 'ThriftFailure';
  readonly sqlState: string;

  constructor(sqlState: string, message: string) {
    super(message);
    this.sqlState = sqlState;
  }

  status(): ThriftStruct {
    const { message, sqlState } = this;
    return {
      statusCode: statusCodes.error,
      infoMessages: [`*org.apache.hive.service.cli.HiveSQLException:${message}`],
      sqlState,
      errorCode: 0,
      errorMessage: message,
      displayMessage: message,
    };
  }
}

/** Recorded text and SQLSTATE (reference sql-wire 3.7, 3.13). */
export function invalidOperation(id: string): ThriftFailure {
  const text = `OperationHandle [opType=UNKNOWN_OPERATION, getHandleIdentifier()=${id}]`;
  return new ThriftFailure('08000', `Invalid OperationHandle: ${text}`);
}

export function invalidSession(id: string): ThriftFailure {
  return new ThriftFailure('08000', `Invalid SessionHandle: SessionHandle [${id}]`);
}

/** What became of a statement that failed. */
export interface StatementFailure {
  message: string;
  sqlState: string | undefined;
  explanation: Explanation | undefined;
}

export function failureOf(error: unknown, id: string, log: Log): StatementFailure {
  if (error instanceof SqlError) {
    return { message: error.message, sqlState: error.sqlState, explanation: error.explanation };
  }
  if (error instanceof ThriftFailure) {
    return { message: error.message, sqlState: error.sqlState, explanation: undefined };
  }
  if (error instanceof ApiError && error.status < 500) {
    return { message: error.message, sqlState: undefined, explanation: error.explanation };
  }
  if (error instanceof BrickboxError && error.kind === 'user') {
    const message = error.fix ? `${error.message} ${error.fix}` : error.message;
    return { message, sqlState: undefined, explanation: undefined };
  }
  log.error(
    `statement ${id} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  const message = `Brickbox failed to run the statement; its log tells more under statement ${id}.`;
  return { message, sqlState: 'XX000', explanation: undefined };
}
