import type * as Arrow from 'apache-arrow';
import type { CellValue } from '../../sql/index.ts';
import { bigintOf, bytesOf, fieldOf, listOf } from './cells.ts';
import { isYearMonth, microsOf, monthsOf } from './intervals.ts';
import type { TypeTree } from './spark-type.ts';
import { sqlText } from './text.ts';

/** The Arrow library, handed in because it is loaded only when a result needs it. */
export type ArrowLibrary = typeof Arrow;

/** What a client takes as Arrow's own types; the rest is sent as text (reference sql-wire 3.8). */
export interface ArrowNatives {
  timestamps: boolean;
  decimals: boolean;
  nested: boolean;
  intervals: boolean;
  voids: boolean;
}

/** One column: its Arrow type, and how values become its buffers. */
export interface ArrowColumn {
  type: Arrow.DataType;
  data(values: readonly CellValue[]): Arrow.Data;
}

export interface ArrowColumnOptions {
  arrow: ArrowLibrary;
  natives: ArrowNatives;
  timeZone: string;
}

export function arrowColumn(type: TypeTree, options: ArrowColumnOptions): ArrowColumn {
  if (type.kind === 'scalar') return scalarColumn(type, options);
  if (!options.natives.nested) return textColumn(type, options);
  if (type.kind === 'array') return arrayColumn(type.element, options);
  if (type.kind === 'map') return mapColumn(type.key, type.value, options);
  return structColumn(type.fields, options);
}

function scalarColumn(type: TypeTree & { kind: 'scalar' }, options: ArrowColumnOptions): ArrowColumn {
  const { arrow, natives, timeZone } = options;
  switch (type.name) {
    case 'BOOLEAN':
      return boolColumn(arrow);
    case 'TINYINT':
      return numberColumn(arrow, new arrow.Int8(), Int8Array, Number);
    case 'SMALLINT':
      return numberColumn(arrow, new arrow.Int16(), Int16Array, Number);
    case 'INT':
      return numberColumn(arrow, new arrow.Int32(), Int32Array, Number);
    case 'FLOAT':
      return numberColumn(arrow, new arrow.Float32(), Float32Array, Number);
    case 'DOUBLE':
      return numberColumn(arrow, new arrow.Float64(), Float64Array, Number);
    case 'DATE':
      return numberColumn(arrow, new arrow.DateDay(), Int32Array, Number);
    case 'BIGINT':
      return bigintColumn(arrow, new arrow.Int64(), bigintOf);
    case 'TIMESTAMP':
      if (!natives.timestamps) return textColumn(type, options);
      return bigintColumn(arrow, new arrow.TimestampMicrosecond(arrowZone(timeZone)), bigintOf);
    case 'TIMESTAMP_NTZ':
      if (!natives.timestamps) return textColumn(type, options);
      return bigintColumn(arrow, new arrow.TimestampMicrosecond(), bigintOf);
    case 'DECIMAL':
      return natives.decimals ? decimalColumn(arrow, type.parameters) : textColumn(type, options);
    case 'BINARY':
      return bytesColumn(arrow, new arrow.Binary(), bytesOf);
    case 'INTERVAL':
      if (!natives.intervals) return textColumn(type, options);
      return isYearMonth(type)
        ? numberColumn(arrow, new arrow.IntervalYearMonth(), Int32Array, monthsOf)
        : bigintColumn(arrow, new arrow.DurationMicrosecond(), microsOf);
    case 'VOID':
      return natives.voids ? nullColumn(arrow) : textColumn(type, options);
    default:
      return textColumn(type, options);
  }
}

/** The service says `Etc/UTC` where a session has no zone of its own (recorded). */
function arrowZone(timeZone: string): string {
  return /^(?:UTC|GMT|Z)$/i.test(timeZone) ? 'Etc/UTC' : timeZone;
}

