import type { Segment, TableInfo } from '../catalog/index.ts';
import { notSupported } from '../dialect/index.ts';
import type { CommandResult, Invocation, Of, Parts } from './context.ts';
import { quoted, tableNotView } from './errors.ts';
import { tableRef } from './names.ts';
import { tableThen } from './time-travel.ts';

const shape = [
  'table_size_after_restore',
  'num_of_files_after_restore',
  'num_removed_files',
  'num_restored_files',
  'removed_files_size',
  'restored_files_size',
];

/**
 * RESTORE TABLE: the rows of an earlier version become a new one (docs: RESTORE). Segments stand for files; they have
 * no size in bytes, so sizes are NULL.
 * @throws SqlError of MODIFY, of time travel, and when the table had other columns then.
 */
export function restore(
  { catalog, resolver }: Parts,
  statement: Of<'restore'>,
  { caller, session }: Invocation,
): CommandResult {
  const now = resolver.relation(caller, statement.table, session);
  if (now.kind === 'view') throw tableNotView('RESTORE', now.name);
  resolver.require(caller, 'MODIFY', tableRef(now.name));
  const traveller = { catalog, caller, timeZone: session.timeZone };
  const { version, table: then } = tableThen(traveller, now, statement.to);
  if (columnsOf(then) !== columnsOf(now)) {
    const { catalog: container, schema, name } = now.name;
    throw notSupported(
      `RESTORE of ${quoted(container, schema, name)} to version ${version}, when it had other columns,`,
      'Create a table from SELECT ... VERSION AS OF instead.',
    );
  }
  const removed = without(now.segments, then.segments);
  const restored = without(then.segments, now.segments);
  const timestamp = 'timestamp' in statement.to ? statement.to.timestamp : null;
  catalog.setSegments(now.name, then.segments, 'RESTORE', {
    parameters: timestamp === null ? { version: `${version}` } : { timestamp },
    metrics: {
      numOfFilesAfterRestore: `${then.segments.length}`,
      numRemovedFiles: `${removed}`,
      numRestoredFiles: `${restored}`,
    },
  });
  return {
    columns: shape.map((name) => ({ name, type: 'BIGINT', nullable: true })),
    rows: [[null, BigInt(then.segments.length), BigInt(removed), BigInt(restored), null, null]],
    session,
  };
}

const columnsOf = ({ columns, physical }: TableInfo): string =>
  JSON.stringify([columns.map(({ name, type, nullable }) => [name, type, nullable]), [...(physical ?? [])]]);

function without(list: readonly Segment[], other: readonly Segment[]): number {
  const key = ({ id, deleteVector }: Segment) => `${id} ${deleteVector}`;
  const known = new Set(other.map(key));
  return list.filter((segment) => !known.has(key(segment))).length;
}
