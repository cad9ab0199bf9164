import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createSandbox, type Sandbox } from '../../emulator/index.ts';

const me = '/api/2.0/preview/scim/v2/Me';

/**
 * An app with the faults people write: `/kept` calls with the token of its very first visitor, `/app` as itself
 * while a user token is at hand, `/me` as it should be.
 */
const faulty = `
import { createServer } from 'node:http';
// Bare, as deployed, where strict egress answers the name.
const { DATABRICKS_HOST } = process.env;
const host = DATABRICKS_HOST.includes('://') ? DATABRICKS_HOST : 'https://' + DATABRICKS_HOST;
let kept;
const ask = async (token) => (await fetch(host + '${me}', { headers: { authorization: 'Bearer ' + token } })).text();
const own = async () => {
  const { DATABRICKS_CLIENT_ID: id, DATABRICKS_CLIENT_SECRET: secret } = process.env;
  const answer = await fetch(host + '/oidc/v1/token', {
    method: 'POST',
    headers: { authorization: 'Basic ' + btoa(id + ':' + secret) },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
  });
  return (await answer.json()).access_token;
};
createServer(async (req, res) => {
  const token = req.headers['x-forwarded-access-token'];
  kept ??= token;
  res.end(await ask(req.url === '/kept' ? kept : req.url === '/app' ? await own() : token));
}).listen(Number(process.env.DATABRICKS_APP_PORT), '127.0.0.1');
`;

let clean: (() => Promise<void>) | undefined;
afterEach(() => clean?.());

async function openFaulty(): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-leaks-'));
  writeFileSync(join(folder, 'server.mjs'), faulty);
  writeFileSync(join(folder, 'app.yaml'), 'command: [node, server.mjs]\n');
  const sandbox = await createSandbox({
    folder,
    config: {
      personas: {
        ana: { user_name: 'ana@acme.test', groups: [] },
        ben: { user_name: 'ben@acme.test', groups: [] },
      },
      apps: {
        faulty: {
          source_code_path: '.',
          user_api_scopes: ['sql'],
          permissions: [{ group_name: 'users', level: 'CAN_USE' }],
        },
      },
    },
  });
  clean = async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return sandbox;
}

const found = (sandbox: Sandbox) =>
  sandbox.findings().map(({ severity, finding }) => `${severity} ${finding}`);

test("a clean request leaves nothing; the first visitor's kept token and the app's own identity do", async () => {
  const sandbox = await openFaulty();
  const name = async (who: string, path: string) =>
    z.object({ userName: z.string() }).parse(await (await sandbox.as(who).fetch(path)).json()).userName;

  expect(await name('ana', '/me')).toBe('ana@acme.test');
  expect(await name('ben', '/me')).toBe('ben@acme.test');
  expect(found(sandbox)).toEqual([]);

  expect(await name('ben', '/kept'), 'the fault is real').toBe('ana@acme.test');
  expect(found(sandbox)).toEqual(['leak token_of_another_persona']);

  const app = sandbox.apps[0]?.servicePrincipal.applicationId;
  expect(await name('ben', '/app')).toBe(app);
  expect(found(sandbox)).toContain('warning ran_as_app_identity');
});

test('a token used after the person signed out is a leak', async () => {
  const sandbox = await openFaulty();
  const { cookie } = await sandbox.as('ana').signIn();
  const url = sandbox.apps[0]?.url ?? '';
  expect((await fetch(`${url}/me`, { headers: { cookie } })).status).toBe(200);
  await fetch(`${url}/.auth/sign_out`, { headers: { cookie }, redirect: 'manual' });

  const answer = await sandbox.as('ben').fetch('/kept');
  expect(await answer.json()).toMatchObject({ userName: 'ana@acme.test' });
  expect(found(sandbox)).toEqual(['leak token_used_after_session_end']);
});
