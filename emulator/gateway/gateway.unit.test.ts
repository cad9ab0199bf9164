import { expect, test } from 'vitest';
import { ana, guest, robot } from './testing/fake-identity.ts';
import { createWorld } from './testing/world.ts';

const html = { accept: 'text/html,application/xhtml+xml' };

test('A: no credentials under /api/ is 401 with an empty JSON object', async () => {
  await using world = await createWorld();
  const reply = await world.get('/api/orders', html);
  expect(reply.status).toBe(401);
  expect(reply.headers['content-type']).toBe('application/json');
  expect(reply.body).toBe('{}');
  const [entry] = await world.ended(1);
  expect(entry).toMatchObject({
    outcome: 'unauthenticated',
    status: 401,
    persona: null,
    path: '/api/orders',
  });
  expect(entry?.explanation?.rule).toContain('no session');
});

test('B: a client whose Accept list has exactly application/json gets 401 anywhere', async () => {
  await using world = await createWorld();
  expect((await world.get('/page', { accept: 'text/plain, application/json' })).status).toBe(401);
  expect((await world.get('/page', { accept: 'application/json;q=0.9' })).status).toBe(302);
});

test('C, O: any other path goes to the authorize endpoint of the workspace, preflights too', async () => {
  await using world = await createWorld();
  const reply = await world.get('/some/path?x=1', html);
  expect(reply.status).toBe(302);
  const location = new URL(reply.headers.location ?? '');
  expect(location.origin + location.pathname).toBe('http://127.0.0.1:9/oidc/v1/authorize');
  expect(Object.fromEntries(location.searchParams)).toMatchObject({
    client_id: 'client-of-orders',
    redirect_uri: `${world.gateway.origin}/.auth/callback`,
    response_type: 'code',
    code_challenge_method: 'S256',
    scope: 'openid profile email offline_access iam.current-user:read iam.access-control:read sql',
  });
  expect(location.searchParams.get('state')).toMatch(/^[\w-]{32}:\/some\/path\?x=1$/);
  expect(location.searchParams.get('nonce')).toMatch(/^[\w-]{32}$/);
  expect(location.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
  expect(reply.headers['set-cookie']?.[0]).toMatch(
    /^databricksapps_orders_sb1_csrf=[^;]+; Path=\/; Max-Age=900; HttpOnly; SameSite=Lax$/,
  );
  expect(reply.headers['cache-control']).toContain('no-store');
  const preflight = await world.send('/x', { method: 'OPTIONS', headers: { origin: 'http://evil.test' } });
  expect(preflight.status).toBe(302);
  expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
});

test('D: a session is proxied with the identity of its person', async () => {
  await using world = await createWorld();
  const reply = await world.get('/hello?a=b', { cookie: await world.signedIn() });
  expect(reply.status).toBe(200);
  expect(reply.headers['gap-auth']).toBe('ana@acme.test');
  const seen = JSON.parse(reply.body);
  expect(seen.url).toBe('/hello?a=b');
  expect(seen.headers).toMatchObject({
    'x-forwarded-user': '4001@7474656789012345',
    'x-forwarded-email': 'ana@acme.test',
    'x-forwarded-preferred-username': 'ana@acme.test',
    'x-forwarded-host': new URL(world.gateway.origin).host,
    'x-forwarded-proto': 'http',
    'x-forwarded-for': '127.0.0.1',
    'x-real-ip': '127.0.0.1',
  });
  const caller = await world.identity.tokens.verify(seen.headers['x-forwarded-access-token']);
  expect(caller).toMatchObject({ how: 'obo', app: 'orders', clientId: 'client-of-orders', exchange: null });
  const [entry] = await world.ended(1);
  expect(entry).toMatchObject({
    outcome: 'proxied',
    persona: 'ana@acme.test',
    exchange: seen.headers['x-request-id'],
  });
  expect(caller.session).toBe(entry?.session);
});

test('E: an OAuth bearer is proxied, outside /api/ with one finding', async () => {
  await using world = await createWorld();
  const token = await world.identity.bearer(robot, ['all-apis']);
  const authorization = `Bearer ${token}`;
  const reply = await world.get('/api/x', { authorization });
  const seen = JSON.parse(reply.body);
  expect(seen.headers).toMatchObject({
    'x-forwarded-email': robot.name,
    'x-forwarded-user': '5001@7474656789012345',
  });
  expect(Buffer.from(seen.headers['x-forwarded-preferred-username'], 'latin1').toString()).toBe(
    'nightly rôle',
  );
  expect(seen.headers.authorization).toBeUndefined();
  const forwarded = await world.identity.tokens.verify(seen.headers['x-forwarded-access-token']);
  expect(forwarded.scopes).toEqual(['iam.current-user:read', 'iam.access-control:read', 'sql']);
  expect(world.findings()).toEqual([]);

  await world.get('/health', { authorization });
  await world.get('/health', { authorization });
  expect(world.findings()).toMatchObject([
    { finding: 'bearer_outside_api', severity: 'info', app: 'orders' },
  ]);
});

test('F, K: without CAN_USE it is 403, for bearer and session, and the page says why', async () => {
  await using world = await createWorld();
  const authorization = `Bearer ${await world.identity.bearer(guest, ['all-apis'])}`;
  expect((await world.get('/api/x', { authorization })).status).toBe(403);
  const reply = await world.get('/', { cookie: await world.signedIn(guest) });
  expect(reply.status).toBe(403);
  expect(reply.headers['content-type']).toContain('text/html');
  expect(reply.body).toContain('<title>Forbidden</title>');
  expect(reply.body).toContain('CAN_USE on app orders is not granted.');
  const entries = await world.ended(2);
  expect(entries[1]).toMatchObject({ outcome: 'denied', persona: guest.name, status: 403 });
  expect(entries[1]?.explanation?.fix).toContain('permissions of app orders');
});

test('G: a narrow bearer passes with a finding and is not widened; strict: docs refuses it', async () => {
  await using world = await createWorld();
  const reply = await world.get('/api/x', {
    authorization: `Bearer ${await world.identity.bearer(robot, ['files'])}`,
  });
  const token = JSON.parse(reply.body).headers['x-forwarded-access-token'];
  expect((await world.identity.tokens.verify(token)).scopes).not.toContain('sql');
  expect(world.findings()).toMatchObject([{ finding: 'narrow_bearer_scopes' }]);

  await using strict = await createWorld({ settings: { strict: 'docs' } });
  const narrow = `Bearer ${await strict.identity.bearer(robot, ['files'])}`;
  const refused = await strict.get('/api/x', { authorization: narrow });
  expect(refused.status).toBe(403);
  expect(refused.body).toContain('sql');
  const wide = `Bearer ${await strict.identity.bearer(robot, ['all-apis'])}`;
  expect((await strict.get('/api/x', { authorization: wide })).status).toBe(200);
  expect((await strict.get('/health', { authorization: wide })).status).toBe(302);
});

test('H: a personal access token is never accepted', async () => {
  await using world = await createWorld();
  const authorization = 'Bearer dapi0123456789abcdef0123456789abcdef';
  expect((await world.get('/api/x', { authorization })).status).toBe(401);
  expect((await world.get('/x', { authorization })).status).toBe(302);
  const [entry] = await world.ended(2);
  expect(entry?.explanation?.rule).toContain('personal access token');
  expect(JSON.stringify(world.journal.entries())).not.toContain('dapi0123');
});

test('I: an expired or broken bearer counts as none, or is 403 by switch', async () => {
  await using world = await createWorld();
  const authorization = `Bearer ${await world.identity.bearer(robot, ['all-apis'], 3600)}`;
  expect((await world.get('/api/x', { authorization })).status).toBe(200);
  world.clock.advance(3_600_001);
  expect((await world.get('/api/x', { authorization })).status).toBe(401);
  expect((await world.get('/x', { authorization })).status).toBe(302);
  expect((await world.get('/x', { authorization: 'Bearer eyJx.eyJy.zzz' })).status).toBe(302);
  const cookie = await world.signedIn();
  expect((await world.get('/x', { authorization, cookie })).status).toBe(200);

  await using other = await createWorld({ settings: { expired_bearer: 'invalid_token' } });
  const reply = await other.get('/api/x', { authorization: 'Bearer eyJx.eyJy.zzz' });
  expect([reply.status, reply.body]).toEqual([403, 'Invalid Token']);
});

test('L: a stopped, crashed or first deploying app shows App Not Available', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  world.backend.reachable = false;
  for (const state of ['stopped', 'crashed', 'deploying'] as const) {
    world.backend.current = state;
    const reply = await world.get('/', { cookie });
    expect(reply.status).toBe(503);
    expect(reply.body).toContain('<title>App Not Available</title>');
    expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
  world.backend.reachable = true;
  world.backend.current = 'deploying';
  expect((await world.get('/', { cookie })).status).toBe(200);
  expect((await world.get('/')).status).toBe(302);
});

test('L: JSON under /api/ when the switch asks for it', async () => {
  await using world = await createWorld({ settings: { unavailable_format: 'json_under_api' } });
  world.backend.current = 'stopped';
  const reply = await world.get('/api/x', { cookie: await world.signedIn() });
  expect(JSON.parse(reply.body)).toMatchObject({ error_code: 'TEMPORARILY_UNAVAILABLE' });
});

test('a host other than the own one is refused, whatever the credentials (DNS rebinding)', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  const port = new URL(world.gateway.origin).port;
  for (const host of [`evil.test:${port}`, `localhost:${port}`, '127.0.0.1', `127.0.0.1:${port}.evil.test`]) {
    const reply = await world.get('/', { cookie, host });
    expect(reply.status, host).toBe(421);
    expect(reply.body).toContain(world.gateway.origin);
  }
  const absolute = await world.send('http://evil.test/', { headers: { cookie } });
  expect(absolute.status).toBe(421);
  const own = await world.send(`${world.gateway.origin}/abs?q=1`, { headers: { cookie } });
  expect(JSON.parse(own.body).url).toBe('/abs?q=1');
});

