import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isRoot, nobody, nobodyCanRun } from './users.ts';
import { strict } from './world.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, 'run-world.ts');

async function open(prefix: readonly string[], mode: 'auto' | 'strict') {
  const home = mkdtempSync(join(tmpdir(), 'brickbox-machine-'));
  chmodSync(home, 0o777);
  try {
    const [file = '', ...args] = [...prefix, process.execPath, script, mode];
    const env = { PATH: process.env['PATH'], HOME: home, TMPDIR: home };
    const { stdout } = await run(file, args, { env, timeout: 50_000 });
    return JSON.parse(stdout);
  } finally {
    rmSync(home, { recursive: true });
  }
}

/** The line a GitHub runner needs differs (AppArmor); here the limit of user namespaces is what says no. */
const restricted = [
  'unshare',
  '--user',
  '--map-root-user',
  'sh',
  '-c',
  'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"',
  'sh',
];

const served = {
  allowed: { status: 200, text: expect.stringContaining('1.1') },
  denied: { failed: 'EAI_AGAIN' },
  attempts: ['rates.example allowed', 'denied.example denied'],
};

test.runIf(strict.available && nobodyCanRun)('an ordinary user gets strict mode, unasked', async () => {
  expect(await open(nobody, 'auto')).toMatchObject({ mode: 'strict', reason: '', ...served });
});

test.runIf(strict.available && isRoot)(
  'root gets strict mode, and is told what the app may write',
  async () => {
    const reason = expect.stringContaining('read-only');
    expect(await open([], 'auto')).toMatchObject({ mode: 'strict', reason, ...served });
  },
);

test.runIf(strict.available)(
  'user namespaces off: cooperative, with the line that enables strict',
  async () => {
    const seen = await open(restricted, 'auto');
    expect(seen).toMatchObject({ mode: 'cooperative', ...served });
    expect(seen.reason).toContain('advisory');
    expect(seen.reason).toContain('sudo sysctl -w user.max_user_namespaces=10000');
  },
);

test.runIf(strict.available)('user namespaces off and strict asked for: refused with that line', async () => {
  expect(await open(restricted, 'strict')).toEqual({
    code: 'EGRESS_STRICT_UNAVAILABLE',
    message: expect.stringContaining('does not allow user namespaces'),
    fix: 'Run: sudo sysctl -w user.max_user_namespaces=10000',
  });
});
