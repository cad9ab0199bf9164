import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { BrickboxError } from '../../../emulator/core/index.ts';
import type { CellValue } from '../contract.ts';
import type { Type } from '../dialect/index.ts';

/** A value of the engine in the warehouse's logical form (see `CellValue`). */
export function cell(value: DuckDBValue, type: Type): CellValue {
  if (value === null || value === undefined || type.kind === 'void') return null;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return type.kind === 'bigint' ? BigInt(value) : value;
  if (typeof value === 'bigint') return type.kind === 'bigint' ? value : Number(value);
  if (typeof value === 'string') return value;
  if (value instanceof DuckDBDecimalValue) return value.toString();
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros;
  if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes);
  if (value instanceof DuckDBListValue && type.kind === 'array')
    return value.items.map((item) => cell(item, type.element));
  if (value instanceof DuckDBMapValue && type.kind === 'map') {
    return value.entries.map(
      (entry): CellValue => [cell(entry.key, type.key), cell(entry.value, type.value)],
    );
  }
  if (value instanceof DuckDBStructValue && type.kind === 'struct') {
    return Object.fromEntries(
      type.fields.map((field, i) => [field.name, cell(value.entries[`f${i}`] ?? null, field.type)]),
    );
  }
  if (value instanceof DuckDBIntervalValue && type.kind === 'interval')
    return intervalText(value, type.family);
  throw new BrickboxError('SQL_VALUE', `The engine gave a value that does not fit ${type.kind}.`, {
    kind: 'internal',
  });
}

/** `1-2` for months, `1 02:03:04.000000000` for days. */
function intervalText(value: DuckDBIntervalValue, family: 'month' | 'day'): string {
  if (family === 'month') {
    const months = Math.abs(value.months);
    return `${value.months < 0 ? '-' : ''}${Math.floor(months / 12)}-${months % 12}`;
  }
  const total = BigInt(value.days) * 86_400_000_000n + value.micros;
  const micros = total < 0n ? -total : total;
  const two = (n: bigint) => String(n).padStart(2, '0');
  const seconds = micros / 1_000_000n;
  const fraction = String(micros % 1_000_000n).padStart(6, '0');
  return `${total < 0n ? '-' : ''}${seconds / 86_400n} ${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}.${fraction}000`;
}
