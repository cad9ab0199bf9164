import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSource, watchSources } from './watch.ts';

test.each(['server.js', 'src/app.py', 'app.yaml', 'static/a.css'])('%s is a source', (path) => {
  expect(isSource(path)).toBe(true);
});

test.each([
  'node_modules/express/index.js',
  'src/__pycache__/app.pyc',
  '.brickbox/run/a.json',
  '.git/index',
  'app.py~',
  'server.log',
])('%s is a result', (path) => {
  expect(isSource(path)).toBe(false);
});

test('a burst of changes is one change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-watch-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'node_modules'));
  const seen: string[] = [];
  let arrived = () => {};
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const end = watchSources(folder, (path) => {
    seen.push(path);
    arrived();
  });
  try {
    writeFileSync(join(folder, 'node_modules', 'x.js'), '');
    for (let n = 0; n < 5; n += 1) writeFileSync(join(folder, 'src', 'app.py'), String(n));
    await first;
    expect(seen).toEqual([join('src', 'app.py')]);
  } finally {
    end();
    rmSync(folder, { recursive: true, force: true });
  }
});
