import type { CellValue } from '../../sql/index.ts';
import { bigintOf, bytesOf } from './cells.ts';
import { floatText } from './numbers.ts';
import type { TypeTree } from './spark-type.ts';
import { sqlText } from './text.ts';

/** One column of a column-based set, as TCLIService's TColumn: exactly one of the fields is there. */
export interface ColumnSet {
  /** Name of the TColumn field, for example `i32Val`. */
  field: string;
  values: (boolean | number | bigint | string | Buffer)[];
  /** Bit i of byte i/8, lowest first, is 1 for NULL. */
  nulls: Buffer;
}

/** Makes column-based sets of rows: what every driver reads, natively where TColumn has the type, else as text. */
export function columnSetEncoder(
  types: readonly TypeTree[],
  timeZone: string,
): (rows: readonly CellValue[][]) => ColumnSet[] {
  const forms = types.map((type) => formOf(type, timeZone));
  return (rows) =>
    forms.map(({ field, empty, convert }, index) => {
      const nulls = Buffer.alloc(Math.ceil(rows.length / 8));
      const values = rows.map((row, at) => {
        const value = row[index] ?? null;
        if (value !== null) return convert(value);
        nulls.writeUInt8(nulls.readUInt8(at >> 3) | (1 << (at & 7)), at >> 3);
        return empty;
      });
      return { field, values, nulls };
    });
}

interface Form {
  field: string;
  /** What stands in the place of NULL. */
  empty: boolean | number | bigint | string | Buffer;
  convert(value: NonNullable<CellValue>): boolean | number | bigint | string | Buffer;
}

const numbers: Readonly<Record<string, string>> = {
  TINYINT: 'byteVal',
  SMALLINT: 'i16Val',
  INT: 'i32Val',
  DOUBLE: 'doubleVal',
};

function formOf(type: TypeTree, timeZone: string): Form {
  const name = type.kind === 'scalar' ? type.name : '';
  const field = numbers[name];
  // A FLOAT travels as a double: the one with the same shortest digits, `1.4142` (recorded).
  if (name === 'FLOAT')
    return { field: 'doubleVal', empty: 0, convert: (value) => Number(floatText(Number(value))) };
  if (field) return { field, empty: 0, convert: Number };
  if (name === 'BOOLEAN') return { field: 'boolVal', empty: false, convert: (value) => value === true };
  if (name === 'BIGINT') return { field: 'i64Val', empty: 0n, convert: bigintOf };
  if (name === 'BINARY') return { field: 'binaryVal', empty: Buffer.alloc(0), convert: bytesOf };
  return { field: 'stringVal', empty: '', convert: sqlText(type, timeZone) };
}
