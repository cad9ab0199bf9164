/** A value of a SQL result as JSON carries it. */
export type JsonCell = null | boolean | number | string | JsonCell[] | { [field: string]: JsonCell };

/**
 * A result value as JSON: DATE as `2026-01-31`, TIMESTAMP in ISO form with microseconds (`Z` for TIMESTAMP,
 * none for TIMESTAMP_NTZ), BINARY as base64, whole numbers beyond 2^53 as text, maps as lists of pairs.
 * `type` is the column's Spark type; values nested in arrays and structs are converted by their own shape.
 */
export function toJsonCell(value: unknown, type: string): JsonCell {
  if (value === null || value === undefined) return null;
  if (type === 'DATE' && typeof value === 'number') {
    return new Date(value * 86_400_000).toISOString().slice(0, 10);
  }
  if ((type === 'TIMESTAMP' || type === 'TIMESTAMP_NTZ') && typeof value === 'bigint') {
    return timestamp(value) + (type === 'TIMESTAMP' ? 'Z' : '');
  }
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((item) => toJsonCell(item, elementType(type)));
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toJsonCell(item, '')]));
  }
  return String(value);
}

function timestamp(micros: bigint): string {
  const million = 1_000_000n;
  const fraction = ((micros % million) + million) % million;
  const seconds = Number((micros - fraction) / million);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return fraction === 0n ? text : `${text}.${fraction.toString().padStart(6, '0')}`;
}

function elementType(type: string): string {
  return /^ARRAY<(.*)>$/.exec(type)?.[1] ?? '';
}
