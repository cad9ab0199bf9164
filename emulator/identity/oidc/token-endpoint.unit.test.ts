import { expect, test } from 'vitest';
import { basic, callback, claimsOf, cliCode, registerOrders, tokenRequest } from '../testing/flow.ts';
import { createBrowser, startWorld, type World } from '../testing/world.ts';

const hour = 3600 * 1000;

function credentials(world: World) {
  const sp = world.identity.directory.find('nightly')!;
  const { id: secretId, secret } = world.identity.tokens.createSecret(sp.name);
  return { clientId: sp.name, secret, secretId };
}

test('client_credentials works with Basic, with URL-encoded Basic, and with the form', async () => {
  await using world = await startWorld();
  const { clientId, secret } = credentials(world);
  const form = { grant_type: 'client_credentials', scope: 'all-apis' };
  const ways = [
    tokenRequest(world, form, basic(clientId, secret)),
    tokenRequest(world, form, basic(clientId.replaceAll('-', '%2D'), secret)),
    tokenRequest(world, { ...form, client_id: clientId, client_secret: secret }),
    tokenRequest(world, form, basic(clientId, secret), '/oidc/oauth2/v2.0/token'),
  ];
  for (const { status, body, headers } of await Promise.all(ways)) {
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'all-apis' });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(await world.identity.tokens.verify(body.access_token)).toMatchObject({
      how: 'm2m',
      clientId,
      principal: { name: clientId },
    });
  }
});

test('wrong, mixed and missing credentials are all invalid_client', async () => {
  await using world = await startWorld();
  const { clientId, secret, secretId } = credentials(world);
  const form = { grant_type: 'client_credentials', scope: 'all-apis' };
  const tries = [
    tokenRequest(world, form),
    tokenRequest(world, form, basic(clientId, 'dose00')),
    tokenRequest(world, form, basic('nightly', secret)),
    tokenRequest(world, form, { authorization: 'Bearer x' }),
    tokenRequest(world, { ...form, client_id: 'someone-else' }, basic(clientId, secret)),
    tokenRequest(world, { ...form, client_id: clientId }),
    tokenRequest(world, { ...form, client_id: 'databricks-cli' }),
  ];
  for (const { status, body } of await Promise.all(tries)) {
    expect(status).toBe(401);
    expect(body).toEqual({
      error: 'invalid_client',
      error_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      error_description: 'Client authentication failed',
    });
  }
  world.identity.tokens.deleteSecret(clientId, secretId);
  expect((await tokenRequest(world, form, basic(clientId, secret))).status).toBe(401);
});

test('a deactivated service principal and an expired secret are refused', async () => {
  await using world = await startWorld();
  const { clientId, secret } = credentials(world);
  const short = world.identity.tokens.createSecret(clientId, { lifetime: 60 });
  const ask = (value: string) =>
    tokenRequest(world, { grant_type: 'client_credentials' }, basic(clientId, value));
  expect((await ask(short.secret)).status).toBe(200);
  world.clock.advance(61_000);
  expect((await ask(short.secret)).status).toBe(401);
  expect((await ask(secret)).status).toBe(200);
  world.identity.directory.setActive(clientId, false);
  expect((await ask(secret)).status).toBe(401);
});

