import { expect, test } from 'vitest';
import { jsonText, parseType } from '../../protocols/results/index.ts';
import type { CellValue } from '../../sql/index.ts';
import { columnInfo } from './columns.ts';

const micros = (iso: string) => BigInt(Date.parse(iso)) * 1000n;

const cells: [string, CellValue, string | null, string?][] = [
  ['INT', null, null],
  ['INT', 5, '5'],
  ['BIGINT', 9223372036854775807n, '9223372036854775807'],
  ['DECIMAL(10,2)', '1.25', '1.25'],
  ['BOOLEAN', true, 'true'],
  ['STRING', 'a"b', 'a"b'],
  ['DOUBLE', 1.5, '1.5'],
  ['DOUBLE', 1, '1.0'],
  ['DOUBLE', -0, '-0.0'],
  ['DOUBLE', 1e7, '1.0E7'],
  ['DOUBLE', 9999999.5, '9999999.5'],
  ['DOUBLE', 123456789.25, '1.2345678925E8'],
  ['DOUBLE', 0.001, '0.001'],
  ['DOUBLE', 0.00012, '1.2E-4'],
  ['DOUBLE', Number.NaN, 'NaN'],
  ['DOUBLE', Number.NEGATIVE_INFINITY, '-Infinity'],
  ['FLOAT', Math.fround(0.1), '0.1'],
  ['FLOAT', Math.fround(16777216), '1.6777216E7'],
  ['DATE', 19724, '2024-01-02'],
  ['DATE', -1, '1969-12-31'],
  ['DATE', 2932897, '+10000-01-01'],
  ['TIMESTAMP', micros('2021-01-01T18:00:00Z'), '2021-01-01T10:00:00.000-08:00', 'America/Los_Angeles'],
  ['TIMESTAMP', micros('2021-07-01T18:00:00Z'), '2021-07-01T11:00:00.000-07:00', 'America/Los_Angeles'],
  ['TIMESTAMP', micros('2021-01-01T00:00:00Z'), '2021-01-01T05:30:00.000+05:30', 'Asia/Kolkata'],
  ['TIMESTAMP', micros('2021-01-01T10:00:00Z') + 123_456n, '2021-01-01T10:00:00.123Z'],
  ['TIMESTAMP', -1n, '1969-12-31T23:59:59.999Z'],
  ['TIMESTAMP_NTZ', micros('2024-01-02T03:04:05.678Z'), '2024-01-02T03:04:05.678', 'Asia/Kolkata'],
  ['BINARY', Buffer.from('hi'), 'aGk='],
  ['ARRAY<INT>', [1, 2, null], '["1","2",null]'],
  ['ARRAY<ARRAY<STRING>>', [['a'], null], '[["a"],null]'],
  ['MAP<STRING,INT>', [['k', 1]], '{"k":"1"}'],
  ['STRUCT<a: INT, `b c`: ARRAY<DOUBLE>>', { a: 1, 'b c': [1] }, '{"a":"1","b c":["1.0"]}'],
  ['STRUCT<__proto__: INT>', JSON.parse('{"__proto__":1}'), '{"__proto__":"1"}'],
  ['INTERVAL DAY TO SECOND', '1 02:03:04.000000000', '1 02:03:04.000000000'],
  ['VARIANT', '{"a":1}', '{"a":1}'],
  ['VOID', null, null],
];

test.each(cells)('%s %s is %s', (type, value, text, zone = 'UTC') => {
  expect(value === null ? null : jsonText(parseType(type), zone ?? 'UTC')(value)).toBe(text);
});

test.each([
  ['int', { type_text: 'INT', type_name: 'INT' }],
  ['TINYINT', { type_text: 'TINYINT', type_name: 'BYTE' }],
  ['BIGINT', { type_text: 'BIGINT', type_name: 'LONG' }],
  ['VARCHAR(10)', { type_text: 'STRING', type_name: 'STRING' }],
  ['VOID', { type_text: 'VOID', type_name: 'NULL' }],
  ['DECIMAL(10,2)', { type_text: 'DECIMAL(10,2)', type_name: 'DECIMAL', type_precision: 10, type_scale: 2 }],
  ['DECIMAL', { type_text: 'DECIMAL(10,0)', type_name: 'DECIMAL', type_precision: 10, type_scale: 0 }],
  [
    'interval day to second',
    {
      type_text: 'INTERVAL DAY TO SECOND',
      type_name: 'INTERVAL',
      type_interval_type: 'DAY TO SECOND',
    },
  ],
  ['MAP<STRING,INT>', { type_text: 'MAP<STRING, INT>', type_name: 'MAP' }],
  [
    "STRUCT<street STRING NOT NULL COMMENT 'x, y', zip: INT>",
    { type_text: 'STRUCT<street: STRING, zip: INT>', type_name: 'STRUCT' },
  ],
])('column info of %s', (type, info) => {
  expect(columnInfo('c', parseType(type), 3)).toEqual({ name: 'c', position: 3, ...info });
});

test('what is not a type is refused', () => {
  expect(() => parseType('ARRAY<INT')).toThrow('not a Spark type');
  expect(() => parseType('INT INT')).toThrow('not a Spark type');
  expect(() => parseType('')).toThrow('not a Spark type');
});
