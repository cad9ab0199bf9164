import { SqlError } from '../../emulator/core/index.ts';
import type { Catalog, Segment, TableInfo } from './catalog/index.ts';
import type { ChangeAction, ChangePlan } from './change-plans.ts';
import { parseType } from './dialect/index.ts';
import { type Connections, createTableSql, type Engine } from './duckdb/index.ts';
import { rowIdShift } from './governance/index.ts';
import { sameShape } from './same-shape.ts';

/** Rows that a change touched, by kind. */
export interface ChangeCounts {
  updated: number;
  deleted: number;
  inserted: number;
}

/** A change ready to be committed: new segments are written, nobody sees them yet. */
export interface StagedChange {
  counts: ChangeCounts;
  /**
   * Puts the change into the catalog's list of segments. False when another statement changed the same segments in
   * the meantime; then `discard` and read again.
   * @throws SqlError when the table was dropped or got other columns; `discard` then too.
   */
  commit(catalog: Catalog, operation: string): boolean;
  discard(): void;
}

const numbers = (actions: readonly ChangeAction[]) =>
  actions.map((action) => action.number).join(', ') || '0';

/**
 * Applies the rows of `changes` (row id, action, values) to the segments the reading saw. Runs in the trusted instance,
 * over text of our own only: values that were not assigned come from the segments, so a mask is never written back.
 * @throws SqlError when a row is named twice.
 */
export async function stageChange(
  engine: Engine,
  table: TableInfo,
  plan: ChangePlan,
  changes: string,
  check: (segment: string) => Promise<void>,
): Promise<StagedChange> {
  const trusted = await engine.trusted();
  const made: string[] = [];
  const discard = () => {
    for (const id of made) engine.dropSegment(id);
  };
  try {
    const of = (kind: ChangeAction['kind']) => plan.actions.filter((action) => action.kind === kind);
    const removed = `c0 IS NOT NULL AND c1 IN (${numbers(plan.actions)})`;
    if (
      plan.unique &&
      (await number(trusted, `count(c0) - count(DISTINCT c0) FROM "${changes}" WHERE ${removed}`)) > 0
    )
      throw severalMatches();
    const count = (kind: ChangeAction['kind'], what: string) =>
      number(trusted, `count(${what}) FROM "${changes}" WHERE c1 IN (${numbers(of(kind))})`);
    const counts = {
      updated: await count('update', '*'),
      deleted: await count('delete', 'DISTINCT c0'),
      inserted: await count('insert', '*'),
    };
    const added = counts.updated + counts.inserted;
    const segment: Segment = { id: engine.randomName('s'), rows: added, deleteVector: null };
    if (added > 0) {
      made.push(segment.id);
      await write(trusted, segment.id, table, plan, changes);
      await check(segment.id);
    }
    const replaced = new Map<string, Segment>();
    for (const [place, old] of table.segments.entries()) {
      const inside = `${removed} AND c0 // ${rowIdShift} = ${place}`;
      const gone = await number(trusted, `count(DISTINCT c0) FROM "${changes}" WHERE ${inside}`);
      if (gone === 0) continue;
      const deleteVector = engine.randomName('d');
      made.push(deleteVector);
      const before = old.deleteVector === null ? '' : `SELECT position FROM "${old.deleteVector}" UNION ALL `;
      await run(
        trusted,
        `CREATE TABLE "${deleteVector}" AS ${before}SELECT DISTINCT c0 % ${rowIdShift} AS position FROM "${changes}" WHERE ${inside}`,
      );
      replaced.set(old.id, { ...old, rows: old.rows - gone, deleteVector });
    }
    return {
      counts,
      discard,
      commit(catalog, operation) {
        const now = sameShape(catalog, table);
        const expected = new Map(table.segments.map((old) => [old.id, old.deleteVector]));
        const same = (old: Segment) => expected.get(old.id) === old.deleteVector;
        const still = now.segments.filter((old) => replaced.has(old.id) && same(old)).length;
        if (still !== replaced.size) return false;
        const kept = now.segments.map((old) => replaced.get(old.id) ?? old).filter((one) => one.rows > 0);
        catalog.setSegments(table.name, added > 0 ? [...kept, segment] : kept, operation, {
          metrics: metricsOf(operation, counts),
        });
        for (const { rows, deleteVector } of replaced.values()) {
          if (rows === 0 && deleteVector !== null) engine.dropSegment(deleteVector);
        }
        return true;
      },
    };
  } catch (error) {
    discard();
    throw error;
  }
}

/** Names of the counts in a table's history (docs: operation metrics keys). */
function metricsOf(operation: string, { updated, deleted, inserted }: ChangeCounts): Record<string, string> {
  if (operation === 'UPDATE') return { numUpdatedRows: `${updated}` };
  if (operation === 'DELETE') return { numDeletedRows: `${deleted}` };
  return {
    numTargetRowsInserted: `${inserted}`,
    numTargetRowsUpdated: `${updated}`,
    numTargetRowsDeleted: `${deleted}`,
    numOutputRows: `${inserted + updated}`,
  };
}

async function write(
  trusted: Connections,
  id: string,
  table: TableInfo,
  plan: ChangePlan,
  changes: string,
): Promise<void> {
  const types = table.columns.map((column) => parseType(column.type));
  await run(trusted, createTableSql(id, types));
  const inserts = plan.actions.filter((action) => action.kind === 'insert');
  if (inserts.length > 0) {
    const values = types.map((_type, i) => `d.c${i + 2}`).join(', ');
    await run(
      trusted,
      `INSERT INTO "${id}" SELECT ${values} FROM "${changes}" AS d WHERE d.c1 IN (${numbers(inserts)})`,
    );
  }
  const updates = plan.actions.filter((action) => action.kind === 'update');
  if (updates.length === 0) return;
  const values = types.map((_type, i) => {
    const setting = updates.filter((action) => action.columns.includes(i));
    if (setting.length === updates.length) return `d.c${i + 2}`;
    if (setting.length === 0) return `s.c${i}`;
    return `CASE WHEN d.c1 IN (${numbers(setting)}) THEN d.c${i + 2} ELSE s.c${i} END`;
  });
  for (const [place, old] of table.segments.entries()) {
    await run(
      trusted,
      `INSERT INTO "${id}" SELECT ${values.join(', ')} FROM "${old.id}" AS s
        JOIN "${changes}" AS d ON d.c0 = ${place * rowIdShift} + s.rowid WHERE d.c1 IN (${numbers(updates)})`,
    );
  }
}

async function run(trusted: Connections, sql: string): Promise<void> {
  await trusted.use((lent) => lent.run(sql));
}

async function number(trusted: Connections, select: string): Promise<number> {
  return trusted.use(async ({ connection }) => {
    const result = await connection.run(`SELECT ${select}`);
    return Number((await result.getRows())[0]?.[0] ?? 0);
  });
}

function severalMatches(): SqlError {
  return new SqlError(
    'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE',
    '21506',
    'Cannot perform Merge as multiple source rows matched and attempted to modify the same target row in the Delta table in possibly conflicting ways. By SQL semantics of Merge, when multiple source rows match on the same target row, the result may be ambiguous as it is unclear which source row should be used to update or delete the matching target row. You can preprocess the source table to eliminate the possibility of multiple matches.',
  );
}
