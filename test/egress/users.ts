import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Prefix that runs a program as an ordinary user, for tests started by root. */
export const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

export const isRoot = process.getuid?.() === 0;

const anyScript = join(import.meta.dirname, 'run-world.ts');

/** Whether the ordinary user can read this checkout and its Node. */
export const nobodyCanRun =
  isRoot && spawnSync('setpriv', [...nobody.slice(1), process.execPath, '--check', anyScript]).status === 0;

/** The users of this machine that strict mode is tested as. */
export const users: { user: string; prefix: readonly string[] }[] = [
  { user: isRoot ? 'root' : 'an ordinary user', prefix: [] },
  ...(nobodyCanRun ? [{ user: 'an ordinary user', prefix: nobody }] : []),
];
