import { request } from 'node:http';
import { expect, test } from 'vitest';
import { appRequest, authorizeUrl, callback, cliRequest, pkce, registerOrders } from '../testing/flow.ts';
import { createBrowser, startWorld, type World } from '../testing/world.ts';

type Browser = ReturnType<typeof createBrowser>;

async function open(world: World, browser: Browser, query: Record<string, string>) {
  return browser.visit(world.origin, authorizeUrl(world, query));
}

/** Signs `persona` in at the orders app, allowing what is asked, and redeems the code. */
async function signIn(world: World, browser: Browser, persona: string, scopes = ['sql']) {
  const client = registerOrders(world, scopes);
  const { verifier, challenge } = pkce();
  let page = await open(world, browser, appRequest(client, challenge));
  const pages: string[] = [];
  while (!page.left) {
    const consent = page.html.includes('value="accept"');
    pages.push(consent ? 'consent' : 'personas');
    page = await browser.submit(world.origin, page, consent ? { answer: 'accept' } : { persona });
  }
  const code = new URL(page.url).searchParams.get('code') ?? '';
  const origin = world.origin;
  return {
    pages,
    client,
    redeemed: await world.identity.redeem({ client, code, verifier, redirectUri: callback, origin }),
  };
}

test('a person picks a persona, consents, and the code becomes a session at the app', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const { verifier, challenge } = pkce();
  const browser = createBrowser();
  const page = await open(world, browser, { ...appRequest(client, challenge), login_hint: 'ANA@acme.test' });
  expect(new URL(page.url).pathname).toMatch(/^\/login\.html\//);
  expect(page.html).toContain('<strong>Ana Silva</strong>');
  expect(page.html).toContain('emea-sales');
  expect(page.html).toMatch(/class="persona hinted" name="persona" value="ana@acme.test" autofocus/);
  expect(page.html).not.toContain('nightly');
  const consent = await browser.submit(world.origin, page, { persona: 'ana@acme.test' });
  expect(consent.html).toContain('<code>sql</code>');
  expect(consent.html).not.toContain('offline_access');
  const back = await browser.submit(world.origin, consent, { answer: 'accept' });
  const returned = new URL(back.url);
  expect(returned.origin + returned.pathname).toBe(callback);
  expect(returned.searchParams.get('state')).toBe('st');
  expect(returned.searchParams.get('iss')).toBe(`${world.origin}/oidc`);
  const redeem = () =>
    world.identity.redeem({
      client,
      code: returned.searchParams.get('code') ?? '',
      verifier,
      redirectUri: callback,
      origin: world.origin,
    });
  const redeemed = await redeem();
  expect(redeemed.user.name).toBe('ana@acme.test');
  expect(redeemed.scopes).toEqual(expect.arrayContaining(['sql', 'iam.current-user:read']));
  expect(redeemed.refreshToken).toBeTruthy();
  await expect(redeem()).rejects.toMatchObject({ status: 400, code: 'invalid_grant' });
  expect(world.identity.consents.get('Ana@acme.test', client.clientId)).toContain('sql');
});

test('a code is refused with another verifier, and with a secret that was renewed', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  const { client } = await signIn(world, browser, 'ana@acme.test');
  const attempt = async (change: object) => {
    const { verifier, challenge } = pkce();
    const page = await open(world, browser, appRequest(client, challenge));
    const code = new URL(page.url).searchParams.get('code') ?? '';
    const request = { client, code, verifier, redirectUri: callback, origin: world.origin, ...change };
    return world.identity.redeem(request);
  };
  await expect(attempt({})).resolves.toBeTruthy();
  await expect(attempt({ verifier: 'b'.repeat(43) })).rejects.toMatchObject({ code: 'invalid_grant' });
  await expect(attempt({ redirectUri: 'http://127.0.0.1:9/other' })).rejects.toMatchObject({ status: 400 });
  await expect(attempt({ client: { ...client, clientSecret: 'dose0' } })).rejects.toMatchObject({
    status: 401,
    code: 'invalid_client',
  });
});

