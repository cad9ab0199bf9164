import type { Catalog, ObjectName, Segment, TableInfo } from './catalog/index.ts';
import { parseType } from './dialect/index.ts';
import { createTableSql, type Engine } from './duckdb/index.ts';

/** Segments of up to this many rows are small. */
const smallRows = 10_000;
/** As many small segments are folded into one. */
const tooMany = 64;

/** Many small segments written as one; the rows are the same. */
export interface Fold {
  /** The present list of segments with the fold in it; unchanged when another statement changed one of them. */
  apply(now: readonly Segment[]): Segment[];
}

const same = (a: Segment, b: Segment): boolean => a.id === b.id && a.deleteVector === b.deleteVector;

/** Writes the fold when a table has too many small segments. Its cost is spread over the statements that made them. */
export async function fold(engine: Engine, catalog: Catalog, name: ObjectName): Promise<Fold | undefined> {
  const table = catalog.relation(name);
  if (table?.kind !== 'table') return undefined;
  const small = table.segments.filter((segment) => segment.rows <= smallRows);
  if (small.length < tooMany) return undefined;
  const folded = await write(engine, table, small);
  return {
    apply(now) {
      const still = small.every((old) => now.some((segment) => same(segment, old)));
      if (!still) {
        engine.dropSegment(folded.id);
        return [...now];
      }
      const others = now.filter((segment) => !small.some((old) => same(segment, old)));
      return folded.rows === 0 ? others : [...others, folded];
    },
  };
}

async function write(engine: Engine, table: TableInfo, small: readonly Segment[]): Promise<Segment> {
  const types = table.columns.map((column) => parseType(column.type));
  const columns = types.map((_type, i) => `c${i}`).join(', ') || '*';
  const id = engine.randomName('s');
  const trusted = await engine.trusted();
  try {
    await trusted.use(async (lent) => {
      await lent.run(createTableSql(id, types));
      const parts = small.map(({ id: from, deleteVector }) => {
        const alive =
          deleteVector === null ? '' : ` WHERE rowid NOT IN (SELECT position FROM "${deleteVector}")`;
        return `SELECT ${columns} FROM "${from}"${alive}`;
      });
      await lent.run(`INSERT INTO "${id}" ${parts.join(' UNION ALL ')}`);
    });
  } catch (error) {
    engine.dropSegment(id);
    throw error;
  }
  return { id, rows: small.reduce((sum, segment) => sum + segment.rows, 0), deleteVector: null };
}
