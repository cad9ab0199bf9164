import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRuns, prepareRunsFolder, type Run, writePrivate, writeRun } from './run-file.ts';

let folder: string;
let io: { env: NodeJS.ProcessEnv };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brickbox-run-'));
  io = { env: { XDG_STATE_HOME: join(folder, 'state') } };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (more: Partial<Run> = {}): Run => ({
  version: 1,
  id: 'aa',
  pid: process.pid,
  url: 'http://127.0.0.1:1',
  token: 'secret',
  folder,
  started_at: '2026-01-01T00:00:00.000Z',
  workspace_url: 'http://127.0.0.1:2',
  apps: [],
  databricks_config_file: join(folder, 'cfg'),
  log: null,
  ...more,
});

/** Number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

test('the file and its folder are for the user alone, and out of version control', () => {
  const runs = prepareRunsFolder(io, folder);
  const file = writeRun(runs, run());
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(runs).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(folder, '.brickbox', '.gitignore'), 'utf8')).toBe('*\n');
});

test('runs are found oldest first; a dead one is cleaned away with its profiles', () => {
  const runs = prepareRunsFolder(io, folder);
  writeRun(runs, run({ id: 'bb', started_at: '2026-02-01T00:00:00.000Z' }));
  writeRun(runs, run());
  const config = join(folder, 'dead.cfg');
  writePrivate(config, 'token');
  const dead = writeRun(runs, run({ id: 'cc', pid: deadPid(), databricks_config_file: config }));
  expect(findRuns(io, folder).map(({ id }) => id)).toEqual(['aa', 'bb']);
  expect(existsSync(dead)).toBe(false);
  expect(existsSync(config)).toBe(false);
});

test("half a file, or another program's, is not a run", () => {
  const runs = prepareRunsFolder(io, folder);
  writeFileSync(join(runs, 'x.json'), '{"version": 1, "id":');
  writeFileSync(join(runs, 'y.json'), '{"version": 2}');
  expect(findRuns(io, folder)).toEqual([]);
});

test('a folder that cannot be written keeps its runs in the state directory, and they are found there', () => {
  const missing = join(folder, 'not', 'there');
  const runs = prepareRunsFolder(io, missing);
  expect(runs.startsWith(join(folder, 'state', 'brickbox', 'run'))).toBe(true);
  writeRun(runs, run({ folder: missing }));
  expect(findRuns(io, missing)).toHaveLength(1);
});
