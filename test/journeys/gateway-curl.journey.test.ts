import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { type CurlAnswer, curl } from './curl.ts';
import { type Echoed, openHouse } from './house.ts';

/** The decision table of the gateway (docs/architecture.md, "Gateway"), asked by the real curl. */
const { path: program, test } = withToolchain('BRICKBOX_TEST_CURL');

let house: Sandbox;
let strict: Sandbox;
let app: string;
let folder: string;
beforeAll(async () => {
  if (!program) return;
  folder = mkdtempSync(join(tmpdir(), 'brickbox-curl-'));
  [house, strict] = await Promise.all([
    openHouse(),
    openHouse({ config: { gateway: { strict: 'docs', expired_bearer: 'invalid_token' } } }),
  ]);
  app = house.apps[0]!.url;
});
afterAll(async () => {
  await Promise.all([house?.close(), strict?.close()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const ask = (...args: string[]) => curl(program, ...args);
const bearer = (token: string) => ['-H', `Authorization: Bearer ${token}`];
const echoed = (answer: CurlAnswer): Echoed => {
  expect(answer.status, answer.text).toBe(200);
  return JSON.parse(answer.body);
};
const authorize = () => new RegExp(`^${house.workspaceUrl}/oidc/v1/authorize\\?`);

describe('rows of the table', () => {
  test('A: no credentials under /api/ is 401 with {}', async () => {
    for (const path of ['/api/', '/api/orders?x=1']) {
      const answer = await ask(app + path);
      expect(answer).toMatchObject({ status: 401, body: '{}' });
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(answer.cookies).toEqual([]);
    }
  });

  test('B: Accept with exactly application/json is 401 anywhere, with a weight it is a page request', async () => {
    expect(await ask('-H', 'Accept: text/html, application/json', `${app}/`)).toMatchObject({
      status: 401,
      body: '{}',
    });
    expect((await ask('-H', 'Accept: application/json;q=0.9', `${app}/`)).status).toBe(302);
  });

  test('C: anything else goes to sign-in with PKCE and a CSRF cookie, and is not cached', async () => {
    for (const args of [
      ['/'],
      ['/deep/page?x=1'],
      ['-X', 'OPTIONS', '/'],
      ['-X', 'POST', '-d', 'a=b', '/form'],
    ]) {
      const answer = await ask(...args.slice(0, -1), app + args.at(-1));
      expect(answer.status, args.join(' ')).toBe(302);
      expect(answer.headers['location']).toMatch(authorize());
      expect(answer.headers['cache-control']).toMatch(/no-store/);
      expect(answer.cookies).toHaveLength(1);
      expect(answer.cookies[0]).toMatch(/^databricksapps_echo_\w+_csrf=[^;]+;.*HttpOnly; SameSite=Lax$/);
      const query = new URL(answer.headers['location']!).searchParams;
      expect(Object.fromEntries(query)).toMatchObject({
        redirect_uri: `${app}/.auth/callback`,
        response_type: 'code',
        code_challenge_method: 'S256',
      });
      expect(query.get('scope')!.split(' ')).toEqual(expect.arrayContaining(['openid', 'sql']));
      expect(query.get('state')).toMatch(new RegExp(`:${args.at(-1)!.replaceAll('?', '\\?')}$`));
    }
  });

  test('D: a session cookie is proxied with the identity of its person and a scoped token', async () => {
    const answer = await ask('-b', await house.as('ana').cookie(), `${app}/page?x=1`);
    const { headers, path } = echoed(answer);
    expect(path).toBe('/page?x=1');
    expect(headers).toMatchObject({
      'x-forwarded-email': 'ana@acme.test',
      'x-forwarded-preferred-username': 'ana@acme.test',
      'x-forwarded-host': new URL(app).host,
      'x-real-ip': '127.0.0.1',
    });
    expect(headers['x-forwarded-user']).toMatch(new RegExp(`^\\d+@${house.workspaceId}$`));
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(scopesOf(headers['x-forwarded-access-token']!)).toContain('sql');
    expect(scopesOf(headers['x-forwarded-access-token']!)).not.toContain('all-apis');
    expect(headers['authorization']).toBeUndefined();
    expect(headers['cookie']).toBeUndefined();
  });

  test('E: the OAuth token of a user or a service principal with CAN_USE is proxied', async () => {
    for (const path of ['/api/data', '/health']) {
      const { headers } = echoed(await ask(...bearer(await house.as('ana').token()), app + path));
      expect(headers['x-forwarded-email']).toBe('ana@acme.test');
      expect(headers['authorization'], 'the caller’s token stays with the gateway').toBeUndefined();
    }
    const { headers } = echoed(await ask(...bearer(await house.as('nightly').token()), `${app}/api/data`));
    expect(headers['x-forwarded-email']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-forwarded-preferred-username']).toBe('Nightly job');
    expect(house.findings().map(({ finding }) => finding)).toContain('bearer_outside_api');
  });

  test('F: a token of somebody without CAN_USE is 403, and the page says what to grant', async () => {
    const answer = await ask(...bearer(await house.as('bob').token()), `${app}/api/data`);
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/CAN_USE/);
    expect((await ask(...bearer(await house.asApp('echo').token()), `${app}/api/data`)).status).toBe(403);
  });

  test('G: a narrower token passes as observed, with a finding and not widened; as documented it is 403', async () => {
    const { headers } = echoed(
      await ask(...bearer(await house.as('ana').token({ scopes: ['files'] })), `${app}/api/data`),
    );
    expect(scopesOf(headers['x-forwarded-access-token']!)).not.toContain('sql');
    expect(house.findings().map(({ finding }) => finding)).toContain('narrow_bearer_scopes');
    const token = await strict.as('ana').token({ scopes: ['files'] });
    expect((await ask(...bearer(token), `${strict.apps[0]!.url}/api/data`)).status).toBe(403);
    expect(
      echoed(await ask(...bearer(await strict.as('ana').token()), `${strict.apps[0]!.url}/api/data`)).path,
    ).toBe('/api/data');
  });

  test('H: a personal access token is no credential: 401 under /api/, else sign-in', async () => {
    const pat = bearer(house.createPat('ana'));
    expect(await ask(...pat, `${app}/api/data`)).toMatchObject({ status: 401, body: '{}' });
    const page = await ask(...pat, `${app}/`);
    expect(page.status).toBe(302);
    expect(page.headers['location']).toMatch(authorize());
  });

  test('I: garbage, foreign and expired tokens are as none; by switch 403 "Invalid Token"', async () => {
    const short = await house.as('ana').token({ lifetime: 60 });
    expect((await ask(...bearer(short), `${app}/api/data`)).status).toBe(200);
    house.clock.advance(61_000);
    const [head, body, signature] = (await house.as('ana').token()).split('.');
    const changed = Buffer.from(body!, 'base64url').toString().replace('ana@', 'admin@');
    const forged = `${head}.${Buffer.from(changed).toString('base64url')}.${signature}`;
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.AA`;
    const bad = [
      short,
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.AAAA',
      forged,
      none,
      await strict.as('ana').token(),
    ];
    for (const token of [...bad, 'garbage', '']) {
      expect((await ask(...bearer(token), `${app}/api/data`)).status, token.slice(0, 12)).toBe(401);
      expect((await ask(...bearer(token), `${app}/`)).status, token.slice(0, 12)).toBe(302);
    }
    const answer = await ask(...bearer(bad[1]!), `${strict.apps[0]!.url}/api/data`);
    expect(answer).toMatchObject({ status: 403, body: 'Invalid Token' });
  });

  test('K: a session of somebody who may not use the app is a 403 page for people', async () => {
    const answer = await ask('-b', await house.as('bob').cookie(), `${app}/`);
    expect(answer.status).toBe(403);
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    expect(answer.body).toMatch(/<html lang="en">[\s\S]*bob@acme\.test[\s\S]*CAN_USE/);
  });
});

describe('what a client may not do', () => {
  test('identity headers in any spelling never reach the app', async () => {
    const names = [
      'User',
      'Email',
      'Preferred-Username',
      'Access-Token',
      'Groups',
      'Host',
      'For',
      'Proto',
      'Port',
    ];
    const spellings = [
      ...names.map((name) => `X-Forwarded-${name}`),
      'X-Real-Ip',
      'X-Request-Id',
      'Gap-Auth',
    ].flatMap((name) => [
      name,
      name.toLowerCase(),
      name.toUpperCase(),
      name.replaceAll('-', '_'),
      name.replaceAll('-', '.'),
    ]);
    const sent = spellings.flatMap((name) => ['-H', `${name}: spoofed-value`]);
    for (const credentials of [
      ['-b', await house.as('ana').cookie()],
      bearer(await house.as('ana').token()),
    ]) {
      const answer = await ask(...credentials, ...sent, '-H', 'X-Custom-Token: mine', `${app}/api/data`);
      const { headers } = echoed(answer);
      expect(answer.body).not.toContain('spoofed-value');
      expect(headers).toMatchObject({ 'x-forwarded-email': 'ana@acme.test', 'x-custom-token': 'mine' });
      expect(Object.keys(headers).filter((name) => /[_.]/.test(name))).toEqual([]);
    }
  });

  test('Connection cannot be used to strip what the gateway sets', async () => {
    const { headers } = echoed(
      await ask(
        ...['-b', await house.as('ana').cookie()],
        ...['-H', 'Connection: close, X-Forwarded-Email, X-Forwarded-Access-Token, Cookie'],
        `${app}/api/data`,
      ),
    );
    expect(headers['x-forwarded-email']).toBe('ana@acme.test');
    expect(headers['x-forwarded-access-token']).toBeTruthy();
  });

  test('the app keeps its own cookies and gets none of ours', async () => {
    const session = await house.as('ana').cookie();
    const others = 'theme=dark; __Host-databricksapps=x; brickbox_any=y; databricksapps_other_1=z; a=b';
    const { headers } = echoed(await ask('-H', `Cookie: ${others}; ${session}`, `${app}/`));
    expect(headers['cookie']!.split(/; */)).toEqual(['theme=dark', 'a=b']);
  });

  test('another Host is refused before anything else, at gateway and workspace', async () => {
    const cookie = ['-b', await house.as('ana').cookie()];
    const port = new URL(app).port;
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `localhost:${port}`,
      '127.0.0.1',
      `127.0.0.1.:${port}`,
    ]) {
      const answer = await ask(...cookie, '-H', `Host: ${host}`, `${app}/api/data`);
      expect(answer.status, host).toBe(421);
      expect(answer.body).not.toContain('ana@acme.test');
    }
    const token = bearer(await house.as('ana').token());
    const me = `${house.workspaceUrl}/api/2.0/preview/scim/v2/Me`;
    expect((await ask(...token, me)).status).toBe(200);
    expect((await ask(...token, '-H', 'Host: evil.example', me)).status).toBeGreaterThanOrEqual(400);
    expect(
      (await ask('-H', 'Host: evil.example', `${house.workspaceUrl}/login.html`)).status,
    ).toBeGreaterThanOrEqual(400);
  });

  test('no answer carries CORS headers', async () => {
    const origin = ['-H', 'Origin: https://evil.example', '-H', 'Access-Control-Request-Method: POST'];
    const answers = [
      await ask(...origin, '-X', 'OPTIONS', `${app}/api/data`),
      await ask(...origin, ...bearer(await house.as('ana').token()), `${app}/api/data`),
      await ask(...origin, '-X', 'OPTIONS', `${house.workspaceUrl}/api/2.0/preview/scim/v2/Me`),
    ];
    for (const answer of answers) expect(answer.text).not.toMatch(/^access-control-/im);
  });
});

describe('sign-in by hand', () => {
  const field = (body: string, pattern: RegExp) => pattern.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? '';

  test('redirects, persona form, consent form, callback: curl with a cookie jar ends at the page it asked for', async () => {
    const jar = ['-b', join(folder, 'jar'), '-c', join(folder, 'jar')];
    const page = await ask(...jar, '-L', `${app}/deep?x=1`);
    expect(page.status).toBe(200);
    const post = (body: string, ...data: string[]) =>
      ask(
        ...[...jar, '-L', ...data.flatMap((one) => ['--data-urlencode', one])],
        ...['--data-urlencode', `csrf=${field(body, /name="csrf" value="([^"]+)"/)}`],
        house.workspaceUrl + field(body, /<form method="post" action="([^"]+)"/),
      );
    const consent = await post(page.body, 'persona=cleo@acme.test');
    expect(consent.body).toMatch(/to act for you/);
    const done = echoed(await post(consent.body, 'answer=accept'));
    expect(done).toMatchObject({ path: '/deep?x=1', headers: { 'x-forwarded-email': 'cleo@acme.test' } });
    // Consent is kept: the next sign-in of the same browser asks nothing.
    expect((await ask(...jar, `${app}/.auth/sign_out?rd=/after`)).headers['location']).toMatch(/\/after$/);
    expect(echoed(await ask(...jar, '-L', `${app}/again`)).path).toBe('/again');
  });

  test('a form without its token, or from another origin, signs nobody in', async () => {
    const jar = ['-b', join(folder, 'forged'), '-c', join(folder, 'forged')];
    const page = await ask(...jar, '-L', `${app}/`);
    const action = house.workspaceUrl + field(page.body, /<form method="post" action="([^"]+)"/);
    const token = `csrf=${field(page.body, /name="csrf" value="([^"]+)"/)}`;
    const persona = ['-d', 'persona=admin@acme.test'];
    expect((await ask(...jar, ...persona, action)).status).toBe(400);
    expect(
      (await ask(...jar, ...persona, '-d', token, '-H', 'Origin: https://evil.example', action)).status,
    ).toBe(400);
    expect((await ask(...persona, '-d', token, action)).status, 'another browser').toBe(400);
    expect((await ask(...jar, ...persona, '-d', token, action)).status).toBe(303);
  });

  test('the callback needs the CSRF cookie of its browser', async () => {
    const started = await ask(`${app}/`);
    const state = new URL(started.headers['location']!).searchParams.get('state')!;
    const callback = `${app}/.auth/callback?code=abc&state=${encodeURIComponent(state)}`;
    expect(await ask(callback)).toMatchObject({ status: 403, body: expect.stringMatching(/Login Failed/) });
    const cookie = started.cookies[0]!.split(';')[0]!;
    const wrong = await ask('-b', cookie, `${app}/.auth/callback?code=abc&state=other%3A%2F`);
    expect(wrong).toMatchObject({ status: 403, body: expect.stringMatching(/CSRF token mismatch/) });
    const badCode = await ask('-b', cookie, callback);
    expect(badCode.status).toBe(403);
    expect(badCode.cookies.join()).not.toMatch(/databricksapps_echo_\w+=[^;]/);
  });

  test('a return address never leaves the app', async () => {
    for (const rd of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '/.//evil.example',
      'javascript:1',
    ]) {
      const out = await ask(`${app}/.auth/sign_out?rd=${encodeURIComponent(rd)}`);
      expect(out.headers['location'], rd).toBe('/');
      const start = await ask(`${app}/.auth/start?rd=${encodeURIComponent(rd)}`);
      expect(new URL(start.headers['location']!).searchParams.get('state'), rd).toMatch(/:\/$/);
    }
  });
});

function scopesOf(token: string): string[] {
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
  return String(claims.scope).split(' ');
}
