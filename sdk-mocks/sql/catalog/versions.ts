import { z } from 'zod';
import type { Store } from '../../../emulator/state/index.ts';
import type { ObjectName, Segment, TableInfo, TableVersion, VersionDetail } from './contract.ts';
import { parts } from './reader.ts';
import { column, segmentsOf } from './rows.ts';

/** Versions of a table that can be read again. The platform keeps days of them; a sandbox keeps the last ones. */
const keptVersions = 30;
/** Rows that only earlier versions need, over all of them; older versions go first. */
const keptRows = 2_000_000;

const definition = z.object({
  columns: z.array(column),
  physical: z.array(z.tuple([z.string(), z.string()])),
});
const detail = z.object({
  metrics: z.record(z.string(), z.string()).exactOptional(),
  parameters: z.record(z.string(), z.string()).exactOptional(),
});

interface KeptRow {
  id: string;
  delete_vector: string | null;
  rows: number;
  since: number;
  until: number | null;
}

const same = 'catalog = ? AND schema = ? AND name = ?';
const identity = (segment: { id: string; deleteVector: string | null }): string =>
  `${segment.id} ${segment.deleteVector ?? ''}`;

/** Versions of tables: what was done, and which segments and columns each of them had. */
export interface Versions {
  /** Adds a version of the table as it is now, or completes the newest one. Runs inside the change's transaction. */
  record(table: TableInfo, at: number, operation: string, how?: VersionDetail): void;
  /** No version before the present one can be read any more. */
  forget(name: ObjectName): void;
  history(name: ObjectName): TableVersion[];
  at(table: TableInfo, version: number): TableInfo | undefined;
}

/**
 * A segment or delete vector has one row per stretch of versions that had it, so a version costs what it changed.
 * `onDropped` gets what no version needs any more.
 */
export function createVersions(store: Store, onDropped: (ids: readonly string[]) => void): Versions {
  const kept = (name: ObjectName): KeptRow[] =>
    store.all<KeptRow>(
      `SELECT id, delete_vector, rows, since, until FROM catalog_kept_segments WHERE ${same} ORDER BY since, place`,
      ...parts(name),
    );
  const latest = (name: ObjectName): number | undefined =>
    store.get<{ version: number | null }>(
      `SELECT max(version) AS version FROM catalog_history WHERE ${same}`,
      ...parts(name),
    )?.version ?? undefined;
  const end = (name: ObjectName, row: KeptRow, version: number) =>
    store.run(
      `UPDATE catalog_kept_segments SET until = ? WHERE ${same} AND id = ? AND delete_vector IS ? AND until IS NULL`,
      version,
      ...parts(name),
      row.id,
      row.delete_vector,
    );
  const begin = (name: ObjectName, { id, deleteVector, rows }: Segment, place: number, version: number) =>
    store.run(
      `INSERT INTO catalog_kept_segments (catalog, schema, name, id, delete_vector, rows, place, since)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...parts(name),
      id,
      deleteVector,
      rows,
      place,
      version,
    );
  const follow = (table: TableInfo, version: number) => {
    const now = new Set(table.segments.map(identity));
    const open = kept(table.name).filter((row) => row.until === null);
    const known = new Set<string>();
    for (const row of open) {
      const key = identity({ id: row.id, deleteVector: row.delete_vector });
      if (now.has(key)) known.add(key);
      else end(table.name, row, version);
    }
    for (const [place, segment] of table.segments.entries()) {
      if (!known.has(identity(segment))) begin(table.name, segment, place, version);
    }
  };
  /** Versions before `oldest` cannot be read any more. */
  const cut = (name: ObjectName, oldest: number) => {
    const gone = kept(name).filter((row) => row.until !== null && row.until <= oldest);
    store.run(
      `UPDATE catalog_history SET definition = NULL WHERE ${same} AND version < ? AND definition IS NOT NULL`,
      ...parts(name),
      oldest,
    );
    store.run(`DELETE FROM catalog_kept_segments WHERE ${same} AND until <= ?`, ...parts(name), oldest);
    onDropped(gone.flatMap(({ id, delete_vector }) => (delete_vector === null ? [id] : [id, delete_vector])));
  };

  return {
    record(table, at, operation, how = {}) {
      const { amend = false, ...rest } = how;
      const before = latest(table.name);
      const version = before === undefined ? 0 : amend ? before : before + 1;
      const rows = table.segments.reduce((sum, segment) => sum + segment.rows, 0);
      store.run(
        `INSERT OR REPLACE INTO catalog_history
          (catalog, schema, name, version, at, operation, rows, definition, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...parts(table.name),
        version,
        at,
        operation,
        rows,
        JSON.stringify({ columns: table.columns, physical: [...(table.physical ?? [])] }),
        JSON.stringify(rest),
      );
      follow(table, version);
      cut(table.name, oldestAffordable(kept(table.name), version));
    },
    forget(name) {
      const version = latest(name);
      if (version !== undefined) cut(name, version);
    },
    history: (name) =>
      store
        .all<{ version: number; at: number; operation: string; rows: number; kept: number; detail: string }>(
          `SELECT version, at, operation, rows, definition IS NOT NULL AS kept, detail FROM catalog_history
            WHERE ${same} ORDER BY version`,
          ...parts(name),
        )
        .map((row) => ({ ...row, kept: row.kept === 1, ...detail.parse(JSON.parse(row.detail)) }))
        .map(({ detail: _text, ...row }) => row),
    at(table, version) {
      const row = store.get<{ definition: string | null }>(
        `SELECT definition FROM catalog_history WHERE ${same} AND version = ?`,
        ...parts(table.name),
        version,
      );
      if (!row?.definition) return undefined;
      const { columns, physical } = definition.parse(JSON.parse(row.definition));
      const { physical: _now, ...rest } = table;
      const list = kept(table.name)
        .filter(({ since, until }) => since <= version && (until === null || until > version))
        .map(({ id, rows, delete_vector: deleteVector }) => ({ id, rows, deleteVector }));
      return {
        ...rest,
        columns,
        segments: segmentsOf(JSON.stringify(list)),
        ...(physical.length > 0 ? { physical: new Map(physical) } : {}),
      };
    },
  };
}

/** The oldest version to keep, so that neither versions nor rows only they need grow without end. */
function oldestAffordable(rows: readonly KeptRow[], version: number): number {
  const live = new Set(rows.filter((row) => row.until === null).map((row) => row.id));
  const largest = new Map<string, { rows: number; until: number }>();
  for (const row of rows) {
    if (row.until === null || live.has(row.id)) continue;
    const known = largest.get(row.id);
    largest.set(row.id, {
      rows: Math.max(row.rows, known?.rows ?? 0),
      until: Math.max(row.until, known?.until ?? 0),
    });
  }
  const oldest = Math.max(0, version - keptVersions + 1);
  let sum = 0;
  for (const one of [...largest.values()].sort((a, b) => b.until - a.until)) {
    sum += one.rows;
    if (sum > keptRows) return Math.max(oldest, one.until);
  }
  return oldest;
}