/** Validity bits, lowest first, 1 for a value; and how many are NULL. */
function validity(values: readonly CellValue[]): { nullBitmap: Uint8Array | undefined; nullCount: number } {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, at) => {
    if (value === null) nullCount += 1;
    else bits[at >> 3] = (bits[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return { nullBitmap: nullCount === 0 ? undefined : bits, nullCount };
}

function boolColumn(arrow: ArrowLibrary): ArrowColumn {
  const type = new arrow.Bool();
  return {
    type,
    data(values) {
      const data = new Uint8Array(Math.ceil(values.length / 8));
      values.forEach((value, at) => {
        if (value === true) data[at >> 3] = (data[at >> 3] ?? 0) | (1 << (at & 7));
      });
      return arrow.makeData({ type, length: values.length, data, ...validity(values) });
    },
  };
}

type Numbers =
  | Arrow.Int
  | Arrow.Float
  | Arrow.DateDay
  | Arrow.IntervalYearMonth
  | Arrow.TimestampMicrosecond
  | Arrow.DurationMicrosecond;
type SmallArray = Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

function numberColumn(
  arrow: ArrowLibrary,
  type: Numbers,
  Values: new (length: number) => SmallArray,
  convert: (value: NonNullable<CellValue>) => number,
): ArrowColumn {
  return {
    type,
    data(values) {
      const data = new Values(values.length);
      values.forEach((value, at) => {
        if (value !== null) data[at] = convert(value);
      });
      return fixedWidth(arrow, type, data, values);
    },
  };
}

/** The library's overloads take one type each; here they differ in nothing but the array. */
function fixedWidth(
  arrow: ArrowLibrary,
  type: Numbers,
  data: SmallArray | BigInt64Array,
  values: readonly CellValue[],
): Arrow.Data {
  const props = { type: type as Arrow.Int, length: values.length, data: data as Int32Array };
  return arrow.makeData({ ...props, ...validity(values) });
}

function bigintColumn(
  arrow: ArrowLibrary,
  type: Numbers,
  convert: (value: NonNullable<CellValue>) => bigint,
): ArrowColumn {
  return {
    type,
    data(values) {
      const data = new BigInt64Array(values.length);
      values.forEach((value, at) => {
        if (value !== null) data[at] = convert(value);
      });
      return fixedWidth(arrow, type, data, values);
    },
  };
}

function decimalColumn(arrow: ArrowLibrary, [precision = 10, scale = 0]: readonly number[]): ArrowColumn {
  const type = new arrow.Decimal(scale, precision, 128);
  return {
    type,
    data(values) {
      const words = new BigUint64Array(values.length * 2);
      values.forEach((value, at) => {
        if (value === null) return;
        const unscaled = BigInt.asUintN(128, unscaledOf(String(value), scale));
        words[at * 2] = BigInt.asUintN(64, unscaled);
        words[at * 2 + 1] = unscaled >> 64n;
      });
      const data = new Uint32Array(words.buffer);
      return arrow.makeData({ type, length: values.length, data, ...validity(values) });
    },
  };
}

/** `-1.25` at scale 3 is -1250. */
export function unscaledOf(text: string, scale: number): bigint {
  const [, sign, whole = '0', fraction = '', exponent] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(exponent ?? 0) + scale - fraction.length;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const unscaled = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  return sign === '-' ? -unscaled : unscaled;
}

function bytesColumn(
  arrow: ArrowLibrary,
  type: Arrow.Binary | Arrow.Utf8,
  convert: (value: NonNullable<CellValue>) => Buffer,
): ArrowColumn {
  return {
    type,
    data(values) {
      const parts: Buffer[] = [];
      const valueOffsets = new Int32Array(values.length + 1);
      let end = 0;
      values.forEach((value, at) => {
        if (value !== null) {
          const bytes = convert(value);
          parts.push(bytes);
          end += bytes.length;
        }
        valueOffsets[at + 1] = end;
      });
      const data = Buffer.concat(parts, end);
      return type instanceof arrow.Binary
        ? arrow.makeData({ type, length: values.length, valueOffsets, data, ...validity(values) })
        : arrow.makeData({ type, length: values.length, valueOffsets, data, ...validity(values) });
    },
  };
}

function textColumn(type: TypeTree, { arrow, timeZone }: ArrowColumnOptions): ArrowColumn {
  const text = sqlText(type, timeZone);
  return bytesColumn(arrow, new arrow.Utf8(), (value) => Buffer.from(text(value)));
}

function nullColumn(arrow: ArrowLibrary): ArrowColumn {
  const type = new arrow.Null();
  return { type, data: (values) => arrow.makeData({ type, length: values.length }) };
}

function arrayColumn(elementType: TypeTree, options: ArrowColumnOptions): ArrowColumn {
  const { arrow } = options;
  const element = arrowColumn(elementType, options);
  const type = new arrow.List(new arrow.Field('element', element.type, true));
  return {
    type,
    data(values) {
      const { flat, valueOffsets } = flatten(values);
      const child = element.data(flat);
      return arrow.makeData({ type, length: values.length, valueOffsets, child, ...validity(values) });
    },
  };
}

function mapColumn(keyType: TypeTree, valueType: TypeTree, options: ArrowColumnOptions): ArrowColumn {
  const { arrow } = options;
  const key = arrowColumn(keyType, options);
  const content = arrowColumn(valueType, options);
  const entries = new arrow.Struct<{ key: Arrow.DataType; value: Arrow.DataType }>([
    new arrow.Field('key', key.type, false),
    new arrow.Field('value', content.type, true),
  ]);
  const type = new arrow.Map_(new arrow.Field('entries', entries, false));
  return {
    type,
    data(values) {
      const { flat, valueOffsets } = flatten(values);
      const pairs = flat.map(listOf);
      const child = arrow.makeData({
        type: entries,
        length: flat.length,
        nullCount: 0,
        children: [
          key.data(pairs.map(([name = null]) => name)),
          content.data(pairs.map(([, inner = null]) => inner)),
        ],
      });
      return arrow.makeData<Arrow.Map_>({
        type,
        length: values.length,
        valueOffsets,
        child,
        ...validity(values),
      });
    },
  };
}

function structColumn(
  fields: readonly { name: string; type: TypeTree }[],
  options: ArrowColumnOptions,
): ArrowColumn {
  const { arrow } = options;
  const columns = fields.map(({ name, type }) => ({ name, column: arrowColumn(type, options) }));
  const type = new arrow.Struct(columns.map(({ name, column }) => new arrow.Field(name, column.type, true)));
  return {
    type,
    data(values) {
      const children = columns.map(({ name, column }) =>
        column.data(values.map((value) => fieldOf(value, name))),
      );
      return arrow.makeData({ type, length: values.length, children, ...validity(values) });
    },
  };
}

/** The elements of all lists one after the other, and where each list begins. */
function flatten(values: readonly CellValue[]): { flat: CellValue[]; valueOffsets: Int32Array } {
  const flat: CellValue[] = [];
  const valueOffsets = new Int32Array(values.length + 1);
  values.forEach((value, at) => {
    for (const element of listOf(value)) flat.push(element);
    valueOffsets[at + 1] = flat.length;
  });
  return { flat, valueOffsets };
}
