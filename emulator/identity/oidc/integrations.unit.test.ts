import { expect, test } from 'vitest';
import { authorizeUrl, basic, claimsOf, pkce, tokenRequest } from '../testing/flow.ts';
import { createBrowser, startWorld, type World } from '../testing/world.ts';

const redirect = 'http://localhost:8080/callback';

function integration(world: World, more: object = {}) {
  return world.identity.integrations.create({
    name: 'Acme Portal',
    confidential: true,
    redirectUrls: [redirect],
    scopes: ['sql', 'files', 'offline_access'],
    userAuthorizedScopes: [],
    tokenAccessPolicy: {},
    createdBy: 'admin@acme.test',
    ...more,
  });
}

/** Signs ana in; `page` is what stands in between, if anything does. */
async function signIn(world: World, query: Record<string, string>) {
  const browser = createBrowser();
  const first = await browser.visit(world.origin, authorizeUrl(world, { redirect_uri: redirect, ...query }));
  if (first.left || first.response.status !== 200) return { page: first, url: new URL(first.url) };
  const page = await browser.submit(world.origin, first, { persona: 'ana@acme.test' });
  return { page, url: new URL(page.url), browser };
}

test('a confidential application signs in with its secret, with or without PKCE, on its own redirect alone', async () => {
  await using world = await startWorld();
  const { integration: app, clientSecret } = integration(world);
  const auth = basic(app.clientId, clientSecret!);
  const { url } = await signIn(world, { client_id: app.clientId, scope: 'sql.statement-execution' });
  const code = url.searchParams.get('code')!;
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirect };
  expect((await tokenRequest(world, { ...form, client_id: app.clientId })).status, 'no secret').toBe(401);
  expect((await tokenRequest(world, form, basic(app.clientId, 'dose0'))).status, 'wrong secret').toBe(401);
  const { status, body } = await tokenRequest(world, form, auth);
  expect(status).toBe(200);
  expect(body.scope).toBe('sql.statement-execution');
  expect(body.refresh_token).toBeUndefined();
  expect(claimsOf(body.access_token)).toMatchObject({ client_id: app.clientId, sub: 'ana@acme.test' });

  const elsewhere = await signIn(world, {
    client_id: app.clientId,
    redirect_uri: 'http://localhost:8081/callback',
  });
  expect(elsewhere.page).toMatchObject({ left: false });
  expect(elsewhere.page.response.status).toBe(400);
  const more = await signIn(world, { client_id: app.clientId, scope: 'sql jobs' });
  expect(more.url.searchParams.get('error')).toBe('invalid_scope');
  expect((await tokenRequest(world, { grant_type: 'client_credentials' }, auth)).status).toBe(401);
});

test('a public application must use PKCE, and asks for its own scopes when it names none', async () => {
  await using world = await startWorld();
  const { integration: app, clientSecret } = integration(world, { confidential: false });
  expect(clientSecret).toBeNull();
  const plain = await signIn(world, { client_id: app.clientId });
  expect(plain.url.searchParams.get('error')).toBe('invalid_request');
  const { verifier, challenge } = pkce();
  const { url } = await signIn(world, {
    client_id: app.clientId,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { body } = await tokenRequest(world, {
    grant_type: 'authorization_code',
    code: url.searchParams.get('code')!,
    redirect_uri: redirect,
    client_id: app.clientId,
    code_verifier: verifier,
  });
  expect(body.scope.split(' ').sort()).toEqual(['files', 'offline_access', 'sql']);
  expect(body.refresh_token).toBeTruthy();
});

test('only user_authorized_scopes ask for consent, once', async () => {
  await using world = await startWorld();
  const { integration: app } = integration(world, { userAuthorizedScopes: ['files'] });
  const free = await signIn(world, { client_id: app.clientId, scope: 'sql' });
  expect(free.page.left).toBe(true);
  const asked = await signIn(world, { client_id: app.clientId, scope: 'sql files' });
  expect(asked.page.html).toContain('files');
  const back = await asked.browser!.submit(world.origin, asked.page, { answer: 'accept' });
  expect(new URL(back.url).searchParams.get('code')).toBeTruthy();
  expect((await signIn(world, { client_id: app.clientId, scope: 'sql files' })).page.left).toBe(true);
});

test('its token policy rules lifetimes on the sandbox clock, single use and the end of the session', async () => {
  await using world = await startWorld();
  const { integration: app, clientSecret } = integration(world, {
    tokenAccessPolicy: {
      accessTokenMinutes: 10,
      refreshTokenMinutes: 60,
      sessionMinutes: 150,
      singleUseRefreshTokens: true,
    },
  });
  const auth = basic(app.clientId, clientSecret!);
  const buy = async () => {
    const { url } = await signIn(world, { client_id: app.clientId, scope: 'sql offline_access' });
    const code = url.searchParams.get('code')!;
    return tokenRequest(world, { grant_type: 'authorization_code', code, redirect_uri: redirect }, auth);
  };
  const refresh = (refresh_token: string) =>
    tokenRequest(world, { grant_type: 'refresh_token', refresh_token }, auth);
  const minutes = (count: number) => world.clock.advance(count * 60_000);

  const first = (await buy()).body;
  expect(first).toMatchObject({ expires_in: 600 });
  minutes(11);
  await expect(world.identity.tokens.verify(first.access_token)).rejects.toThrow('Invalid access token');
  const second = (await refresh(first.refresh_token)).body;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  minutes(50);
  const third = (await refresh(second.refresh_token)).body;
  minutes(50);
  const fourth = (await refresh(third.refresh_token)).body;
  expect(fourth.access_token).toBeTruthy();
  minutes(45);
  expect(await refresh(fourth.refresh_token), 'the session has ended').toMatchObject({ status: 401 });

  const other = (await buy()).body;
  const used = (await refresh(other.refresh_token)).body;
  expect((await refresh(other.refresh_token)).body.error, 'used twice').toBe('invalid_request');
  expect((await refresh(used.refresh_token)).status, 'the thief may hold the newer one').toBe(401);

  const idle = (await buy()).body;
  minutes(61);
  expect((await refresh(idle.refresh_token)).status).toBe(401);
  const removed = (await buy()).body;
  world.identity.integrations.remove(app.clientId);
  expect((await refresh(removed.refresh_token)).status).toBe(401);
});
