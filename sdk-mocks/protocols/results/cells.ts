import type { CellValue } from '../../sql/index.ts';

/** The elements of an ARRAY, or the entries of a MAP. */
export function listOf(value: CellValue): CellValue[] {
  return Array.isArray(value) ? value : [];
}

/** One field of a STRUCT; NULL when it is absent. */
export function fieldOf(value: CellValue, name: string): CellValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value))
    return null;
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

/** An integer of 64 bits, whatever form it came in. */
export function bigintOf(value: CellValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  return BigInt(String(value));
}

export function bytesOf(value: CellValue): Buffer {
  return Buffer.isBuffer(value) ? value : Buffer.from(String(value));
}

/** Bytes a value takes in memory and on the wire, roughly; for page and memory limits. */
export function cellSize(value: CellValue): number {
  if (value === null) return 1;
  if (typeof value === 'string') return value.length + 4;
  if (typeof value !== 'object') return 8;
  if (Buffer.isBuffer(value)) return value.length + 4;
  let size = 4;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) size += cellSize(inner);
  return size;
}

export function rowSize(row: readonly CellValue[]): number {
  let size = 0;
  for (const cell of row) size += cellSize(cell);
  return size;
}
