import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeSandbox } from '../../test/support/fake-sandbox.ts';
import { silentLog } from '../core/index.ts';
import { type Control, createControl } from './index.ts';

const secret = 'a-secret-of-this-run-0123456789abcdef';
let control: Control;

beforeEach(async () => {
  control = await createControl({ sandbox: fakeSandbox(), secret, log: silentLog });
});
afterEach(() => control.close());

/** `fetch` does not let a caller set Host or Origin; node:http does. */
function raw(path: string, headers: Record<string, string>, method = 'GET', body?: string) {
  return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
    (resolve, reject) => {
      const req = request(new URL(path, control.url), { method, headers }, (res) => {
        let text = '';
        res.setEncoding('utf8');
        res.on('data', (part: string) => {
          text += part;
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body: text, headers: res.headers }));
      });
      req.on('error', reject);
      req.end(body);
    },
  );
}

const bearer = { authorization: `Bearer ${secret}` };
const codeOf = async (path: string, headers: Record<string, string>, method = 'GET') => {
  const { status, body } = await raw(path, headers, method);
  return [status, JSON.parse(body).error?.code];
};

test('the secret opens the API', async () => {
  expect((await raw('/v1/status', bearer)).status).toBe(200);
});

test.each([
  ['nothing', {}],
  ['a wrong secret', { authorization: 'Bearer wrong' }],
  ['a prefix of the secret', { authorization: `Bearer ${secret.slice(0, -1)}` }],
  ['the secret under another scheme', { authorization: `Basic ${secret}` }],
  ['the secret in a cookie', { cookie: `brickbox=${secret}` }],
])('%s is refused on every route', async (_name, headers) => {
  expect(await codeOf('/v1/status', headers)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await codeOf('/v1/openapi.json', headers)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await codeOf('/v1/no-such-route', headers)).toEqual([401, 'UNAUTHENTICATED']);
  expect(await codeOf('/v1/reset', headers, 'POST')).toEqual([401, 'UNAUTHENTICATED']);
});

test.each(['attacker.example', 'localhost', '127.0.0.1', '127.0.0.1:1'])(
  'the host name %s is refused',
  async (host) => {
    expect(await codeOf('/v1/status', { ...bearer, host })).toEqual([403, 'WRONG_HOST']);
    expect(await codeOf('/', { host })).toEqual([403, 'WRONG_HOST']);
  },
);

test('a page of another origin is refused, even with the secret', async () => {
  for (const origin of ['http://evil.example', 'http://127.0.0.1:4712', 'null']) {
    expect(await codeOf('/v1/status', { ...bearer, origin })).toEqual([403, 'FOREIGN_ORIGIN']);
  }
  for (const site of ['cross-site', 'same-site']) {
    expect(
      await codeOf('/v1/status', { ...bearer, 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' }),
    ).toEqual([403, 'FOREIGN_ORIGIN']);
  }
});

test('no CORS header is ever sent, and a preflight is refused', async () => {
  const ok = await raw('/v1/status', bearer);
  const preflight = await raw('/v1/reset', { origin: 'http://evil.example' }, 'OPTIONS');
  expect(preflight.status).toBe(403);
  for (const { headers } of [ok, preflight]) {
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  }
});

test('the link to the console works once and gives a key of its own', async () => {
  const code = new URL(control.consoleLink()).hash.slice('#code='.length);
  const trade = () =>
    raw(
      '/console/session',
      { origin: control.url, 'content-type': 'application/json' },
      'POST',
      JSON.stringify({ code }),
    );
  const first = await trade();
  expect(first.status).toBe(200);
  const { key } = JSON.parse(first.body);
  expect(key).not.toBe(secret);
  expect((await raw('/v1/status', { authorization: `Bearer ${key}`, origin: control.url })).status).toBe(200);
  expect(JSON.parse((await trade()).body).error.code).toBe('CODE_USED');
});

test('the page is served without a secret in it, under a strict content policy', async () => {
  const page = await raw('/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' });
  expect(page.status).toBe(200);
  expect(page.body).not.toContain(secret);
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  expect(page.headers['referrer-policy']).toBe('no-referrer');
  expect((await raw('/main.js', {})).headers['content-type']).toContain('javascript');
});
