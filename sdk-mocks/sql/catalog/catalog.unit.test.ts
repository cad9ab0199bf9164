import { expect, test } from 'vitest';
import { createClock } from '../../../emulator/core/index.ts';
import { createImages, openStore } from '../../../emulator/state/index.ts';
import { catalogMigrations, createCatalog, type ObjectName, type Segment } from './index.ts';

const name: ObjectName = { catalog: 'main', schema: 'sales', name: 'orders' };
const segment = (id: string): Segment => ({ id, rows: 2, deleteVector: null });
const settled = () => new Promise<void>((done) => queueMicrotask(() => queueMicrotask(done)));

function world() {
  const store = openStore({ migrations: catalogMigrations });
  const unused: string[] = [];
  const catalog = createCatalog({
    store,
    clock: createClock(() => 1_000),
    onSegmentUnused: (id) => unused.push(id),
  });
  catalog.createCatalog('Main', 'admin', 'first');
  catalog.createSchema('main', 'Sales', 'admin');
  catalog.createTable({
    name: { catalog: 'MAIN', schema: 'Sales', name: 'Orders' },
    owner: 'admin',
    columns: [{ name: 'Region', type: 'STRING', nullable: true, comment: 'where' }],
    defaults: new Map([['region', "'x'"]]),
  });
  return { store, catalog, unused, images: createImages(store, [catalog]) };
}

test('names have no case, columns keep theirs', () => {
  const { catalog } = world();
  expect(catalog.catalogs()).toEqual(['main']);
  expect(catalog.schemas('MAIN')).toEqual(['sales']);
  expect(catalog.relation({ catalog: 'main', schema: 'SALES', name: 'ORDERS' })).toMatchObject({
    kind: 'table',
    name,
    columns: [{ name: 'Region', type: 'STRING', nullable: true, comment: 'where' }],
    defaults: new Map([['region', "'x'"]]),
    segments: [],
    createdAt: 1_000,
  });
  expect(catalog.catalogInfo('main')).toMatchObject({ owner: 'admin', comment: 'first' });
  expect(catalog.hasSchema('main', '')).toBe(false);
});

test('every change of a relation gives it a new version', () => {
  const { catalog } = world();
  const versions = [catalog.relation(name)?.version];
  const fn = { catalog: 'main', schema: 'sales', name: 'f' };
  catalog.setRowFilter(name, { function: fn, arguments: [{ column: 'region' }] });
  versions.push(catalog.relation(name)?.version);
  catalog.setMask(name, 'REGION', { function: fn, arguments: [] });
  versions.push(catalog.relation(name)?.version);
  catalog.setSegments(name, [segment('s1')], 'WRITE');
  versions.push(catalog.relation(name)?.version);
  catalog.setOwner('table', name, 'ana');
  versions.push(catalog.relation(name)?.version);
  expect(new Set(versions).size).toBe(5);
  expect(catalog.relation(name)).toMatchObject({
    owner: 'ana',
    rowFilter: { function: fn },
    masks: new Map([['region', { function: fn, arguments: [] }]]),
    segments: [segment('s1')],
  });
  catalog.setMask(name, 'region', null);
  catalog.setRowFilter(name, null);
  expect(catalog.relation(name)).toMatchObject({ rowFilter: null, masks: new Map() });
  expect(catalog.history(name)).toEqual([
    { version: 0, at: 1_000, operation: 'CREATE TABLE', rows: 0, kept: true },
    { version: 1, at: 1_000, operation: 'WRITE', rows: 2, kept: true },
  ]);
});

test('views, functions and what a dropped container takes along', () => {
  const { catalog } = world();
  const defaults = { catalog: 'main', schema: 'sales' };
  catalog.createView({ name: { ...name, name: 'v' }, owner: 'a', columns: [], query: 'SELECT 1', defaults });
  catalog.createFunction({
    name: { ...name, name: 'f' },
    owner: 'a',
    parameters: [{ name: 'x', type: 'INT', default: '1' }],
    returns: 'INT',
    returnsTable: null,
    body: 'x + 1',
    defaults,
  });
  expect(catalog.relations('main', 'sales').map((one) => [one.name.name, one.kind])).toEqual([
    ['orders', 'table'],
    ['v', 'view'],
  ]);
  expect(catalog.function({ ...name, name: 'F' })).toMatchObject({ body: 'x + 1', defaults });
  catalog.drop('schema', { catalog: 'main', schema: 'sales' });
  expect(catalog.relation(name)).toBeUndefined();
  expect(catalog.functions('main', 'sales')).toEqual([]);
  expect(catalog.hasCatalog('main')).toBe(true);
  catalog.drop('catalog', { catalog: 'main' });
  expect(catalog.hasCatalog('main')).toBe(false);
});

test('a segment is unused when neither the world nor an image holds it', async () => {
  const { catalog, images, unused } = world();
  catalog.setSegments(name, [{ id: 'a', rows: 1, deleteVector: 'a-gone' }], 'WRITE');
  const image = images.take();
  catalog.setSegments(name, [segment('b')], 'WRITE');
  await settled();
  expect(unused).toEqual([]);
  images.apply(image);
  await settled();
  expect(unused).toEqual(['b']);
  expect(catalog.relation(name)).toMatchObject({ segments: [{ id: 'a', deleteVector: 'a-gone' }] });
  catalog.drop('table', name);
  images.release(image);
  await settled();
  expect(unused.toSorted()).toEqual(['a', 'a-gone', 'b']);
});

test('a rolled back change keeps its segments and is not seen', async () => {
  const { catalog, store, unused } = world();
  catalog.setSegments(name, [segment('a')], 'WRITE');
  const version = catalog.relation(name)?.version;
  expect(() =>
    store.transaction(() => {
      catalog.setSegments(name, [segment('b')], 'WRITE');
      expect(catalog.relation(name)).toMatchObject({ segments: [segment('b')] });
      throw new Error('no');
    }),
  ).toThrow('no');
  await settled();
  expect(unused).toEqual([]);
  expect(catalog.relation(name)).toMatchObject({ version, segments: [segment('a')] });
});

test('versions never repeat for other content after a reset', () => {
  const { catalog, images } = world();
  const image = images.take();
  catalog.setSegments(name, [segment('a')], 'WRITE');
  const before = catalog.relation(name)?.version ?? 0;
  images.apply(image);
  catalog.setSegments(name, [segment('b')], 'WRITE');
  expect(catalog.relation(name)?.version).toBeGreaterThan(before);
});
