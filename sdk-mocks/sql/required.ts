import { SqlError } from '../../emulator/core/index.ts';
import type { TableInfo } from './catalog/index.ts';
import type { Engine } from './duckdb/index.ts';

/** @throws SqlError when a column that takes no NULL has one in the new segment; values are never told. */
export async function refuseNulls(engine: Engine, table: TableInfo, segment: string): Promise<void> {
  const required = table.columns.flatMap((column, i) => (column.nullable ? [] : [{ column, i }]));
  if (required.length === 0) return;
  const trusted = await engine.trusted();
  const counts = await trusted.use(async (lent) => {
    const result = await lent.connection.run(
      `SELECT ${required.map(({ i }) => `count(*) - count(c${i})`).join(', ')} FROM "${segment}"`,
    );
    return (await result.getRows())[0] ?? [];
  });
  const broken = required.find((_r, i) => Number(counts[i]) > 0);
  if (broken)
    throw new SqlError(
      'DELTA_NOT_NULL_CONSTRAINT_VIOLATED',
      '23502',
      `NOT NULL constraint violated for column: ${broken.column.name}.`,
    );
}
