import { expect, test } from 'vitest';
import { createImages, createSecretStore, type Freezable, openStore, secretMigrations } from './index.ts';

const migrations = [{ name: 't/1', sql: 'CREATE TABLE t (a INTEGER) STRICT' }];

test('an image brings the world back, and counts epochs', () => {
  const store = openStore({ migrations });
  const calls: string[] = [];
  const segments: Freezable = {
    name: 'segments',
    freeze: () => ['s1'],
    thaw: (refs) => calls.push(`thaw ${refs}`),
    release: (refs) => calls.push(`release ${refs}`),
  };
  const images = createImages(store, [segments]);
  store.run('INSERT INTO t VALUES (?)', 1);
  const image = images.take();
  store.run('INSERT INTO t VALUES (?)', 2);
  let swaps = 0;
  store.onSwap(() => {
    swaps += 1;
  });
  expect(store.all('SELECT a FROM t')).toHaveLength(2);
  images.apply(image);
  expect(store.all('SELECT a FROM t')).toEqual([{ a: 1 }]);
  expect(store.epoch).toBe(1);
  expect(swaps).toBe(1);
  store.run('INSERT INTO t VALUES (?)', 3);
  images.apply(image);
  expect(store.all('SELECT a FROM t')).toEqual([{ a: 1 }]);
  images.release(image);
  expect(calls).toEqual(['thaw s1', 'thaw s1', 'release s1']);
  store.close();
});

test('a failed transaction leaves nothing behind, nested ones join the outer', () => {
  const store = openStore({ migrations });
  expect(() =>
    store.transaction(() => {
      store.run('INSERT INTO t VALUES (1)');
      store.transaction(() => store.run('INSERT INTO t VALUES (2)'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.all('SELECT a FROM t')).toEqual([]);
  expect([store.generation, store.epoch]).toEqual([1, 0]);
  store.close();
});

test('secrets are kept by scope and key', () => {
  const store = openStore({ migrations: secretMigrations });
  const secrets = createSecretStore(store);
  secrets.put('billing', 'api_key', 'one', 1);
  secrets.put('billing', 'api_key', 'two', 2);
  expect(secrets.get('billing', 'api_key')).toBe('two');
  expect(secrets.get('billing', 'other')).toBeUndefined();
  expect(secrets.scopes()).toEqual(['billing']);
  expect(secrets.keys('billing')).toEqual([{ key: 'api_key', updatedAt: 2 }]);
  store.close();
});
