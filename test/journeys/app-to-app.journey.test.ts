import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox, loadConfig, type Sandbox } from '../../emulator/index.ts';

/** One app calls another (docs: Databricks Apps, resources): the sample of two apps, in both egress modes. */
interface Asked {
  status: number;
  location: string | null;
  type: string;
  caller: { user: string; name: string | null; email: string | null; hasToken: boolean } | null;
}

const folder = resolve(import.meta.dirname, '../../fixtures/apps/two-apps');

describe.each(['auto', 'cooperative'] as const)('two apps, egress %s', (mode) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    const { config } = loadConfig({ folder });
    sandbox = await createSandbox({ folder, config: { ...config, egress: { ...config.egress, mode } } });
  });
  afterAll(() => sandbox?.close());

  const ask = async (persona: string, identity: string): Promise<Asked> => {
    const response = await sandbox.as(persona).fetch(`/ask/${identity}`, { app: 'frontend' });
    const body = await response.json();
    expect(response.status, JSON.stringify(body)).toBe(200);
    return body as Asked;
  };
  const [backend, frontend] = ['backend', 'frontend'].map((name) => () => {
    const app = sandbox.apps.find((one) => one.name === name);
    if (!app) throw new Error(`no app ${name}`);
    return app;
  }) as [() => Sandbox['apps'][number], () => Sandbox['apps'][number]];

  test('each has its own origin, service principal and cookies', async () => {
    expect(new URL(backend().url).origin).not.toBe(new URL(frontend().url).origin);
    expect(backend().servicePrincipal.applicationId).not.toBe(frontend().servicePrincipal.applicationId);
    const names = await Promise.all(
      ['backend', 'frontend'].map(async (app) => (await sandbox.as('ana').cookie(app)).split('=')[0]),
    );
    expect(new Set(names).size).toBe(2);
    const foreign = await fetch(new URL('/whoami', backend().url), {
      redirect: 'manual',
      headers: { cookie: await sandbox.as('ana').cookie('frontend') },
    });
    expect(foreign.status).toBe(302);
  });

  test('without a token: sent to sign-in, and a client that follows gets its page with status 200', async () => {
    const answer = await ask('ana', 'none');
    expect(answer).toMatchObject({ status: 302, caller: null });
    expect(answer.location).toMatch(/\/oidc\/v1\/authorize\?.*code_challenge/);
    const response = await sandbox.as('ana').fetch('/follow', { app: 'frontend' });
    const followed = (await response.json()) as { status: number; type: string; page: string };
    expect(followed.status).toBe(200);
    expect(followed.type).toMatch(/^text\/html/);
    expect(followed.page).toContain('<html');
  });

  test("with the user's forwarded token the backend sees the user", async () => {
    expect(await ask('ana', 'user')).toMatchObject({
      status: 200,
      caller: { email: 'ana@acme.test', hasToken: true },
    });
  });

  test("with the app's own token and CAN_USE it sees the service principal", async () => {
    const { applicationId } = frontend().servicePrincipal;
    const { status, caller } = await ask('ana', 'app');
    expect(status).toBe(200);
    expect(Object.values(caller ?? {})).toContain(applicationId);
    expect(JSON.stringify(caller)).not.toContain('ana@acme.test');
  });

  test('without CAN_USE on the backend: 403, for the user and, once taken away, for the app', async () => {
    expect(await ask('guest', 'user')).toMatchObject({ status: 403, caller: null });
    expect(await ask('guest', 'app')).toMatchObject({ status: 200 });
    const admin = await sandbox.as('admin').token();
    const path = `${sandbox.workspaceUrl}/api/2.0/permissions/apps/backend`;
    const put = await fetch(path, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ access_control_list: [{ group_name: 'staff', permission_level: 'CAN_USE' }] }),
    });
    expect(put.status).toBe(200);
    expect(await ask('ana', 'app')).toMatchObject({ status: 403, caller: null });
    expect(await ask('ana', 'user')).toMatchObject({ status: 200 });
  });
});
