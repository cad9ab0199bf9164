import { expect, test } from 'vitest';
import { columnType, parseType } from './index.ts';

test.each([
  ['bigint', 'LONG', 'long'],
  ['decimal(10,2)', 'DECIMAL', 'decimal(10,2)'],
  ['varchar(5)', 'STRING', 'varchar(5)'],
  ['char(5)', 'CHAR', 'char(5)'],
  ['void', 'NULL', 'void'],
  ['interval year to month', 'INTERVAL', 'interval year to month'],
  ['string collate UNICODE_CI', 'STRING', 'string'],
  ['array<int>', 'ARRAY', { type: 'array', elementType: 'integer', containsNull: true }],
  [
    'map<string, array<double>>',
    'MAP',
    {
      type: 'map',
      keyType: 'string',
      valueType: { type: 'array', elementType: 'double', containsNull: true },
      valueContainsNull: true,
    },
  ],
  [
    'struct<A: int not null, `b c`: struct<>>',
    'STRUCT',
    {
      type: 'struct',
      fields: [
        { name: 'A', type: 'integer', nullable: false, metadata: {} },
        { name: 'b c', type: { type: 'struct', fields: [] }, nullable: true, metadata: {} },
      ],
    },
  ],
])('%s', (text, name, json) => {
  expect(columnType(parseType(text))).toMatchObject({ name, json });
});

test('keeps precision, scale and the parts of an interval', () => {
  expect(columnType('DECIMAL(12,3)')).toMatchObject({ precision: 12, scale: 3 });
  expect(columnType('INTERVAL DAY TO SECOND')).toMatchObject({ interval: 'DAY TO SECOND' });
  expect(() => columnType('NONSENSE')).toThrow('PARSE_SYNTAX_ERROR');
});
