import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeRunFolder } from './run-folder.ts';

let temp: string;
beforeEach(() => {
  temp = mkdtempSync(join(tmpdir(), 'brickbox-test-'));
  vi.stubEnv('TMPDIR', temp);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(temp, { recursive: true });
});

/** Number of a process that is over. */
const gone = () => spawnSync(process.execPath, ['-e', '']).pid;

test('folders of dead processes go, others stay', () => {
  const mine = makeRunFolder('ca');
  const like = (pid: number, mark = '') => {
    const folder = mine.replace(`-${process.pid}-`, `${mark}-${pid}-`);
    mkdirSync(folder);
    return folder;
  };
  const dead = gone();
  const [left, running, elsewhere] = [like(dead), like(process.ppid), like(dead, 'ff')];
  const next = makeRunFolder('ca');
  expect([mine, left, running, elsewhere, next].map((folder) => existsSync(folder))).toEqual([
    true,
    false,
    true,
    true,
    true,
  ]);
});
