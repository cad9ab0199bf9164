import type { CellValue } from '../../../sql/index.ts';
import { parseType } from '../../results/index.ts';

/** java.sql.Types codes (recorded, code; reference sql-wire 3.12). */
const codes: Readonly<Record<string, number>> = {
  VOID: 0,
  BOOLEAN: 16,
  STRING: 12,
  BINARY: -2,
  TINYINT: -6,
  SMALLINT: 5,
  INT: 4,
  BIGINT: -5,
  FLOAT: 6,
  DOUBLE: 8,
  DECIMAL: 3,
  DATE: 91,
  TIMESTAMP: 93,
  TIMESTAMP_NTZ: 93,
  ARRAY: 2003,
  MAP: 2000,
  STRUCT: 2002,
  INTERVAL: 1111,
};

/** Digits of numeric types. */
const precisions: Readonly<Record<string, number>> = {
  TINYINT: 3,
  SMALLINT: 5,
  INT: 10,
  BIGINT: 19,
  FLOAT: 7,
  DOUBLE: 15,
  DECIMAL: 38,
};

export interface SqlTypeFacts {
  /** Upper case with a space after `:` and `,`. */
  typeName: string;
  dataType: number;
  /** Digits or null. */
  size: number | null;
  scale: number | null;
  radix: number | null;
}

export function typeFacts(text: string): SqlTypeFacts {
  const type = parseType(text);
  const name = type.kind === 'scalar' ? type.name : type.kind.toUpperCase();
  const [precision, scale] = type.kind === 'scalar' ? type.parameters : [];
  const size = precision ?? precisions[name] ?? null;
  return {
    typeName: type.text,
    dataType: codes[name] ?? 12,
    size,
    scale: scale ?? (size === null ? null : 0),
    radix: size === null ? null : 10,
  };
}

const listed = [
  'VOID',
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'STRING',
  'BINARY',
  'DATE',
  'TIMESTAMP',
  'ARRAY',
  'MAP',
  'STRUCT',
] as const;

/** Rows of GetTypeInfo (recorded; reference sql-wire 3.12). */
export function typeInfoRows(): CellValue[][] {
  return listed.map((name) => {
    const precision = precisions[name] ?? null;
    const nested = name === 'ARRAY' || name === 'MAP' || name === 'STRUCT';
    const numeric = precision !== null;
    const searchable = nested ? 0 : 3;
    const head = [name, codes[name] ?? 12, precision, null, null, null, 1, name === 'STRING', searchable];
    return [...head, !numeric, false, false, null, 0, 0, null, null, numeric ? 10 : null];
  });
}
