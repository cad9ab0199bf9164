import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Control, createControl, type Sandbox } from '../../emulator/index.ts';
import { type Echoed, openHouse } from './house.ts';

/** After a whole journey, no token or secret stands in the journal, the logs or an answer of the control API. */
const runSecret = 'a-secret-of-this-run-0123456789abcdef';
const billing = 'billing-key-7f3a90';

let house: Sandbox;
let control: Control;
const logged: string[] = [];
const log = {
  info: (line: string) => void logged.push(line),
  warn: (line: string) => void logged.push(line),
  error: (line: string) => void logged.push(line),
  debug: (line: string) => void logged.push(line),
};
beforeAll(async () => {
  house = await openHouse({ log, config: { secrets: { billing: { key: { value: billing } } } } });
  control = await createControl({ sandbox: house, secret: runSecret, log });
});
afterAll(async () => {
  await control?.close();
  await house?.close();
});

test('nothing of a journey’s tokens, cookies, codes and secrets is kept', async () => {
  const app = house.apps[0]!;
  const secrets = new Map<string, string>([
    ['secret of the run', runSecret],
    ['app secret', billing],
    ['client secret', app.env['DATABRICKS_CLIENT_SECRET']!],
  ]);
  const me = (token: string) =>
    fetch(`${house.workspaceUrl}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const form = (fields: Record<string, string>) =>
    fetch(`${house.workspaceUrl}/oidc/v1/token`, { method: 'POST', body: new URLSearchParams(fields) });

  const { cookie } = await house.as('ana').signIn();
  for (const pair of cookie.split('; '))
    secrets.set(`cookie ${pair.split('=')[0]}`, pair.slice(pair.indexOf('=') + 1));
  const echoed: Echoed = JSON.parse(await (await fetch(`${app.url}/api/x`, { headers: { cookie } })).text());
  secrets.set('forwarded token', echoed.headers['x-forwarded-access-token']!);
  secrets.set('user token', await house.as('ana').token());
  secrets.set('PAT', house.createPat('ana'));
  const m2m = await form({
    grant_type: 'client_credentials',
    client_id: app.env['DATABRICKS_CLIENT_ID']!,
    client_secret: app.env['DATABRICKS_CLIENT_SECRET']!,
    scope: 'all-apis',
  });
  secrets.set('M2M token', JSON.parse(await m2m.text()).access_token);
  secrets.set('wrong token', 'dapi99999999999999999999999999999999');
  secrets.set('wrong client secret', 'wrong-secret-5510c7');
  secrets.set('wrong code', 'wrong-code-81aa03');
  for (const name of ['forwarded token', 'user token', 'PAT', 'M2M token', 'wrong token']) {
    expect((await me(secrets.get(name)!)).status, name).toBe(name === 'wrong token' ? 403 : 200);
    await fetch(`${app.url}/api/x`, { headers: { authorization: `Bearer ${secrets.get(name)}` } });
  }
  await form({
    grant_type: 'client_credentials',
    client_id: app.env['DATABRICKS_CLIENT_ID']!,
    client_secret: 'wrong-secret-5510c7',
  });
  await form({ grant_type: 'authorization_code', code: 'wrong-code-81aa03', redirect_uri: app.url });
  await fetch(`${app.url}/.auth/callback?code=wrong-code-81aa03&state=x%3A%2F`, { headers: { cookie } });
  house.clock.advance(2 * 3_600_000);
  expect((await me(secrets.get('user token')!)).status).toBe(403);
  await fetch(`${app.url}/.auth/sign_out`, { headers: { cookie }, redirect: 'manual' });
  await house.reset();

  const kept = new Map<string, string>([
    ['journal', JSON.stringify(house.journal.entries())],
    ['log', logged.join('\n')],
    ['app log', JSON.stringify(app.logs())],
    ['egress report', JSON.stringify(house.egressReport())],
  ]);
  for (const path of [
    'status',
    'personas',
    'apps',
    'apps/echo/logs',
    'journal?limit=1000',
    'findings',
    'egress',
    'clock',
  ]) {
    const answer = await fetch(`${control.url}/v1/${path}`, {
      headers: { authorization: `Bearer ${runSecret}` },
    });
    expect(answer.status, path).toBe(200);
    kept.set(path, await answer.text());
  }
  expect(house.journal.entries().length).toBeGreaterThan(20);
  for (const [name, value] of secrets) {
    expect(value.length, name).toBeGreaterThan(10);
    // A JWT leaks by its signature alone; everything else by its whole value.
    const needle = value.startsWith('ey') ? value.split('.').at(-1)! : value;
    for (const [place, text] of kept) expect(text.includes(needle), `${name} in ${place}`).toBe(false);
  }
});