test('refusing sends access_denied to the callback and keeps no consent', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const browser = createBrowser();
  const page = await open(world, browser, appRequest(client, pkce().challenge));
  const consent = await browser.submit(world.origin, page, { persona: 'guest@acme.test' });
  const back = await browser.submit(world.origin, consent, { answer: 'refuse' });
  expect(new URL(back.url).searchParams.get('error')).toBe('access_denied');
  expect(new URL(back.url).searchParams.get('state')).toBe('st');
  expect(world.identity.consents.get('guest@acme.test', client.clientId)).toBeUndefined();
});

test('consent is asked once; a wider app gets the old scopes; after taking it back it is asked again', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  expect((await signIn(world, browser, 'ana@acme.test')).pages).toEqual(['personas', 'consent']);
  const wider = await signIn(world, browser, 'ana@acme.test', ['sql', 'files']);
  expect(wider.pages).toEqual([]);
  expect(wider.redeemed.scopes).toContain('sql');
  expect(wider.redeemed.scopes).not.toContain('files');
  world.identity.consents.revoke('ana@acme.test', wider.client.clientId);
  const again = await signIn(world, browser, 'ana@acme.test', ['sql', 'files']);
  expect(again.pages).toEqual(['consent']);
  expect(again.redeemed.scopes).toContain('files');
});

test('consent mode prompt asks for what is new, auto never asks', async () => {
  await using strict = await startWorld({ consentMode: 'prompt' });
  const browser = createBrowser();
  await signIn(strict, browser, 'ana@acme.test');
  expect((await signIn(strict, browser, 'ana@acme.test')).pages).toEqual([]);
  expect((await signIn(strict, browser, 'ana@acme.test', ['sql', 'files'])).pages).toEqual(['consent']);
  await using easy = await startWorld({ consentMode: 'auto' });
  const free = await signIn(easy, createBrowser(), 'ana@acme.test', ['sql', 'files']);
  expect(free.pages).toEqual(['personas']);
  expect(free.redeemed.scopes).toContain('files');
});

test('an app without scopes of its own asks for no consent', async () => {
  await using world = await startWorld();
  const plain = await signIn(world, createBrowser(), 'guest@acme.test', []);
  expect(plain.pages).toEqual(['personas']);
});

test('prompt=consent from the app brings the page up again', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  const { client } = await signIn(world, browser, 'ana@acme.test');
  const page = await open(world, browser, { ...appRequest(client, pkce().challenge), prompt: 'consent' });
  expect(page.html).toContain('value="accept"');
});

test('the persona can be changed on the consent page and at /login.html', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const browser = createBrowser();
  const page = await open(world, browser, appRequest(client, pkce().challenge));
  const consent = await browser.submit(world.origin, page, { persona: 'ana@acme.test' });
  expect(consent.html).toContain('Ana Silva');
  const personas = await browser.submit(world.origin, consent, { answer: 'switch' });
  expect(personas.html).toContain('Signed in as ana@acme.test');
  const other = await browser.submit(world.origin, personas, { persona: 'guest@acme.test' });
  expect(other.html).toContain('(guest@acme.test)');
  const back = await browser.submit(world.origin, other, { answer: 'accept' });
  expect(new URL(back.url).searchParams.get('code')).toBeTruthy();
  expect(world.identity.consents.get('guest@acme.test', client.clientId)).toBeTruthy();
  const workspace = await browser.visit(world.origin, `${world.origin}/login.html`);
  expect(workspace.html).toContain('Signed in as guest@acme.test');
  await browser.submit(world.origin, workspace, { persona: 'ana@acme.test' });
  expect((await signIn(world, browser, 'nobody')).redeemed.user.name).toBe('ana@acme.test');
});

