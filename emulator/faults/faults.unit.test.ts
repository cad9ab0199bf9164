import { expect, test } from 'vitest';
import { createFaults } from './index.ts';

const request = (method: string, path: string, operation?: string) => ({
  method,
  path,
  operation: () => operation,
});

test('a rule strikes what it matches, as often as it says', () => {
  const faults = createFaults();
  faults.add({ match: { path: '/api/2.0/sql/*', method: 'post' }, effect: { status: 503 }, times: 2 });
  const hit = request('POST', '/api/2.0/sql/statements');
  expect(faults.strike('before', request('GET', '/api/2.0/sql/statements'))).toBeUndefined();
  expect(faults.strike('before', request('POST', '/api/2.0/apps'))).toBeUndefined();
  expect(faults.strike('after', hit)).toBeUndefined();
  expect(faults.strike('before', hit)).toEqual({ status: 503 });
  expect(faults.strike('before', hit)).toEqual({ status: 503 });
  expect(faults.strike('before', hit)).toBeUndefined();
  expect(faults.list()[0]?.struck).toBe(2);
});

test('an operation is matched by its id, a path literally but for the star', () => {
  const faults = createFaults();
  faults.add({ match: { operation: 'apps.list' }, when: 'after', effect: { drop: true } });
  expect(faults.strike('after', request('GET', '/api/2.0/apps', 'apps.list'))).toEqual({ drop: true });
  expect(faults.strike('after', request('GET', '/api/2.0/apps/x', 'apps.get'))).toBeUndefined();
  faults.clear();
  faults.add({ match: { path: '/api/2.0/apps' }, effect: { latency: 5 } });
  expect(faults.strike('before', request('GET', '/api/2x0/apps'))).toBeUndefined();
});

test('rules can be removed, and senseless ones are refused', () => {
  const faults = createFaults();
  const id = faults.add({ match: {}, effect: { status: 500 } });
  expect(faults.remove(id)).toBe(true);
  expect(faults.remove(id)).toBe(false);
  expect(faults.strike('before', request('GET', '/'))).toBeUndefined();
  expect(() => faults.add({ match: {}, effect: {} })).toThrow('needs an effect');
  expect(() => faults.add({ match: {}, effect: { status: 42 } })).toThrow('status is 42');
  expect(() => faults.add({ match: {}, effect: { latency: -1 } })).toThrow('latency is -1');
  expect(() => faults.add({ match: {}, effect: { drop: true }, times: 0 })).toThrow('times is 0');
});