test('scopes are checked, and authorization details pass through', async () => {
  await using world = await startWorld();
  const { clientId, secret } = credentials(world);
  const ask = (more: Record<string, string>) =>
    tokenRequest(world, { grant_type: 'client_credentials', ...more }, basic(clientId, secret));
  expect((await ask({})).body.scope).toBe('all-apis');
  expect((await ask({ scope: 'sql offline_access' })).body.scope).toBe('sql');
  expect(await ask({ scope: 'sql made-up' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  });
  const details = [{ type: 'workspace_permission', object_type: 'serving-endpoints' }];
  const { body } = await ask({ authorization_details: JSON.stringify(details) });
  expect(body.authorization_details).toEqual(details);
  const claims = claimsOf(body.access_token);
  expect(claims['authorization_details']).toEqual(details);
  expect((await ask({ authorization_details: '{' })).body.error).toBe('invalid_authorization_details');
});

test('broken requests are refused as JSON', async () => {
  await using world = await startWorld();
  expect(await tokenRequest(world, {})).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  expect(await tokenRequest(world, { grant_type: 'password' })).toMatchObject({
    status: 400,
    body: { error: 'unsupported_grant_type' },
  });
  const twice = await fetch(`${world.origin}/oidc/v1/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&grant_type=refresh_token',
  });
  expect(twice.status).toBe(400);
  const long = await tokenRequest(world, { grant_type: 'x'.repeat(70_000) });
  expect(long.status).toBe(400);
  expect((await fetch(`${world.origin}/oidc/v1/token`)).status).toBe(405);
});

test('a code of the CLI buys a user token and a refresh token that can be used again and again', async () => {
  await using world = await startWorld();
  const { code, verifier } = await cliCode(world);
  const form = {
    grant_type: 'authorization_code',
    client_id: 'databricks-cli',
    redirect_uri: 'http://localhost:8020',
    code,
    code_verifier: verifier,
  };
  const { status, body } = await tokenRequest(world, form);
  expect(status).toBe(200);
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'all-apis offline_access' });
  expect(await world.identity.tokens.verify(body.access_token)).toMatchObject({
    how: 'u2m',
    clientId: 'databricks-cli',
    principal: { name: 'ana@acme.test' },
  });
  for (let round = 0; round < 2; round += 1) {
    const refreshed = await tokenRequest(world, {
      grant_type: 'refresh_token',
      client_id: 'databricks-cli',
      refresh_token: body.refresh_token,
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refresh_token).toBe(body.refresh_token);
    await world.identity.tokens.verify(refreshed.body.access_token);
  }
  expect(world.outside.serialize().includes(body.refresh_token)).toBe(false);
});

test('a code is good once, for its client, redirect and verifier only', async () => {
  await using world = await startWorld();
  const base = { grant_type: 'authorization_code', redirect_uri: 'http://localhost:8020' };
  const attempt = async (change: (form: Record<string, string>) => Record<string, string>) => {
    const { code, verifier } = await cliCode(world);
    return tokenRequest(
      world,
      change({ ...base, client_id: 'databricks-cli', code, code_verifier: verifier }),
    );
  };
  const wrong = [
    await attempt((form) => ({ ...form, code: `${form['code']}x` })),
    await attempt((form) => ({ ...form, code_verifier: 'a'.repeat(43) })),
    await attempt((form) => ({ ...form, redirect_uri: 'http://localhost:8021' })),
    await attempt((form) => ({ ...form, client_id: 'databricks-sql-python' })),
  ];
  for (const { status, body } of wrong) {
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'invalid_grant', error_id: expect.any(String) });
  }
  const { code, verifier } = await cliCode(world);
  const form = { ...base, client_id: 'databricks-cli', code, code_verifier: verifier };
  const first = await tokenRequest(world, form);
  expect(first.status).toBe(200);
  expect(await tokenRequest(world, form)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  const refresh = { grant_type: 'refresh_token', client_id: 'databricks-cli' };
  expect(await tokenRequest(world, { ...refresh, refresh_token: first.body.refresh_token })).toMatchObject({
    status: 401,
  });
});

test('a refresh token that is unknown, old, or of somebody deactivated has the text the CLI looks for', async () => {
  await using world = await startWorld();
  const { code, verifier } = await cliCode(world);
  const { body } = await tokenRequest(world, {
    grant_type: 'authorization_code',
    client_id: 'databricks-cli',
    redirect_uri: 'http://localhost:8020',
    code,
    code_verifier: verifier,
  });
  const refresh = (token: string, client = 'databricks-cli') =>
    tokenRequest(world, { grant_type: 'refresh_token', client_id: client, refresh_token: token });
  const refused = {
    status: 401,
    body: { error: 'invalid_request', error_description: 'Refresh token is invalid' },
  };
  expect(await refresh('unknown')).toMatchObject(refused);
  expect(await refresh(body.refresh_token, 'databricks-sql-python')).toMatchObject(refused);
  world.identity.directory.setActive('ana', false);
  expect(await refresh(body.refresh_token)).toMatchObject(refused);
  world.identity.directory.setActive('ana', true);
  expect((await refresh(body.refresh_token)).status).toBe(200);
  world.clock.advance(8 * 24 * hour);
  expect(await refresh(body.refresh_token)).toMatchObject(refused);
});

test('after two hours on the sandbox clock M2M, code and refresh still work and give good tokens', async () => {
  await using world = await startWorld();
  const { clientId, secret } = credentials(world);
  const early = await cliCode(world);
  const form = {
    grant_type: 'authorization_code',
    client_id: 'databricks-cli',
    redirect_uri: 'http://localhost:8020',
  };
  const before = await tokenRequest(world, { ...form, code: early.code, code_verifier: early.verifier });
  const stale = await cliCode(world);
  world.clock.advance(2 * hour);
  await expect(world.identity.tokens.verify(before.body.access_token)).rejects.toMatchObject({ status: 403 });
  expect(
    (await tokenRequest(world, { ...form, code: stale.code, code_verifier: stale.verifier })).status,
  ).toBe(400);
  const m2m = await tokenRequest(world, { grant_type: 'client_credentials' }, basic(clientId, secret));
  const late = await cliCode(world);
  const code = await tokenRequest(world, { ...form, code: late.code, code_verifier: late.verifier });
  const refreshed = await tokenRequest(world, {
    grant_type: 'refresh_token',
    client_id: 'databricks-cli',
    refresh_token: before.body.refresh_token,
  });
  for (const { status, body } of [m2m, code, refreshed]) {
    expect(status).toBe(200);
    await expect(world.identity.tokens.verify(body.access_token)).resolves.toBeTruthy();
    expect(Number(claimsOf(body.access_token)['exp']) * 1000).toBeGreaterThan(world.clock.now());
  }
});

test('the client of an app must show its secret, and unregistering ends it', async () => {
  await using world = await startWorld();
  const client = registerOrders(world);
  const form = { grant_type: 'refresh_token', refresh_token: 'x', redirect_uri: callback };
  expect((await tokenRequest(world, { ...form, client_id: client.clientId })).body.error).toBe(
    'invalid_client',
  );
  expect((await tokenRequest(world, form, basic(client.clientId, client.clientSecret))).body.error).toBe(
    'invalid_request',
  );
  const renewed = registerOrders(world);
  expect(renewed.clientId).toBe(client.clientId);
  expect((await tokenRequest(world, form, basic(client.clientId, client.clientSecret))).body.error).toBe(
    'invalid_client',
  );
  world.identity.unregisterApp('orders');
  expect((await tokenRequest(world, form, basic(renewed.clientId, renewed.clientSecret))).body.error).toBe(
    'invalid_client',
  );
});

test('a signed-in browser is not asked again until its session ends on the sandbox clock', async () => {
  await using world = await startWorld();
  const browser = createBrowser();
  await cliCode(world, 'ana@acme.test', browser);
  // No persona is given: only the session can have signed this one in.
  expect((await cliCode(world, '', browser)).code).not.toBe('');
  world.clock.advance(25 * hour);
  expect((await cliCode(world, '', browser)).code).toBe('');
});
