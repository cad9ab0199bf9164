import { expect, test } from 'vitest';
import { returnPath } from './steps/return-path.ts';
import { ana, guest } from './testing/fake-identity.ts';
import { cookieOf, createWorld, type Reply } from './testing/world.ts';

type World = Awaited<ReturnType<typeof createWorld>>;

/** Begins at `path` and lets the fake workspace sign the person in: what the browser would bring to the callback. */
async function begin(world: World, path: string, principal = ana, scopes?: readonly string[]) {
  const reply = await world.get(path, { accept: 'text/html' });
  const callback = new URL(
    world.identity.authorize(new URL(reply.headers.location ?? ''), principal, scopes),
  );
  return { csrf: cookieOf(reply, 'csrf') ?? '', callback: callback.pathname + callback.search, reply };
}

const finish = (world: World, callback: string, csrf: string): Promise<Reply> =>
  world.get(callback, { cookie: csrf });

test('the whole sign-in ends where it began, with a session that carries the consented scopes', async () => {
  await using world = await createWorld({ scopes: ['iam.current-user:read', 'sql', 'files'] });
  const { csrf, callback } = await begin(world, '/some/path?x=1', ana, [
    'openid',
    'iam.current-user:read',
    'sql',
  ]);
  const done = await finish(world, callback, csrf);
  expect(done.status).toBe(302);
  expect(done.headers.location).toBe('/some/path?x=1');
  const cookies = done.headers['set-cookie'] ?? [];
  expect(cookies[0]).toMatch(
    /^databricksapps_orders_sb1=[\w-]+\|\d{10}\|[\w-]+; Path=\/; Max-Age=86400; HttpOnly; SameSite=Lax$/,
  );
  expect(cookies[1]).toMatch(/^databricksapps_orders_sb1_csrf=; Path=\/; Max-Age=0;/);
  const reply = await world.get('/some/path?x=1', { cookie: cookieOf(done, 'session') ?? '' });
  const token = JSON.parse(reply.body).headers['x-forwarded-access-token'];
  expect((await world.identity.tokens.verify(token)).scopes).toEqual(['iam.current-user:read', 'sql']);
  const entries = await world.ended(3);
  expect(entries.map(({ outcome, persona }) => [outcome, persona])).toEqual([
    ['sign_in', null],
    ['sign_in', ana.name],
    ['proxied', ana.name],
  ]);
  expect(entries[1]?.path).toBe('/.auth/callback');
});

test('a callback without, with a foreign, or with a stale CSRF cookie is 403 Login Failed', async () => {
  await using world = await createWorld();
  const mine = await begin(world, '/');
  const other = await begin(world, '/');
  const without = await world.get(mine.callback);
  expect(without.status).toBe(403);
  expect(without.body).toContain('<title>Login Failed</title>');
  expect(without.body).toContain('CSRF');
  expect((await finish(world, mine.callback, other.csrf)).status).toBe(403);
  expect((await finish(world, mine.callback, mine.csrf.replace(/=.{8}/, '=AAAAAAAA'))).status).toBe(403);
  expect((await finish(world, mine.callback, mine.csrf.replace('_csrf=', '='))).status).toBe(403);
  world.clock.advance(15 * 60_000 + 1000);
  expect((await finish(world, mine.callback, mine.csrf)).status).toBe(403);
  for (const reply of [without]) expect(cookieOf(reply, 'session')).toBeUndefined();
});

test('a second sign-in in one browser replaces the first; other browsers are not disturbed', async () => {
  await using world = await createWorld();
  const [first, second, elsewhere] = await Promise.all([
    begin(world, '/first'),
    begin(world, '/second'),
    begin(world, '/elsewhere', guest),
  ]);
  // One cookie jar keeps the newest CSRF cookie only: its name is fixed.
  expect((await finish(world, first.callback, second.csrf)).status).toBe(403);
  expect((await finish(world, second.callback, second.csrf)).headers.location).toBe('/second');
  expect((await finish(world, elsewhere.callback, elsewhere.csrf)).headers.location).toBe('/elsewhere');
});

test('a code works once, and only for the verifier it was asked with', async () => {
  await using world = await createWorld();
  const { csrf, callback } = await begin(world, '/');
  expect((await finish(world, callback, csrf)).status).toBe(302);
  const again = await finish(world, callback, csrf);
  expect(again.status).toBe(403);
  expect(again.body).toContain('grant request is invalid');
});

test('an error of the identity provider is 403 and never echoed as markup', async () => {
  await using world = await createWorld();
  const reply = await world.get('/.auth/callback?error=access_denied&error_description=%3Cscript%3E');
  expect(reply.status).toBe(403);
  expect(reply.body).toContain('access_denied');
  expect(reply.body).not.toContain('<script>');
});

const origin = 'http://127.0.0.1:4712';