test('reserved paths: robots, auth, userinfo', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  expect((await world.get('/robots.txt')).body).toBe('User-agent: *\nDisallow: /\n');
  expect((await world.get('/.auth/auth')).status).toBe(401);
  expect((await world.get('/.auth/userinfo')).status).toBe(401);
  expect((await world.get('/.auth/auth', { cookie })).status).toBe(202);
  expect((await world.get('/.auth/auth', { cookie: await world.signedIn(guest) })).status).toBe(403);
  const info = await world.get('/.auth/userinfo', { cookie });
  expect(JSON.parse(info.body)).toEqual({
    user: '4001@7474656789012345',
    email: 'ana@acme.test',
    groups: ['users', 'emea-sales'],
    preferredUsername: 'ana@acme.test',
  });
  const entries = await world.ended(6);
  expect(entries.every(({ outcome }) => outcome === 'reserved' || outcome === 'denied')).toBe(true);
});

test('an app without user_api_scopes receives identity but no token', async () => {
  await using world = await createWorld({ scopes: ['iam.current-user:read', 'iam.access-control:read'] });
  const seen = JSON.parse((await world.get('/', { cookie: await world.signedIn() })).body);
  expect(seen.headers['x-forwarded-email']).toBe('ana@acme.test');
  expect(seen.headers['x-forwarded-access-token']).toBeUndefined();
  expect(world.identity.mints).toEqual([]);
});

