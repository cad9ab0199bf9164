import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
