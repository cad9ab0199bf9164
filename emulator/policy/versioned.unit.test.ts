import { expect, test } from 'vitest';
import { openStore, type Store } from '../state/index.ts';
import { createVersioned } from './versioned.ts';

const migrations = [
  {
    name: 'v/1',
    sql: 'CREATE TABLE v (version INTEGER NOT NULL) STRICT; INSERT INTO v VALUES (1); CREATE TABLE t (a INTEGER) STRICT',
  },
];

function world() {
  const store = openStore({ migrations });
  let reads = 0;
  const counted: Store = {
    ...store,
    get epoch() {
      return store.epoch;
    },
    get generation() {
      return store.generation;
    },
    get<T extends object>(sql: string) {
      reads += 1;
      return store.get<T>(sql);
    },
  };
  const state = createVersioned(counted, 'v', () => store.all<{ a: number }>('SELECT a FROM t').length);
  const add = () => state.change(() => store.run('INSERT INTO t VALUES (1)'));
  return { store, state, add, reads: () => reads };
}

test('the version is read from the database once between changes', () => {
  const { state, add, reads } = world();
  const first = state.version;
  for (let i = 0; i < 10; i += 1) expect(state.version).toBe(first);
  expect(reads()).toBe(1);
  add();
  expect(state.version).toBeGreaterThan(first);
  expect(state.cache()).toBe(1);
});

test('a change inside a change is seen at once, and gone after the outer one is rolled back', () => {
  const { store, state, add } = world();
  add();
  const before = state.version;
  expect(() =>
    store.transaction(() => {
      add();
      expect([state.version > before, state.cache()]).toEqual([true, 2]);
      throw new Error('no');
    }),
  ).toThrow('no');
  expect([state.version, state.cache()]).toEqual([before, 1]);
});

test('a failed change that an outer transaction survives leaves no old cache', () => {
  const { store, state } = world();
  expect(state.cache()).toBe(0);
  store.transaction(() => {
    expect(() =>
      state.change(() => {
        expect(state.cache()).toBe(0);
        store.run('INSERT INTO t VALUES (1)');
        throw new Error('half done');
      }),
    ).toThrow('half done');
    expect(state.cache(), 'what was written before the failure stays with the outer transaction').toBe(1);
  });
  expect(state.cache()).toBe(1);
});

test('numbers of a rolled back change and of a swapped world are not used again', () => {
  const { store, state, add } = world();
  const image = store.serialize();
  const seen = new Set<number>([state.version]);
  expect(() =>
    store.transaction(() => {
      add();
      seen.add(state.version);
      throw new Error('no');
    }),
  ).toThrow('no');
  add();
  expect(seen.has(state.version)).toBe(false);
  seen.add(state.version);
  store.swap(image);
  expect([state.version, state.cache()]).toEqual([1, 0]);
  add();
  expect(seen.has(state.version)).toBe(false);
});
