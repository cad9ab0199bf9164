import { rowText } from '../conformance/spark-text.ts';
import type { WarehouseWorld } from '../conformance/warehouse-world.ts';

/** Rows of a statement of the admin as Spark's command line prints them, one a line. */
export async function answerText(world: WarehouseWorld, sql: string): Promise<string> {
  const { columns, rows } = await world.run('admin', sql);
  const types = columns.map((column) => column.type);
  return rows.map((row) => rowText(row, types, 'UTC')).join('\n');
}