test('one token per session, renewed near expiry; one per exchange when asked for', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  const token = async (use = world) =>
    JSON.parse((await use.get('/', { cookie: use === world ? cookie : other })).body).headers[
      'x-forwarded-access-token'
    ];
  const [first, second] = await Promise.all([token(), token()]);
  expect(first).toBe(second);
  expect(world.identity.mints).toHaveLength(1);
  world.clock.advance(3_599_000);
  expect(await token()).not.toBe(first);

  await using each = await createWorld({ settings: { token_per_exchange: true } });
  const other = await each.signedIn();
  expect(await token(each)).not.toBe(await token(each));
  const entries = await each.ended(2);
  expect(each.identity.mints.map(({ exchange }) => exchange)).toEqual(
    entries.map(({ exchange }) => exchange),
  );
});

test('unknown settings are refused by name', async () => {
  await expect(createWorld({ settings: { forwardAuthorization: 'pass' } })).rejects.toThrow(
    'forwardAuthorization',
  );
});

test('a permission once found is not asked for again until policy or the person changes', async () => {
  await using world = await createWorld();
  const cookie = await world.signedIn();
  expect((await world.get('/', { cookie })).status).toBe(200);
  world.canUse.delete(ana.name);
  expect((await world.get('/', { cookie })).status, 'nothing says that policy changed').toBe(200);
  world.policy.version += 1;
  expect((await world.get('/', { cookie })).status).toBe(403);
  world.canUse.add(ana.name);
  expect((await world.get('/', { cookie })).status, 'refusals are asked for each time').toBe(200);
});
