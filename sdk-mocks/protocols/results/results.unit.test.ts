import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import type { CellValue, Column } from '../../sql/index.ts';
import { unscaledOf } from './arrow-columns.ts';
import { allNative, columnSetEncoder, createArrowEncoder, lz4Frame, parseType, sqlText } from './index.ts';

const columns = (types: Record<string, string>): Column[] =>
  Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }));

const everything = columns({
  b: 'BOOLEAN',
  t: 'TINYINT',
  s: 'SMALLINT',
  i: 'INT',
  l: 'BIGINT',
  f: 'FLOAT',
  d: 'DOUBLE',
  dec: 'DECIMAL(10,2)',
  str: 'STRING',
  date: 'DATE',
  ts: 'TIMESTAMP',
  ntz: 'TIMESTAMP_NTZ',
  bin: 'BINARY',
  arr: 'ARRAY<INT>',
  map: 'MAP<STRING, DOUBLE>',
  st: 'STRUCT<a: INT, b: ARRAY<STRING>>',
  ym: 'INTERVAL YEAR TO MONTH',
  ds: 'INTERVAL DAY TO SECOND',
  n: 'VOID',
  v: 'VARIANT',
});
const micros = 1_389_917_833_123_456n;
const row: CellValue[] = [
  true,
  -1,
  300,
  70_000,
  2n ** 60n,
  1.5,
  -0.25,
  '-12345678.90',
  'ä',
  16_087,
  micros,
  micros,
  Buffer.from([1, 2]),
  [1, null, 3],
  [['e', 2.71]],
  { a: 1, b: ['x', null] },
  14,
  93_784_000_000n,
  null,
  '{"a":1}',
];
const nulls: CellValue[] = row.map(() => null);

test('Arrow streams hold every type, natively', async () => {
  const encoder = await createArrowEncoder(everything, {
    timeZone: 'Europe/Amsterdam',
    natives: allNative,
    fieldMetadata: false,
  });
  const table = tableFromIPC(encoder.stream([row, nulls]));
  expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))).toMatchObject(
    {
      dec: 'Decimal[10e+2]',
      ts: 'Timestamp<MICROSECOND, Europe/Amsterdam>',
      ntz: 'Timestamp<MICROSECOND>',
      arr: 'List<Int32>',
      n: 'Null',
    },
  );
  const first = table.get(0)?.toJSON() ?? {};
  expect(first).toMatchObject({
    b: true,
    t: -1,
    s: 300,
    i: 70_000,
    l: 2n ** 60n,
    f: 1.5,
    d: -0.25,
    str: 'ä',
  });
  expect([...first['arr']]).toEqual([1, null, 3]);
  expect(first['st'].toJSON().a).toBe(1);
  expect([...first['st'].toJSON().b]).toEqual(['x', null]);
  expect(first['map'].toJSON()).toEqual({ e: 2.71 });
  expect([...first['bin']]).toEqual([1, 2]);
  expect(
    BigInt.asIntN(64, new BigUint64Array(first['dec'].buffer, first['dec'].byteOffset, 1)[0] ?? 0n),
  ).toBe(-1_234_567_890n);
  expect(Object.values(table.get(1)?.toJSON() ?? {}).every((value) => value === null)).toBe(true);
});

test('messages of an encoder make one stream, also without rows and without columns', async () => {
  const options = { timeZone: 'UTC', natives: allNative, fieldMetadata: true };
  const encoder = await createArrowEncoder(columns({ id: 'BIGINT' }), options);
  const table = tableFromIPC(
    Buffer.concat([encoder.schema, encoder.batch([[1n]]), encoder.batch([[2n], [3n]])]),
  );
  expect(table.toArray().map((one) => one.toJSON().id)).toEqual([1n, 2n, 3n]);
  expect(table.batches.length).toBe(2);
  expect(table.schema.fields[0]?.metadata.get('Spark:DataType:SqlName')).toBe('BIGINT');
  expect(table.schema.fields[0]?.metadata.get('Spark:DataType:JsonType')).toBe('"long"');
  expect(tableFromIPC(encoder.stream([])).numRows).toBe(0);
  const none = await createArrowEncoder([], options);
  expect(tableFromIPC(none.schema).schema.fields).toEqual([]);
});

test('what a client does not take natively is text', async () => {
  const encoder = await createArrowEncoder(everything, {
    timeZone: 'UTC',
    natives: { timestamps: false, decimals: false, nested: false, intervals: false, voids: false },
    fieldMetadata: true,
  });
  expect(
    tableFromIPC(encoder.stream([row]))
      .get(0)
      ?.toJSON(),
  ).toMatchObject({
    dec: '-12345678.90',
    ts: '2014-01-17 00:17:13.123456',
    arr: '[1,null,3]',
    map: '{"e":2.71}',
    st: '{"a":1,"b":["x",null]}',
    ym: '1-2',
    ds: '1 02:03:04.000000000',
    n: null,
    v: '{"a":1}',
  });
});

test('column sets mark NULL by bits and keep natural values', () => {
  const encode = columnSetEncoder(
    everything.map(({ type }) => parseType(type)),
    'Europe/Amsterdam',
  );
  const sets = encode([row, nulls]);
  expect(sets.map(({ field }) => field).join(' ')).toBe(
    'boolVal byteVal i16Val i32Val i64Val doubleVal doubleVal stringVal stringVal stringVal stringVal stringVal binaryVal stringVal stringVal stringVal stringVal stringVal stringVal stringVal',
  );
  expect(sets[4]).toEqual({ field: 'i64Val', values: [2n ** 60n, 0n], nulls: Buffer.from([0b10]) });
  expect(sets[10]?.values).toEqual(['2014-01-17 01:17:13.123456', '']);
  expect(sets[9]?.values[0]).toBe('2014-01-17');
  expect(encode([])[0]).toEqual({ field: 'boolVal', values: [], nulls: Buffer.alloc(0) });
});

test.each([
  ['MAP<INT, INT>', [[1, 2]], '{1:2}'],
  ['ARRAY<DATE>', [0], '["1970-01-01"]'],
  ['ARRAY<DECIMAL(3,2)>', ['1.41'], '[1.41]'],
  ['INTERVAL YEAR TO MONTH', -1, '-0-1'],
  ['INTERVAL DAY TO SECOND', -1n, '-0 00:00:00.000001000'],
  ['DOUBLE', 1e10, '1.0E10'],
  ['TIMESTAMP_NTZ', -1n, '1969-12-31 23:59:59.999999'],
])('%s as text', (type, value, text) => {
  expect(sqlText(parseType(type), 'UTC')(value as NonNullable<CellValue>)).toBe(text);
});

test.each([
  ['1.25', 2, 125n],
  ['-1.25', 3, -1250n],
  ['.5', 1, 5n],
  ['1E3', 0, 1000n],
  ['0', 38, 0n],
])('%s at scale %d', (text, scale, unscaled) => {
  expect(unscaledOf(text, scale)).toBe(unscaled);
});

test('an LZ4 frame of stored blocks holds the bytes', () => {
  const bytes = Buffer.alloc(5 * 1024 * 1024, 7);
  const frame = lz4Frame(bytes);
  expect(frame.subarray(0, 7).toString('hex')).toBe('04224d18607073');
  expect(frame.readUInt32LE(7)).toBe(4 * 1024 * 1024 + 0x80000000);
  expect(frame.length).toBe(7 + bytes.length + 2 * 4 + 4);
  expect(lz4Frame(Buffer.alloc(0)).length).toBe(11);
});
