import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { describe, expect, test } from 'vitest';
import { createBrowser, startWorld, type World } from '../../../emulator/identity/testing/world.ts';

/** An OpenID client library that knows nothing of Databricks, against our issuer. */
const redirect = 'http://localhost:8020/callback';

const discover = (origin: string, clientId: string, secret?: string, auth?: oidc.ClientAuth) =>
  oidc.discovery(new URL(`${origin}/oidc`), clientId, secret, auth ?? (secret ? undefined : oidc.None()), {
    execute: [oidc.allowInsecureRequests],
  });

/** From the authorization URL to the URL the browser was sent back to. */
async function signIn(origin: string, url: URL, persona = 'ana@acme.test'): Promise<URL> {
  const browser = createBrowser();
  const page = await browser.visit(origin, url.href);
  const back = page.left ? page : await browser.submit(origin, page, { persona });
  return new URL(back.url);
}

async function codeFlow(config: oidc.Configuration, origin: string, scope: string) {
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirect,
    scope,
    state,
    ...(scope.includes('openid') ? { nonce } : {}),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const back = await signIn(origin, url);
  return oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    ...(scope.includes('openid') ? { expectedNonce: nonce, idTokenExpected: true } : {}),
  });
}

/** With another library than the one that signs, over the published keys. */
async function verified(origin: string, token: string) {
  const keys = createRemoteJWKSet(new URL(`${origin}/oidc/jwks.json`));
  return jwtVerify(token, keys, { issuer: `${origin}/oidc`, typ: 'at+jwt', algorithms: ['RS256'] });
}

/** A public application: the built-in ones have redirects without a path, which this library cannot send. */
const portal = (world: World, more: object = {}) =>
  world.identity.integrations.create({
    name: 'Acme Portal',
    confidential: false,
    redirectUrls: [redirect],
    scopes: ['all-apis', 'sql', 'openid', 'profile', 'email', 'offline_access'],
    userAuthorizedScopes: [],
    tokenAccessPolicy: {},
    createdBy: 'admin@acme.test',
    ...more,
  });

const robotOf = (world: World) => world.identity.directory.servicePrincipals()[0]!;

describe('openid-client, unmodified', () => {
  test('discovery, code with PKCE, ID token, refresh; what is not there is not advertised', async () => {
    await using world = await startWorld();
    const { clientId } = portal(world).integration;
    const config = await discover(world.origin, clientId);
    const server = config.serverMetadata();
    expect(server.issuer).toBe(`${world.origin}/oidc`);
    for (const absent of [
      'userinfo',
      'revocation',
      'introspection',
      'device_authorization',
      'registration',
    ]) {
      expect(server[`${absent}_endpoint`], absent).toBeUndefined();
    }
    const tokens = await codeFlow(config, world.origin, 'openid profile email all-apis offline_access');
    expect(tokens.claims()).toMatchObject({ sub: 'ana@acme.test', aud: clientId });
    const { payload } = await verified(world.origin, tokens.access_token);
    expect(payload).toMatchObject({
      sub: 'ana@acme.test',
      aud: world.identity.workspaceId,
      client_id: clientId,
    });
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect((await verified(world.origin, renewed.access_token)).payload.jti).not.toBe(payload.jti);
    expect(renewed.refresh_token).toBeTruthy();
    await expect(oidc.refreshTokenGrant(config, 'no such token')).rejects.toMatchObject({
      status: 401,
      error_description: 'Refresh token is invalid',
    });
  });

  test.each([
    ['in the header', oidc.ClientSecretBasic],
    ['in the body', oidc.ClientSecretPost],
  ])('client credentials %s, and a wrong secret', async (_where, authentication) => {
    await using world = await startWorld();
    const robot = robotOf(world);
    const { secret } = world.identity.tokens.createSecret(robot.name);
    const config = await discover(world.origin, robot.name, secret, authentication(secret));
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'all-apis' });
    expect((await verified(world.origin, tokens.access_token)).payload.sub).toBe(robot.name);
    const wrong = await discover(world.origin, robot.name, 'x', authentication('dose0'));
    await expect(oidc.clientCredentialsGrant(wrong)).rejects.toMatchObject({
      status: 401,
    });
  });

  test('a custom application signs in with its secret', async () => {
    await using world = await startWorld();
    const { integration, clientSecret } = portal(world, {
      confidential: true,
      tokenAccessPolicy: { singleUseRefreshTokens: true },
    });
    const config = await discover(world.origin, integration.clientId, clientSecret!);
    const tokens = await codeFlow(config, world.origin, 'openid sql offline_access');
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      status: 401,
    });
  });

  test('an answer with the state of another sign-in, or a code used twice, is not taken', async () => {
    await using world = await startWorld();
    const { clientId } = portal(world).integration;
    const config = await discover(world.origin, clientId);
    const verifier = oidc.randomPKCECodeVerifier();
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirect,
      scope: 'all-apis',
      state: 'mine',
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    const back = await signIn(world.origin, url);
    const redeem = (expectedState: string, pkceCodeVerifier = verifier) =>
      oidc.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
    await expect(redeem('another')).rejects.toMatchObject({ code: 'OAUTH_INVALID_RESPONSE' });
    expect((await redeem('mine')).access_token).toBeTruthy();
    await expect(redeem('mine')).rejects.toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  test('two origins have their own issuer, and tokens of both are accepted', async () => {
    await using world = await startWorld();
    const other = `http://localhost:${world.port}`;
    world.identity.addOrigin(other);
    const robot = robotOf(world);
    const { secret } = world.identity.tokens.createSecret(robot.name);
    for (const origin of [world.origin, other]) {
      const config = await discover(origin, robot.name, secret);
      const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'all-apis' });
      expect((await verified(origin, access_token)).payload.iss).toBe(`${origin}/oidc`);
      expect(await world.identity.tokens.verify(access_token)).toMatchObject({ how: 'm2m' });
    }
  });

  test('two hours later on the sandbox clock M2M, code and refresh go on', async () => {
    await using world = await startWorld();
    const robot = robotOf(world);
    const { secret } = world.identity.tokens.createSecret(robot.name);
    const people = await discover(world.origin, portal(world).integration.clientId);
    const machine = await discover(world.origin, robot.name, secret);
    const before = await codeFlow(people, world.origin, 'all-apis offline_access');
    const app = await oidc.clientCredentialsGrant(machine, { scope: 'all-apis' });

    world.clock.advance(2 * 3600 * 1000);
    await expect(world.identity.tokens.verify(before.access_token)).rejects.toMatchObject({ status: 403 });
    // Its SDK cached it against the wall clock and would go on sending it (docs/decisions/identity.md).
    expect(await world.identity.tokens.verify(app.access_token)).toMatchObject({ how: 'm2m' });

    const after = await Promise.all([
      oidc.clientCredentialsGrant(machine, { scope: 'all-apis' }),
      codeFlow(people, world.origin, 'all-apis offline_access'),
      oidc.refreshTokenGrant(people, before.refresh_token!),
    ]);
    for (const { access_token, expires_in } of after) {
      expect(expires_in).toBe(3600);
      expect((await world.identity.tokens.verify(access_token)).principal.active).toBe(true);
    }
    world.identity.tokens.expireCachedAppTokens();
    await expect(world.identity.tokens.verify(app.access_token)).rejects.toMatchObject({ status: 403 });
  });
});
