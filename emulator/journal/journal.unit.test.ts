import { expect, test } from 'vitest';
import { createClock } from '../core/index.ts';
import { createJournal } from './index.ts';

const app = (name: string, event = 'started') =>
  ({ kind: 'app', app: name, event, message: `${name} ${event}` }) as const;

test('entries are stamped, ordered and filtered', () => {
  const journal = createJournal(
    createClock(() => 42),
    () => 3,
  );
  const seen: number[] = [];
  const stop = journal.follow((entry) => seen.push(entry.seq));
  journal.append(app('orders'));
  journal.append({ ...app('other'), exchange: 'x1' });
  stop();
  journal.append(app('orders', 'stopped'));
  expect(seen).toEqual([1, 2]);
  expect(journal.entries().map(({ seq, at, epoch, exchange }) => [seq, at, epoch, exchange])).toEqual([
    [1, 42, 3, null],
    [2, 42, 3, 'x1'],
    [3, 42, 3, null],
  ]);
  expect(journal.entries({ app: 'orders' }).map((entry) => entry.seq)).toEqual([1, 3]);
  expect(journal.entries({ exchange: 'x1' }).map((entry) => entry.seq)).toEqual([2]);
  expect(journal.entries({ after: 1, limit: 1 }).map((entry) => entry.seq)).toEqual([3]);
  expect(journal.entries({ kinds: ['call'] })).toEqual([]);
});

test('it stays within its bounds and says what it dropped', () => {
  const journal = createJournal(createClock(), () => 0, { count: 1000, bytes: 10_000_000 });
  for (let i = 0; i < 5000; i += 1) journal.append(app('a'));
  expect(journal.entries()).toHaveLength(1000);
  expect(journal.dropped).toBe(4000);
  expect(journal.last).toBe(5000);
  const small = createJournal(createClock(), () => 0, { count: 1000, bytes: 5000 });
  for (let i = 0; i < 100; i += 1) small.append(app('a'.repeat(1000)));
  expect(small.entries().length).toBeLessThan(3);
  expect(small.dropped).toBeGreaterThan(97);
});
