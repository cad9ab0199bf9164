import { expect, test } from 'vitest';
import { allowances, judge, type Sample } from './growth.ts';

const flat = Object.fromEntries(Object.keys(allowances).map((figure) => [figure, 100]));
const samples = (value: (minute: number) => number, figure = 'heap MB'): Sample[] =>
  Array.from({ length: 30 }, (_, minute) => ({ minute, figures: { ...flat, [figure]: value(minute) } }));
const growing = (of: Sample[]) => judge(of).filter(({ grows }) => grows);

test('steady figures, noise and a single outlier are no growth', () => {
  expect(growing(samples(() => 100))).toEqual([]);
  expect(growing(samples((minute) => 100 + (minute % 2) * 4))).toEqual([]);
  expect(growing(samples((minute) => (minute === 29 ? 500 : 100)))).toEqual([]);
});

test('steady growth is named with its slope', () => {
  const [heap, ...others] = growing(samples((minute) => 100 + minute));
  expect(others).toEqual([]);
  expect(heap).toMatchObject({ figure: 'heap MB', first: 100, last: 129, perHour: 60, growth: 29 });
  expect(growing(samples((minute) => minute / 10, 'temporary files'))).toHaveLength(1);
});

test('a figure that was not read counts as growth, and two samples as no proof', () => {
  expect(growing(samples(() => Number.NaN))).toHaveLength(1);
  expect(() => judge(samples(() => 1).slice(0, 2))).toThrow('2 samples');
});
