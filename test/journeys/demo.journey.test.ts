import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { repository } from './house.ts';

test('plain demo stays up, says where things are, and ends in an orderly way', async () => {
  const child = spawn(process.execPath, [repository('cli/launch.cjs'), '--script', 'demo'], {
    cwd: repository(),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let screen = '';
  let complaints = '';
  child.stderr.on('data', (part) => {
    complaints += part;
  });
  for await (const part of child.stdout) {
    screen += part;
    if (/loosened .*\n/.test(screen)) break;
  }
  const url = /orders +(http:\/\/127\.0\.0\.1:\d+)/.exec(screen)?.[1];
  expect(url, screen + complaints).toBeDefined();
  expect((await fetch(`${url}/api/orders`)).status).toBe(401);
  for (const part of ['admin', 'ana', 'ben', 'guest', 'Try', 'egress']) expect(screen).toContain(part);
  child.kill('SIGINT');
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});