test('tests sign in without the page, through the same redirects', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const ana = world.identity.directory.find('ana')!;
  world.identity.consents.grant(ana.name, client.clientId, client.scopes);
  const browser = createBrowser();
  browser.setCookie(world.origin, (await world.identity.signIn(ana)).cookie);
  const { redeemed, pages } = await signIn(world, browser, 'nobody');
  expect(pages).toEqual([]);
  expect(redeemed.user.name).toBe('ana@acme.test');
  world.identity.directory.setActive('ana', false);
  await expect(world.identity.signIn(ana)).rejects.toMatchObject({ status: 403 });
});

test('somebody deactivated has no session any more', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  await signIn(world, browser, 'ana@acme.test');
  world.identity.directory.setActive('ana', false);
  const page = await open(world, browser, cliRequest(pkce().challenge));
  expect(page.left).toBe(false);
  expect(page.html).not.toContain('ana@acme.test"');
});

test('forms from elsewhere are refused', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  const page = await open(world, browser, cliRequest(pkce().challenge));
  const form = (headers: Record<string, string>, body: Record<string, string>) =>
    browser.send(page.url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(body).toString(),
    });
  const csrf = /name="csrf" value="([^"]*)"/.exec(page.html)?.[1] ?? '';
  const persona = 'ana@acme.test';
  expect((await form({}, { persona })).status).toBe(400);
  expect((await form({}, { persona, csrf: 'f'.repeat(64) })).status).toBe(400);
  expect((await form({ origin: 'http://evil.test' }, { persona, csrf })).status).toBe(400);
  expect((await form({ 'sec-fetch-site': 'cross-site' }, { persona, csrf })).status).toBe(400);
  // Another browser does not have the cookie of this sign-in: it is told so, and gets nothing to answer with.
  const stranger = await createBrowser().send(page.url);
  expect(stranger.status).toBe(200);
  expect(await stranger.text()).not.toMatch(/<form|csrf|ana@acme/);
  expect((await form({ origin: world.origin }, { persona, csrf })).status).toBe(303);
});

test('the pages cannot be framed or scripted and are marked up for everyone', async () => {
  await using world = await startWorld();
  const page = await open(world, createBrowser(), cliRequest(pkce().challenge));
  expect(page.response.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*form-action 'self' http:\/\/localhost:8020.*frame-ancestors 'none'/,
  );
  expect(page.response.headers.get('cache-control')).toBe('no-store');
  expect(page.html).toMatch(/<html lang="en">[\s\S]*<title>[\s\S]*<main><h1>/);
  expect(page.html).not.toMatch(/<script|https?:\/\/(?!127)/);
});

test('names are shown as text', async () => {
  await using world = await startWorld();
  world.identity.directory.addUser({ alias: 'x', userName: '"><script>@acme.test', displayName: '<b>' });
  const page = await open(world, createBrowser(), cliRequest(pkce().challenge));
  expect(page.html).toContain('&lt;b&gt;');
  expect(page.html).not.toContain('<script>');
});

test('built-in clients: any loopback port, PKCE needed, no other redirect', async () => {
  await using world = await startWorld();
  const { challenge } = pkce();
  const request = (change: Record<string, string>) =>
    open(world, createBrowser(), { ...cliRequest(challenge), ...change });
  expect((await request({ redirect_uri: 'http://127.0.0.1:8037' })).html).toContain('Sign in as');
  expect((await request({ client_id: 'databricks-sql-python', scope: 'sql offline_access' })).html).toContain(
    'Sign in as',
  );
  for (const change of [
    { redirect_uri: 'http://evil.test' },
    { redirect_uri: 'http://localhost:8020/path' },
    { client_id: 'unknown' },
  ]) {
    const refused = await request(change);
    expect(refused).toMatchObject({ left: false, response: { status: 400 } });
    expect(refused.html).toContain('Sign-in failed');
  }
  const { code_challenge, code_challenge_method, ...plain } = cliRequest(challenge);
  expect(code_challenge && code_challenge_method).toBe('S256');
  expect(new URL((await open(world, createBrowser(), plain)).url).searchParams.get('error')).toBe(
    'invalid_request',
  );
});

