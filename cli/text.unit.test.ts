import { expect, test } from 'vitest';
import { UsageError } from './exit.ts';
import { parseDuration, parsePairs, readableDuration, table } from './text.ts';

test.each([
  ['90s', 90_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
  ['1d', 86_400_000],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '10', 'h', '1y', '-5m', '0s', '5m later'])('"%s" is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(UsageError);
});

test('durations read well', () => {
  expect([400, 12_340, 600_000, 7_560_000].map(readableDuration)).toEqual([
    '400 ms',
    '12.3 s',
    '10 min',
    '2.1 h',
  ]);
});

test('columns are aligned and lines have no trailing blanks', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['wider', 'x'],
        ['b', ''],
      ],
    ),
  ).toBe('A      LONG\nwider  x\nb');
});

test('a value may hold an equals sign, a name may not be missing', () => {
  expect(parsePairs(['a=b=c'], '--param')).toEqual({ a: 'b=c' });
  expect(() => parsePairs(['=x'], '--param')).toThrow(UsageError);
});
