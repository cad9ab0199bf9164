import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Sandbox } from '../../emulator/index.ts';
import { openReachWorld, reach, strict, until } from './world.ts';

const rooms = join(tmpdir(), `brickbox-strict-${process.getuid?.()}`);
const openRooms = () =>
  existsSync(rooms) ? readdirSync(rooms).filter((name) => name.startsWith('ns-')) : [];

test.runIf(!strict.available)('strict cannot be had here: auto falls back and says why', async () => {
  await using sandbox = await openReachWorld('auto');
  expect(sandbox.egressMode).toBe('cooperative');
  expect(sandbox.egressReason).toContain(strict.available ? '' : strict.reason);
});

describe.runIf(strict.available)('a sandbox in strict mode', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openReachWorld('auto');
  });
  afterAll(() => sandbox?.close());

  test('auto takes strict, and the app sees the platform port and address', async () => {
    expect(sandbox.egressMode).toBe('strict');
    const answer = await sandbox.as('ana').fetch('/hello');
    expect(await answer.json()).toMatchObject({ listen: '0.0.0.0:8000', url: '/hello' });
    expect(sandbox.apps[0]?.env).toMatchObject({ DATABRICKS_APP_NAME: 'reach', PORT: '8000' });
  });

  test('events come one by one through the gateway', async () => {
    const answer = await sandbox.as('ana').fetch('/events');
    const parts: string[] = [];
    for await (const part of answer.body ?? []) parts.push(Buffer.from(part).toString());
    expect(parts).toEqual(['data: first\n\n', 'data: second\n\n']);
  });

  test('a WebSocket goes through the gateway', async () => {
    const url = sandbox.apps[0]?.url ?? '';
    const cookie = await sandbox.as('ana').cookie();
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { cookie, origin: url } });
    const echoed = await new Promise<string>((resolve, fail) => {
      socket.on('open', () => socket.send('through the namespace'));
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', fail);
    });
    socket.terminate();
    expect(echoed).toBe('through the namespace');
  });

  test('the workspace answers, a stub answers, the denied control host does not', async () => {
    const workspace = await reach(sandbox, `${sandbox.workspaceUrl}/api/2.0/sql/warehouses`);
    expect(workspace).toMatchObject({ status: 401 });
    expect(await reach(sandbox, 'http://rates.example/v1/rates')).toMatchObject({
      status: 200,
      text: expect.stringContaining('1.1'),
    });
    expect(await reach(sandbox, 'http://denied.example/')).toEqual({ failed: 'EAI_AGAIN' });
    const report = sandbox.egressReport();
    expect(report).toMatchObject({ mode: 'strict', usedUndeclared: ['denied.example'] });
    expect(report.attempts).toMatchObject([
      { host: 'rates.example', verdict: 'allowed', app: 'reach' },
      { host: 'denied.example', verdict: 'denied', app: 'reach', count: 1 },
    ]);
  });

  test('an app that crashed comes back, still in its namespace', async () => {
    await sandbox.as('ana').fetch('/crash');
    await until('the app is down', () => sandbox.apps[0]?.state !== 'running');
    await until('the app is up again', () => sandbox.apps[0]?.state === 'running');
    expect(await reach(sandbox, 'http://denied2.example/')).toEqual({ failed: 'EAI_AGAIN' });
    expect(sandbox.egressReport().attempts.map(({ host }) => host)).not.toContain('egress-canary.invalid');
  });

  test('a stopped and started app is reached again', async () => {
    await sandbox.apps[0]?.restart();
    expect((await sandbox.as('ana').fetch('/again')).status).toBe(200);
  });

  test('closing leaves no folder behind', async () => {
    const other = await openReachWorld('strict');
    const before = openRooms().length;
    await other.close();
    expect(openRooms().length).toBeLessThan(before);
  });
});