test.each([
  ['https://evil.test/'],
  ['//evil.test'],
  ['/\\evil.test'],
  ['\\\\evil.test'],
  ['/\t/evil.test'],
  ['/.//evil.test'],
  ['/a/..//evil.test'],
  ['javascript:alert(1)'],
  ['http://127.0.0.1:4712.evil.test/'],
  ['http://127.0.0.1:4712@evil.test/'],
  ['http://127.0.0.1:9999/'],
  ['/.auth/sign_out'],
  ['/x/../.auth/sign_out'],
  ['/a\r\nSet-Cookie: x=1'],
  [''],
  [null],
])('no return to %j', (candidate) => {
  expect(returnPath(candidate, origin)).toBe('/');
});

test('returns stay within the app', () => {
  expect(returnPath('/a/b?c=d#e', origin)).toBe('/a/b?c=d#e');
  expect(returnPath(`${origin}/a?b`, origin)).toBe('/a?b');
});

test('sign-in and sign-out take rd, but only to this app', async () => {
  await using world = await createWorld();
  const started = await world.get('/.auth/start?rd=/deep');
  expect(new URL(started.headers.location ?? '').searchParams.get('state')).toMatch(/:\/deep$/);
  const evil = await world.get('/.auth/sign_in?rd=https://evil.test/');
  expect(new URL(evil.headers.location ?? '').searchParams.get('state')).toMatch(/:\/$/);
  expect((await world.get('/.auth/sign_out?rd=//evil.test')).headers.location).toBe('/');
  const { csrf, callback } = await begin(world, '/');
  const tampered = callback.replace(/%3A%2F$/, '%3A%2F%2Fevil.test');
  expect(tampered).not.toBe(callback);
  expect((await finish(world, tampered, csrf)).headers.location).toBe('/');
});

test('sign-out ends the session, also for a copy of the cookie', async () => {
  await using world = await createWorld();
  const { cookie, sessionId } = await world.gateway.session(ana);
  expect((await world.get('/', { cookie })).status).toBe(200);
  expect(world.gateway.sessionState(sessionId)).toBe('open');
  const out = await world.get('/.auth/sign_out?rd=/bye', { cookie });
  expect(out.headers.location).toBe('/bye');
  expect(out.headers['set-cookie']?.[0]).toMatch(/^databricksapps_orders_sb1=; Path=\/; Max-Age=0/);
  expect((await world.get('/', { cookie })).status).toBe(302);
  expect(world.gateway.sessionState(sessionId)).toBe('ended');
  expect(world.gateway.sessionState('never')).toBe('unknown');
});

test('a session ends on the sandbox clock, by endSessions, and with a disabled person', async () => {
  await using world = await createWorld({ settings: { session_ttl: '2h' } });
  const [one, two] = [await world.signedIn(), await world.signedIn(guest)];
  world.canUse.add(guest.name);
  world.clock.advance(2 * 3_600_000 - 5000);
  expect((await world.get('/', { cookie: one })).status).toBe(200);
  world.gateway.endSessions(ana);
  expect((await world.get('/', { cookie: one })).status).toBe(302);
  expect((await world.get('/', { cookie: two })).status).toBe(200);
  const fresh = await world.signedIn();
  expect((await world.get('/', { cookie: fresh })).status).toBe(200);
  world.identity.directory.setActive(ana.name, false);
  expect((await world.get('/', { cookie: fresh })).status).toBe(302);
  world.clock.advance(6000);
  expect((await world.get('/', { cookie: two })).status).toBe(302);
  const last = await world.signedIn(guest);
  world.gateway.endSessions();
  expect((await world.get('/', { cookie: last })).status).toBe(302);
});

test('the session of a test is the one of the redirects: consent is kept, not widened', async () => {
  await using world = await createWorld();
  world.identity.consents.grant(ana.name, 'client-of-orders', ['openid', 'iam.current-user:read']);
  await world.get('/', { cookie: await world.signedIn() });
  expect(world.identity.mints[0]?.scopes).not.toContain('sql');
});

test('two apps on 127.0.0.1 do not take each other’s cookies, nor see any', async () => {
  await using orders = await createWorld({ name: 'orders' });
  await using billing = await createWorld({ name: 'billing' });
  const [a, b] = [await orders.signedIn(), await billing.signedIn()];
  const jar = `${a}; theme=dark; ${b}; brickbox_session=abc; sid=1`;
  const seen = JSON.parse((await orders.get('/', { cookie: jar })).body);
  expect(seen.headers.cookie).toBe('theme=dark; sid=1');
  expect((await billing.get('/', { cookie: a })).status).toBe(302);
  const renamed = a.replace('_orders_', '_billing_');
  expect((await billing.get('/', { cookie: renamed })).status).toBe(302);
});

test('what another app’s page asks for does not carry the session, as SameSite=Lax does on the platform', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  const from = (more: Record<string, string>) =>
    world.get('/api/x', { cookie, 'sec-fetch-site': 'same-site', ...more });
  expect((await from({ 'sec-fetch-mode': 'cors' })).status).toBe(401);
  expect((await from({ 'sec-fetch-mode': 'navigate' })).status).toBe(200);
  const form = await world.send('/api/x', {
    method: 'POST',
    headers: { cookie, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
  });
  expect(form.status).toBe(401);
});
