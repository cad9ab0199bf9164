import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Something of the machine that some tests need. The list is written down in CONTRIBUTING.md. */
export interface Toolchain {
  name: string;
  /** Why it cannot be used here; undefined when it can. */
  missing: string | undefined;
  /** Variables that tell the tests where it is. Tests skip themselves by name when theirs is absent. */
  env: Record<string, string>;
}

/** Undefined when the command worked, else its last line. */
export function run(command: string, args: readonly string[], cwd?: string): string | undefined {
  const done = spawnSync(command, args, { encoding: 'utf8', ...(cwd ? { cwd } : {}) });
  if (done.status === 0) return undefined;
  return (done.error?.message ?? done.stderr.trim().split('\n').at(-1)) || `exit code ${done.status}`;
}

export function which(command: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

/** What a test needs at `path`, told by `variable`, unless its making failed. */
export function result(name: string, failed: string | undefined, variable: string, path: string): Toolchain {
  if (failed) return { name, missing: `install failed: ${failed}`, env: {} };
  return { name, missing: undefined, env: { [variable]: path } };
}

/** Runs `make` in a fresh folder unless it was made for the same wish before. */
export function once(folder: string, wish: string, make: () => string | undefined): string | undefined {
  const stamp = join(folder, 'brickbox-stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wish) return undefined;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const failed = make();
  if (failed === undefined) writeFileSync(stamp, wish);
  return failed;
}
