import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alive, folderWith, leftIn, run } from '../journeys/cli.ts';
import { repository } from '../journeys/house.ts';
import { users } from './users.ts';
import { strict } from './world.ts';

/** Brickbox is killed in strict mode, as the OOM killer would: nothing goes on, and what is left is cleared. */
const config = `
personas:
  ana: { user_name: ana@acme.test }
egress: { mode: strict }
apps:
  reach: { source_code_path: ./reach }
`;
const launcher = repository('cli/launch.cjs');
const patience = { timeout: 10_000, interval: 50 };

describe.runIf(strict.available).each(users)('killed by SIGKILL as $user', ({ prefix }) => {
  let folder: string;
  let remove: () => void;
  beforeAll(() => {
    ({ folder, remove } = folderWith({ 'brickbox.yaml': config }));
    cpSync(join(import.meta.dirname, 'apps'), folder, { recursive: true });
    for (const name of ['temp', 'home']) mkdirSync(join(folder, name));
    for (const name of ['', 'temp', 'home']) chmodSync(join(folder, name), 0o777);
  });
  afterAll(() => remove());

  const brickbox = (...args: string[]) =>
    run([...prefix, process.execPath, launcher, ...args], {
      cwd: folder,
      env: { HOME: join(folder, 'home'), TMPDIR: join(folder, 'temp') },
    });
  const temporary = () => leftIn(join(folder, 'temp'));
  /** What only the next run clears away. */
  const kept = (names: readonly string[]) =>
    names.map((name) => name.split('-').slice(0, 2).join('-')).sort();
  const secrets = () => {
    const runs = join(folder, '.brickbox/run');
    return readdirSync(runs).filter((name) => !name.endsWith('.log'));
  };

  test('start: the app and its namespace end, the next run clears the files', async () => {
    const running = brickbox('start');
    await running.said(/every check is on/);
    const tree = descendants(running.pid);
    expect(tree.map(({ program }) => program)).toEqual(
      expect.arrayContaining([expect.stringContaining('unshare'), expect.stringContaining('app.mjs')]),
    );
    expect(temporary().length).toBeGreaterThan(1);
    expect(secrets()).toHaveLength(2);
    process.kill(running.pid, 'SIGKILL');
    await running.done;
    await expect.poll(() => tree.filter(({ pid }) => alive(pid)), patience).toEqual([]);
    await expect.poll(() => kept(temporary()), patience).toEqual(['brickbox-ca']);
    expect((await brickbox('status').done).stderr).toContain('Nothing runs');
    expect(secrets()).toEqual([]);
    expect((await brickbox('exec', '--', 'true').done).code).toBe(0);
    expect(temporary()).toEqual([]);
  });

  test('exec --inside: the command ends too', async () => {
    const wait = "setInterval(() => {}, 1000); console.log('up')";
    const running = brickbox('exec', '--inside', '--', process.execPath, '-e', wait);
    await running.said(/up/);
    const tree = descendants(running.pid);
    expect(tree.filter(({ program }) => program.includes('setInterval'))).toHaveLength(1);
    process.kill(running.pid, 'SIGKILL');
    await running.done;
    await expect.poll(() => tree.filter(({ pid }) => alive(pid)), patience).toEqual([]);
    await expect.poll(() => kept(temporary()), patience).toEqual(['brickbox-ca', 'brickbox-profiles']);
    expect((await brickbox('exec', '--', 'true').done).code).toBe(0);
    expect(temporary()).toEqual([]);
  });
});

/** All processes below one, with their command lines. */
function descendants(root: number): { pid: number; program: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const parent = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        return [{ pid: Number(name), parent, program: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
  const below = (pid: number): { pid: number; program: string }[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}