test('an app may only be sent back to its own callback and ask for its own scopes', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const base = appRequest(client, pkce().challenge);
  const elsewhere = await open(world, createBrowser(), {
    ...base,
    redirect_uri: 'http://127.0.0.1:10/.auth/callback',
  });
  expect(elsewhere).toMatchObject({ left: false, response: { status: 400 } });
  for (const scope of ['openid files', 'openid made-up']) {
    const refused = await open(world, createBrowser(), { ...base, scope });
    expect(new URL(refused.url).searchParams.get('error')).toBe('invalid_scope');
    expect(refused.url.startsWith(callback)).toBe(true);
  }
  const unknownScope = { ...base, scope: 'made-up', redirect_uri: 'http://evil.test/' };
  expect((await open(world, createBrowser(), unknownScope)).left).toBe(false);
  expect(() => registerOrders(world, ['all-apis'])).toThrow(/not a valid scope/);
});

test('prompt=none answers login_required instead of a page', async () => {
  await using world = await startWorld();
  const page = await open(world, createBrowser(), { ...cliRequest(pkce().challenge), prompt: 'none' });
  expect(new URL(page.url).searchParams.get('error')).toBe('login_required');
});

test('discovery is made for the origin that was asked, from the fixed list only', async () => {
  await using world = await startWorld();
  const local = `http://localhost:${world.port}`;
  world.identity.addOrigin(local);
  const get = (path: string, host: string) =>
    new Promise<{ status: number; body: string; location: string | undefined }>((resolve, reject) => {
      request({ host: '127.0.0.1', port: world.port, path, headers: { host } }, (res) => {
        let body = '';
        res.on('data', (chunk) => {
          body += String(chunk);
        });
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body, location: res.headers.location }));
      })
        .on('error', reject)
        .end();
    });
  for (const origin of [world.origin, local]) {
    const host = new URL(origin).host;
    expect(JSON.parse((await get('/.well-known/databricks-config', host)).body)).toEqual({
      oidc_endpoint: `${origin}/oidc`,
      account_id: world.identity.accountId,
      workspace_id: world.identity.workspaceId,
      cloud: 'AWS',
      host_type: 'workspace',
      token_federation_default_oidc_audiences: [`${origin}/oidc/v1/token`],
    });
    for (const name of ['oauth-authorization-server', 'openid-configuration']) {
      expect(JSON.parse((await get(`/oidc/.well-known/${name}`, host)).body)).toMatchObject({
        issuer: `${origin}/oidc`,
        authorization_endpoint: `${origin}/oidc/v1/authorize`,
        token_endpoint: `${origin}/oidc/v1/token`,
        jwks_uri: `${origin}/oidc/jwks.json`,
      });
    }
    expect((await get('/oidc/oauth2/v2.0/authorize?a=1', host)).location).toBe(
      `${origin}/oidc/v1/authorize?a=1`,
    );
    const account = `/oidc/accounts/${world.identity.accountId}`;
    expect(
      JSON.parse((await get(`${account}/.well-known/oauth-authorization-server`, host)).body),
    ).toMatchObject({ token_endpoint: `${origin}${account}/v1/token` });
  }
  expect((await get('/.well-known/databricks-config', 'evil.test')).status).toBe(421);
  expect((await get('/oidc/v1/nothing', `127.0.0.1:${world.port}`)).status).toBe(404);
  expect(
    (await get('/oidc/accounts/other/.well-known/oauth-authorization-server', `127.0.0.1:${world.port}`))
      .status,
  ).toBe(404);
});

test('two origins give different issuers and both tokens are good', async () => {
  await using world = await startWorld();
  world.identity.addOrigin(`http://localhost:${world.port}`);
  for (const origin of [world.origin, `http://localhost:${world.port}`]) {
    const minted = await world.identity.tokens.mint({
      principal: world.identity.directory.find('ana')!,
      how: 'obo',
      clientId: 'c',
      scopes: ['sql'],
      origin,
    });
    await expect(world.identity.tokens.verify(minted.token)).resolves.toBeTruthy();
  }
});
