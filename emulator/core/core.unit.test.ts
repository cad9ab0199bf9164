import { expect, test } from 'vitest';
import { BrickboxError, createClock, createIds, Disposables, SqlError } from './index.ts';

test('the clock starts at wall time and only moves forward', () => {
  let wall = 1000;
  const clock = createClock(() => wall);
  const seen: number[] = [];
  clock.onAdvance((now) => seen.push(now));
  expect(clock.now()).toBe(1000);
  expect(clock.advance(7_200_000)).toBe(7_201_000);
  wall = 2000;
  expect(clock.now()).toBe(7_202_000);
  expect(clock.wall()).toBe(2000);
  expect(seen).toEqual([7_201_000]);
  expect(() => clock.advance(-1)).toThrow(RangeError);
  expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
});

test('the same seed gives the same ids, another seed others', () => {
  const ids = createIds('a');
  const start = ids.mark();
  const first = [ids.uuid('table'), ids.hex('warehouse', 16), ids.number('user')];
  expect([ids.uuid('table'), ids.hex('warehouse', 16), ids.number('user')]).not.toEqual(first);
  ids.return(start);
  expect([ids.uuid('table'), ids.hex('warehouse', 16), ids.number('user')]).toEqual(first);
  expect(createIds('b').uuid('table')).not.toBe(first[0]);
  expect(first[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  expect(Number.isSafeInteger(first[2])).toBe(true);
});

test('disposables close in reverse order, all of them, once', async () => {
  const order: string[] = [];
  const disposables = new Disposables();
  disposables.defer(() => order.push('first'));
  disposables.defer(() => {
    order.push('second');
    throw new Error('second failed');
  });
  disposables.use({ close: () => order.push('third') });
  await expect(disposables.dispose()).rejects.toThrow('second failed');
  await expect(disposables.dispose()).rejects.toThrow('second failed');
  expect(order).toEqual(['third', 'second', 'first']);
});

test('errors carry their place and their class', () => {
  const error = new BrickboxError('CONFIG_UNKNOWN_KEY', 'Unknown key "persona".', {
    fix: 'Write "personas".',
    at: { file: 'brickbox.yaml', line: 3, column: 1, field: 'persona' },
  });
  expect(error.toText()).toBe(
    'brickbox.yaml:3:1: Unknown key "persona".\n  field: persona\n  fix:   Write "personas".',
  );
  expect(new SqlError('DIVIDE_BY_ZERO', '22012', 'Division by zero.').message).toBe(
    '[DIVIDE_BY_ZERO] Division by zero. SQLSTATE: 22012',
  );
});
