import { expect, test } from 'vitest';
import { sqlParameters } from './parameters.ts';

test('unnamed parameters count by place, whatever ordinal the driver sent', () => {
  expect(
    sqlParameters([
      { type: 'INT', value: { stringValue: '1' } },
      { name: 'a', type: 'VOID' },
      { value: { booleanValue: true } },
    ]),
  ).toEqual([
    { ordinal: 1, type: 'INT', value: '1' },
    { name: 'a', type: 'VOID', value: null },
    { ordinal: 2, value: 'true' },
  ]);
});

test('ARRAY and MAP come as items, as deep as they are', () => {
  expect(
    sqlParameters([
      { type: 'ARRAY<STRING>', arguments: [] },
      {
        name: 'm',
        type: 'MAP<INT, ARRAY<STRING>>',
        arguments: [
          { type: 'INT', value: '1' },
          { type: 'ARRAY<STRING>', arguments: [{ type: 'STRING', value: 'x' }, { type: 'VOID' }] },
        ],
      },
    ]),
  ).toEqual([
    { ordinal: 1, type: 'ARRAY<STRING>', items: [] },
    {
      name: 'm',
      type: 'MAP<INT, ARRAY<STRING>>',
      items: [
        { type: 'INT', value: '1' },
        {
          type: 'ARRAY<STRING>',
          items: [
            { type: 'STRING', value: 'x' },
            { type: 'VOID', value: null },
          ],
        },
      ],
    },
  ]);
});

test('a bare ARRAY or MAP takes its type from its items', () => {
  const int = { type: 'INT', value: '1' };
  const [array, map] = sqlParameters([
    { type: 'ARRAY', arguments: [{ type: 'VOID' }, { type: 'ARRAY', arguments: [int] }] },
    { type: 'MAP', arguments: [{ type: 'STRING', value: 'k' }, int] },
  ]);
  expect([array?.type, map?.type]).toEqual(['ARRAY<ARRAY<INT>>', 'MAP<STRING, INT>']);
});
