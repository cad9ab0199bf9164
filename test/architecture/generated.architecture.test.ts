import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { staleCoverage } from '../../docs/coverage/gen.ts';
import { families } from '../../sdk-mocks/families/families.gen.ts';
import { familyFolders, staleFamilies } from '../../sdk-mocks/families/gen.ts';
import { staleCatalogue } from '../../sdk-mocks/workspace/catalogue/gen.ts';
import { createCatalogue, extraOperations } from '../../sdk-mocks/workspace/catalogue/index.ts';
import { coverageTable } from '../../sdk-mocks/workspace/index.ts';

const root = resolve(import.meta.dirname, '../..');

test('generated files are fresh', () => {
  expect([...staleCatalogue(), ...staleFamilies(), ...staleCoverage()]).toEqual([]);
});

test('every family folder is registered under its own name, and has a README', () => {
  expect(families.map(({ name }) => name)).toEqual(familyFolders());
  const unread = familyFolders().filter(
    (name) => !existsSync(join(root, 'sdk-mocks/families', name, 'README.md')),
  );
  expect(unread).toEqual([]);
});

test('every built operation has evidence, and every evidence file exists', () => {
  const built = coverageTable(families).operations.filter(({ grade }) => grade !== 'unbuilt');
  expect(built.length).toBeGreaterThan(0);
  expect(built.filter(({ evidence }) => evidence.length === 0).map(({ id }) => id)).toEqual([]);
  const files = new Set(built.flatMap(({ evidence }) => evidence));
  expect([...files].filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('the hand-kept list holds only what the SDK does not name', () => {
  const generated = createCatalogue()
    .operations()
    .filter((operation) => !extraOperations.some((extra) => extra === operation));
  const shape = ({ method, path }: { method: string; path: string }) =>
    `${method} ${path.replace(/\{\w+/g, '{')}`;
  const known = new Set(generated.map(shape));
  expect(extraOperations.filter((extra) => known.has(shape(extra))).map(({ id }) => id)).toEqual([]);
});
