import type { DuckDBResult } from '@duckdb/node-api';
import type { CellValue } from '../contract.ts';
import type { Type } from '../dialect/index.ts';
import { cell } from './cells.ts';

/** Reads a streamed result up to a number of rows and (approximate) bytes. */
export async function readRows(
  result: DuckDBResult,
  types: readonly Type[],
  limits: { rows: number; bytes: number },
): Promise<{ rows: CellValue[][]; truncated: boolean }> {
  const rows: CellValue[][] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return { rows, truncated: false };
    const columns = types.map((type, i) => chunk.getColumnValues(i).map((value) => cell(value, type)));
    for (let r = 0; r < chunk.rowCount; r += 1) {
      const row = columns.map((column) => column[r] ?? null);
      bytes += size(row);
      if (rows.length >= limits.rows || bytes > limits.bytes) return { rows, truncated: true };
      rows.push(row);
    }
  }
}

function size(value: CellValue): number {
  if (typeof value === 'string') return value.length + 2;
  if (Buffer.isBuffer(value)) return value.length + 2;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + size(item), 2);
  if (value !== null && typeof value === 'object')
    return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + size(item), 2);
  return 8;
}
