import { expect, test } from 'vitest';
import { refuseUnasked } from './result-limit.ts';

const bounds = { rows: 100, bytes: 1000 };

test('a cut that was asked for stands', () => {
  expect(() => refuseUnasked(10, { rows: 10 }, bounds)).not.toThrow();
  expect(() => refuseUnasked(3, { bytes: 50 }, bounds)).not.toThrow();
});

test.each([
  ['nothing was asked', 100, {}],
  ['more rows were asked', 100, { rows: 200 }],
  ['more bytes were asked', 7, { bytes: 5000 }],
])('a cut by a bound of ours is an error: %s', (_name, rows, asked) => {
  expect(() => refuseUnasked(rows, asked, bounds)).toThrow('more than 100 rows or 1000 bytes');
});
