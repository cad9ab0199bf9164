import { SqlError } from '../../emulator/core/index.ts';
import type { Catalog, TableInfo } from './catalog/index.ts';
import { quotedName } from './dialect/index.ts';

/**
 * The table as it is now, when rows written for its columns of `before` still fit: another statement may have dropped
 * or replaced it, or changed its columns, while the rows were made.
 * @throws SqlError TABLE_OR_VIEW_NOT_FOUND, or DELTA_METADATA_CHANGED (text: Delta Lake's own).
 */
export function sameShape(catalog: Catalog, before: TableInfo): TableInfo {
  const now = catalog.relation(before.name);
  if (now?.kind !== 'table') {
    const { catalog: container, schema, name } = before.name;
    throw new SqlError(
      'TABLE_OR_VIEW_NOT_FOUND',
      '42P01',
      `The table or view ${quotedName([container, schema, name])} cannot be found.`,
    );
  }
  const shape = ({ columns, createdAt }: TableInfo) =>
    JSON.stringify([createdAt, ...columns.map(({ name, type, nullable }) => [name, type, nullable])]);
  if (shape(now) !== shape(before)) {
    throw new SqlError(
      'DELTA_METADATA_CHANGED',
      '2D521',
      'MetadataChangedException: The metadata of the Delta table has been changed by a concurrent update. Please try the operation again.',
    );
  }
  return now;
}
