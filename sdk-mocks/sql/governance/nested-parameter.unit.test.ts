import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { parameterText } from './nested-parameter.ts';

const text = (...values: (string | null)[]) => values.map((value) => ({ value }));

test.each([
  [
    'VARCHAR[]',
    { type: 'ARRAY<STRING>', items: text('a, b', 'c"d\\e', null, 'null', "it's", '', ']', ' x ') },
  ],
  ['VARCHAR[]', { type: 'ARRAY<STRING>', items: [] }],
  ['MAP(VARCHAR, VARCHAR)', { type: 'map<string,string>', items: text('a=1', '}', 'b"', null) }],
  ['MAP(VARCHAR, VARCHAR)', { type: 'MAP<STRING, STRING>', items: [] }],
])('%s is read back by the engine as it was given', async (type, parameter) => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const answer = await connection.runAndReadAll(`SELECT CAST(CAST($p AS VARCHAR) AS ${type}) AS x`, {
      p: parameterText(parameter),
    });
    const [row] = answer.getRowObjectsJson();
    const back = row?.['x'] as unknown[];
    const flat = type.startsWith('MAP')
      ? (back as { key: string; value: string }[]).flatMap(({ key, value }) => [key, value])
      : back;
    expect(flat).toEqual(parameter.items.map(({ value }) => value));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});
