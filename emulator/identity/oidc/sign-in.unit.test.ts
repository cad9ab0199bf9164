import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBrowser, startWorld, type World } from '../testing/world.ts';

const callback = 'http://127.0.0.1:9/.auth/callback';

function pkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

function authorizeUrl(world: World, query: Record<string, string>) {
  return `${world.origin}/oidc/v1/authorize?${new URLSearchParams({ response_type: 'code', ...query })}`;
}

test('a person picks a persona, consents, and the code becomes a session at the app', async () => {
  await using world = await startWorld();
  const client = world.identity.registerApp({
    app: 'orders',
    origin: world.origin,
    redirectUris: [callback],
    scopes: ['sql', 'iam.access-control:read', 'iam.current-user:read'],
  });
  const { verifier, challenge } = pkce();
  const browser = createBrowser();
  const page = await browser.visit(
    world.origin,
    authorizeUrl(world, {
      client_id: client.clientId,
      redirect_uri: callback,
      scope: client.scopes.join(' '),
      state: 'abc',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: 'ana@acme.test',
    }),
  );
  expect(new URL(page.url).pathname).toMatch(/^\/login\.html\//);
  expect(page.html).toContain('Ana Silva');
  expect(page.html).toContain('emea-sales');
  const consent = await browser.submit(world.origin, page, { persona: 'ana@acme.test' });
  expect(consent.html).toContain('<code>sql</code>');
  const back = await browser.submit(world.origin, consent, { answer: 'accept' });
  const returned = new URL(back.url);
  expect(returned.origin + returned.pathname).toBe(callback);
  expect(returned.searchParams.get('state')).toBe('abc');
  expect(returned.searchParams.get('iss')).toBe(`${world.origin}/oidc`);
  const code = returned.searchParams.get('code') ?? '';
  const redeemed = await world.identity.redeem({
    client,
    code,
    verifier,
    redirectUri: callback,
    origin: world.origin,
  });
  expect(redeemed.user.name).toBe('ana@acme.test');
  expect(redeemed.scopes).toContain('sql');
  expect(redeemed.refreshToken).toBeTruthy();
  await expect(
    world.identity.redeem({ client, code, verifier, redirectUri: callback, origin: world.origin }),
  ).rejects.toMatchObject({ status: 400, code: 'invalid_grant' });
});
