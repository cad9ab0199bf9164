import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';

const root = resolve(import.meta.dirname, '../..');
const manifest = z
  .object({
    files: z.array(z.string()),
    bin: z.record(z.string(), z.string()),
    exports: z.record(
      z.string(),
      z.union([z.string(), z.record(z.string(), z.string()).transform((by) => Object.values(by).join(' '))]),
    ),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

test('the package holds dist and single files: a folder of the checkout would bring tests and node_modules along', () => {
  const folders = manifest.files.filter(
    (path) => path !== 'dist' && (!existsSync(join(root, path)) || statSync(join(root, path)).isDirectory()),
  );
  expect(folders).toEqual([]);
});

test('everything the package exports is made by the build', () => {
  const targets = [...Object.values(manifest.exports).flatMap((paths) => paths.split(' '))];
  const sources = targets.map((path) => path.replace(/^\.\/dist\//, '').replace(/\.d\.ts$|\.js$/, '.ts'));
  expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  expect(Object.values(manifest.bin).filter((path) => !manifest.files.includes(path))).toEqual([]);
});
