import { SqlError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/policy/index.ts';
import { type Catalog, effectivePolicies, type TableInfo, type TableVersion } from '../catalog/index.ts';
import { notSupported, type Travel } from '../dialect/index.ts';
import { quoted } from './errors.ts';
import { epochOf, shownMoment } from './moments.ts';

/** A table as a caller may see an earlier version of it. */
export interface Traveller {
  catalog: Catalog;
  caller: Caller;
  timeZone: string;
}

/**
 * The version that a time travel means, and the table as it was then.
 * @throws SqlError when the caller meets a row filter or mask on the table (docs: limitations of row filters and
 * column masks), or the version or moment is not there. Classes and texts: code, Delta Lake's delta-error-classes.json.
 */
export function tableThen(
  { catalog, caller, timeZone }: Traveller,
  table: TableInfo,
  travel: Travel,
): { version: number; table: TableInfo } {
  refuseProtected(catalog, caller, table);
  const history = catalog.history(table.name);
  const version = 'version' in travel ? travel.version : atMoment(table, history, travel.timestamp, timeZone);
  const then = catalog.tableAt(table.name, version);
  if (!then) throw versionNotFound(history, version);
  return { version, table: then };
}

/** Does the caller meet a row filter or mask of the table, its policies' included? */
export function isProtected(catalog: Catalog, caller: Caller, table: TableInfo): boolean {
  const { rowFilter, masks } = effectivePolicies(catalog, table, caller.principal);
  return rowFilter !== null || masks.size > 0;
}

/** Filters and masks of today do not fit rows and columns of then. The platform's own class is not public: assumed. */
function refuseProtected(catalog: Catalog, caller: Caller, table: TableInfo): void {
  if (!isProtected(catalog, caller, table)) return;
  const { catalog: container, schema, name } = table.name;
  throw notSupported(
    `Time travel on ${quoted(container, schema, name)}, because the table has a row filter or column mask,`,
    'Read the present version of the table.',
  );
}

function kept(history: readonly TableVersion[]): { first: TableVersion; last: TableVersion } | undefined {
  const [first, last] = [history.find((one) => one.kept), history.at(-1)];
  return first && last ? { first, last } : undefined;
}

function versionNotFound(history: readonly TableVersion[], version: number): SqlError {
  const range = kept(history);
  const known = range ? `[${range.first.version}, ${range.last.version}]` : '[]';
  return new SqlError(
    'DELTA_VERSION_NOT_FOUND',
    '22003',
    `Cannot time travel Delta table to version ${version}. Available versions: ${known}.`,
    {
      rule: `versions ${known} of the table are kept`,
      fix: 'Name one of these. Brickbox keeps the last versions of a table, and none from before it was replaced or lost a column.',
    },
  );
}

/** The last version that was there at the moment. */
function atMoment(
  table: TableInfo,
  history: readonly TableVersion[],
  text: string,
  timeZone: string,
): number {
  const moment = epochOf(text, timeZone);
  if (moment === undefined) {
    throw new SqlError(
      'INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT',
      '42K0E',
      `The time travel timestamp expression "${text}" is invalid. Cannot be casted to the "TIMESTAMP" type.`,
    );
  }
  const range = kept(history);
  if (!range) throw versionNotFound(history, 0);
  const { first, last } = range;
  const shown = shownMoment(moment, timeZone);
  if (moment < first.at) {
    const earliest = shownMoment(first.at, timeZone);
    throw new SqlError(
      'DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION',
      '42816',
      `The provided timestamp (${shown}) is before the earliest version available to this table (${earliest}). Please use a timestamp after ${earliest}.`,
    );
  }
  if (moment > last.at) {
    throw new SqlError(
      'DELTA_TIMESTAMP_GREATER_THAN_COMMIT',
      '42816',
      `The provided timestamp (${shown}) is after the latest version available to this table (${table.name.name}). Please use a timestamp before or at ${shownMoment(last.at, timeZone)}.`,
    );
  }
  return history.findLast((one) => one.at <= moment)?.version ?? last.version;
}
