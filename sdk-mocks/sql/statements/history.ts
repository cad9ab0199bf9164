import type { CellValue, Column } from '../contract.ts';
import type { CommandResult, Invocation, Of, Parts } from './context.ts';
import { tableNotView } from './errors.ts';
import { tableRef } from './names.ts';
import { isProtected } from './time-travel.ts';

const shape: readonly [string, string][] = [
  ['version', 'BIGINT'],
  ['timestamp', 'TIMESTAMP'],
  ['userId', 'STRING'],
  ['userName', 'STRING'],
  ['operation', 'STRING'],
  ['operationParameters', 'MAP<STRING, STRING>'],
  ['job', 'STRING'],
  ['notebook', 'STRING'],
  ['clusterId', 'STRING'],
  ['readVersion', 'BIGINT'],
  ['isolationLevel', 'STRING'],
  ['isBlindAppend', 'BOOLEAN'],
  ['operationMetrics', 'MAP<STRING, STRING>'],
  ['userMetadata', 'STRING'],
];

/**
 * DESCRIBE HISTORY, newest first (docs: table history). Users stay empty. Metrics are told to those only who see every
 * row: counts would tell of rows that a filter hides. Assumed: it needs SELECT. `job` and `notebook` are structs on the platform; here
 * they are always NULL.
 */
export function describeHistory(
  { catalog, resolver }: Parts,
  statement: Of<'describe_history'>,
  { caller, session }: Invocation,
): CommandResult {
  const found = resolver.relation(caller, statement.table, session);
  if (found.kind === 'view') throw tableNotView('DESCRIBE HISTORY', found.name);
  resolver.require(caller, 'SELECT', tableRef(found.name));
  const open = !isProtected(catalog, caller, found);
  const pairs = (given: Readonly<Record<string, string>> = {}): CellValue[] => Object.entries(given);
  const rows = catalog
    .history(found.name)
    .toReversed()
    .map(({ version, at, operation, parameters, metrics }): CellValue[] => [
      BigInt(version),
      BigInt(at) * 1000n,
      null,
      null,
      operation,
      open ? pairs(parameters) : [],
      null,
      null,
      null,
      version === 0 ? null : BigInt(version - 1),
      'WriteSerializable',
      operation === 'WRITE',
      open ? pairs(metrics) : [],
      null,
    ]);
  return { columns: shape.map(([name, type]): Column => ({ name, type, nullable: true })), rows, session };
}
