import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { defaultKeyFolder } from '../../emulator/identity/index.ts';
import type { Sandbox } from '../../emulator/index.ts';
import { hostOfApp, openReachWorld, reach, strict, until } from './world.ts';

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
  let secretFolder: string;
  beforeAll(async () => {
    // Not in the temporary folder, which is the app's own anyway.
    secretFolder = mkdtempSync(join(import.meta.dirname, '.secrets-'));
    writeFileSync(join(secretFolder, 'token'), 'secret');
    sandbox = await openReachWorld('auto', {}, { hidden: [secretFolder] });
  });
  afterAll(async () => {
    await sandbox?.close();
    if (secretFolder) rmSync(secretFolder, { recursive: true, force: true });
  });

  test('auto takes strict, and the app sees the platform port and address', async () => {
    expect(sandbox.egressMode).toBe('strict');
    const answer = await sandbox.as('ana').fetch('/hello');
    expect(await answer.json()).toMatchObject({ listen: '0.0.0.0:8000', url: '/hello' });
    expect(sandbox.apps[0]?.env).toMatchObject({ DATABRICKS_APP_NAME: 'reach', PORT: '8000' });
  });

  test('events come one by one through the gateway', async () => {
    const answer = await sandbox.as('ana').fetch('/events');
    const parts: string[] = [];
    for await (const part of answer.body ?? []) {
      parts.push(Buffer.from(part).toString());
      if (parts.length === 1) await (await sandbox.as('ana').fetch('/finish')).text();
    }
    expect(parts).toEqual(['data: first\n\n', 'data: second\n\n']);
  });

  test('folders with secrets of the run and of this machine are empty for the app', async () => {
    const see = async (path: string) =>
      (await sandbox.as('ana').fetch(`/see?path=${encodeURIComponent(path)}`)).json();
    expect(readdirSync(secretFolder)).toEqual(['token']);
    expect(await see(secretFolder)).toEqual([]);
    expect(readdirSync(defaultKeyFolder())).toContain('signing-key.pem');
    expect(await see(defaultKeyFolder())).toEqual([]);
    expect(await see(import.meta.dirname)).toContain('world.ts');
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

  test('the workspace answers under a name like the platform’s, with a certificate the app trusts', async () => {
    const host = await hostOfApp(sandbox);
    expect(host).toMatch(/^brickbox-[0-9a-f]{8}\.cloud\.databricks\.com$/);
    expect(await reach(sandbox, `https://${host}/api/2.0/sql/warehouses`)).toMatchObject({ status: 401 });
    const discovery = await reach(sandbox, `https://${host}/oidc/.well-known/oauth-authorization-server`);
    expect(discovery).toMatchObject({ status: 200, text: expect.stringContaining(`https://${host}/oidc`) });
    // Another Databricks name is nobody's here, and another port of ours has no listener.
    const other = 'https://adb-1.cloud.databricks.com/';
    expect(await reach(sandbox, other)).toEqual({ failed: 'EAI_AGAIN' });
    expect(await reach(sandbox, `https://${host}:8443/`)).toEqual({ failed: 'ECONNRESET' });
    expect(sandbox.egressReport().attempts.filter(({ verdict }) => verdict === 'allowed')).toEqual([]);
  });

  test('the app signs in there as its service principal', async () => {
    const answer = await (await sandbox.as('ana').fetch('/me')).text();
    expect(answer).toContain(sandbox.apps[0]?.servicePrincipal.applicationId ?? 'no service principal');
  });

  test('a stub answers over TLS with a certificate of the run', async () => {
    const answer = await reach(sandbox, 'https://rates.example/v1/rates');
    expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('1.1') });
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
    expect(report.mode).toBe('strict');
    expect(report.usedUndeclared).toContain('denied.example');
    expect(report.attempts).toContainEqual(
      expect.objectContaining({ host: 'rates.example', port: 80, verdict: 'allowed', app: 'reach' }),
    );
    expect(report.attempts).toContainEqual(
      expect.objectContaining({ host: 'denied.example', verdict: 'denied', app: 'reach', count: 1 }),
    );
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
