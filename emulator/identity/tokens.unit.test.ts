import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { startWorld, type World } from './testing/world.ts';

const hour = 3600 * 1000;

function parts(token: string) {
  const [head = '', body = '', signature = ''] = token.split('.');
  return { head, body, signature };
}
const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function mintFor(world: World, name: string, more: Record<string, unknown> = {}) {
  const principal = world.identity.directory.find(name)!;
  return world.identity.tokens.mint({
    principal,
    how: 'obo',
    clientId: 'client-1',
    app: 'orders',
    session: 's1',
    scopes: ['sql'],
    origin: world.origin,
    ...more,
  });
}

test('an access token has the header and claims of the platform', async () => {
  await using world = await startWorld();
  const { token, tokenId } = await mintFor(world, 'ana');
  const { head, body } = parts(token);
  expect(decode(head)).toEqual({ kid: expect.stringMatching(/^[0-9a-f]{64}$/), typ: 'at+jwt', alg: 'RS256' });
  const claims = decode(body);
  expect(claims).toMatchObject({
    iss: `${world.origin}/oidc`,
    aud: world.identity.workspaceId,
    sub: 'ana@acme.test',
    client_id: 'client-1',
    scope: 'sql',
    jti: tokenId,
  });
  expect(claims.exp - claims.iat).toBe(3600);
});

test('verify gives the caller, and again from memory', async () => {
  await using world = await startWorld();
  const { token, tokenId } = await mintFor(world, 'ana', { exchange: 'e1' });
  for (let round = 0; round < 2; round += 1) {
    expect(await world.identity.tokens.verify(token)).toMatchObject({
      principal: { name: 'ana@acme.test', groups: ['emea-sales', 'users', 'account users'] },
      how: 'obo',
      app: 'orders',
      scopes: ['sql'],
      tokenId,
      session: 's1',
      exchange: 'e1',
    });
  }
});

test('no credential is 401 and a wrong one 403, each in the form SDKs parse', async () => {
  await using world = await startWorld();
  const { tokens } = world.identity;
  await expect(tokens.verify(undefined, { requestId: 'r-1' })).rejects.toMatchObject({
    status: 401,
    code: 401,
    message: 'Credential was not sent or was of an unsupported type for this API. [ReqId: r-1]',
  });
  await expect(tokens.verify('garbage', { requestId: 'r-2' })).rejects.toMatchObject({
    status: 403,
    code: 403,
    message: 'Invalid access token. [ReqId: r-2]',
    headers: { 'x-databricks-reason-phrase': 'Invalid access token.' },
  });
});

test('forged tokens are refused', async () => {
  await using world = await startWorld();
  const { tokens } = world.identity;
  const { token } = await mintFor(world, 'ana');
  const { head, body, signature } = parts(token);
  const header = decode(head);
  const claims = decode(body);
  const jwks = await (await fetch(`${world.origin}/oidc/jwks.json`)).text();
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signed = (h: object, c: object) => {
    const input = `${encode(h)}.${encode(c)}`;
    return `${input}.${createSign('RSA-SHA256').update(input).sign(stranger.privateKey, 'base64url')}`;
  };
  const hs = `${encode({ ...header, alg: 'HS256' })}.${body}`;
  const forged: Record<string, string> = {
    'alg none': `${encode({ ...header, alg: 'none' })}.${body}.`,
    'alg none with a signature': `${encode({ ...header, alg: 'none' })}.${body}.${signature}`,
    'HS256 with the public key': `${hs}.${createHmac('sha256', JSON.stringify(JSON.parse(jwks).keys[0]))
      .update(hs)
      .digest('base64url')}`,
    'another key under our kid': signed(header, claims),
    'another kid': signed({ ...header, kid: 'f'.repeat(64) }, claims),
    'another person': `${head}.${encode({ ...claims, sub: 'admin@acme.test' })}.${signature}`,
    'a later end': `${head}.${encode({ ...claims, exp: claims.exp + 9999 })}.${signature}`,
    'a cut signature': token.slice(0, -4),
    'another type': `${encode({ ...header, typ: 'JWT' })}.${body}.${signature}`,
    'an endless one': `${head}.${'a'.repeat(20_000)}.${signature}`,
  };
  for (const [what, bad] of Object.entries(forged)) {
    await expect(tokens.verify(bad), what).rejects.toMatchObject({ status: 403 });
  }
  await expect(tokens.verify(token)).resolves.toMatchObject({ tokenId: claims.jti });
});

test('a token of another sandbox, another origin or another workspace is refused, though the key is the same', async () => {
  await using mine = await startWorld();
  await using other = await startWorld({ workspaceId: '42' });
  const { token: foreign } = await mintFor(other, 'ana');
  await expect(mine.identity.tokens.verify(foreign)).rejects.toMatchObject({ status: 403 });
  const { token: wrongIssuer } = await mintFor(mine, 'ana', { origin: 'http://127.0.0.1:1' });
  await expect(mine.identity.tokens.verify(wrongIssuer)).rejects.toMatchObject({ status: 403 });
  // Same workspace id and origin, but a token this sandbox never issued.
  mine.outside.run('DELETE FROM outside_tokens');
  const { token: forgotten } = await mintFor(mine, 'guest');
  mine.outside.run('DELETE FROM outside_tokens');
  await expect(mine.identity.tokens.verify(forgotten)).rejects.toMatchObject({
    explanation: { rule: 'this sandbox did not issue the token' },
  });
});

test('equal tokens are given again until they come near their end', async () => {
  await using world = await startWorld();
  const first = await mintFor(world, 'ana');
  expect((await mintFor(world, 'ana')).tokenId).toBe(first.tokenId);
  expect((await mintFor(world, 'ana', { session: 's2' })).tokenId).not.toBe(first.tokenId);
  expect((await mintFor(world, 'ana', { scopes: ['files'] })).tokenId).not.toBe(first.tokenId);
  expect((await mintFor(world, 'ana', { fresh: true })).tokenId).not.toBe(first.tokenId);
  world.clock.advance(56 * 60 * 1000);
  const renewed = await mintFor(world, 'ana');
  expect(renewed.tokenId).not.toBe(first.tokenId);
  await expect(world.identity.tokens.verify(first.token)).resolves.toBeTruthy();
});

test('user tokens end on the sandbox clock, an own token of a service principal only when asked', async () => {
  await using world = await startWorld();
  const { tokens } = world.identity;
  const user = await mintFor(world, 'ana');
  const app = await mintFor(world, 'nightly', { how: 'm2m', scopes: ['all-apis'] });
  const pat = tokens.createPat({ principal: world.identity.directory.find('ana')!, lifetime: 3600 });
  for (const { token } of [user, app, pat]) await tokens.verify(token);
  world.clock.advance(2 * hour);
  await expect(tokens.verify(user.token)).rejects.toMatchObject({
    status: 403,
    explanation: { rule: 'the token has expired' },
  });
  await expect(tokens.verify(pat.token)).rejects.toMatchObject({ status: 403 });
  await expect(tokens.verify(app.token)).resolves.toMatchObject({ how: 'm2m' });
  expect(tokens.expireCachedAppTokens()).toBe(1);
  await expect(tokens.verify(app.token)).rejects.toMatchObject({ status: 403 });
  const again = await mintFor(world, 'nightly', { how: 'm2m', scopes: ['all-apis'] });
  await expect(tokens.verify(again.token)).resolves.toBeTruthy();
});

test('revoking a token, a session, or the person ends what was remembered', async () => {
  await using world = await startWorld();
  const { tokens, directory } = world.identity;
  const one = await mintFor(world, 'ana');
  const two = await mintFor(world, 'ana', { exchange: 'e2' });
  const elsewhere = await mintFor(world, 'ana', { session: 's2' });
  for (const { token } of [one, two, elsewhere]) await tokens.verify(token);
  tokens.revoke(one.tokenId);
  await expect(tokens.verify(one.token)).rejects.toMatchObject({
    explanation: { rule: 'the token was revoked' },
  });
  expect(tokens.revokeSession('s1')).toBe(1);
  await expect(tokens.verify(two.token)).rejects.toMatchObject({ status: 403 });
  expect(tokens.facts(two.tokenId)).toMatchObject({ session: 's1', sessionEndedAt: expect.any(Number) });
  await tokens.verify(elsewhere.token);
  directory.setActive('ana', false);
  await expect(tokens.verify(elsewhere.token)).rejects.toMatchObject({
    explanation: { rule: 'ana@acme.test is deactivated' },
  });
  await expect(mintFor(world, 'ana')).rejects.toMatchObject({ status: 403 });
  directory.setActive('ana@acme.test', true);
  await tokens.verify(elsewhere.token);
});

test('an ended session leaves its tokens good and known, as on the platform', async () => {
  await using world = await startWorld();
  const { token, tokenId } = await mintFor(world, 'ana');
  world.identity.tokens.endSession('s1');
  await expect(world.identity.tokens.verify(token)).resolves.toBeTruthy();
  expect(world.identity.tokens.facts(tokenId)?.sessionEndedAt).toBeTypeOf('number');
});

test('a change of groups reaches the next call of a remembered token', async () => {
  await using world = await startWorld();
  const { token } = await mintFor(world, 'guest');
  expect((await world.identity.tokens.verify(token)).principal.groups).not.toContain('emea-sales');
  world.identity.directory.addMember('emea-sales', 'guest@acme.test');
  expect((await world.identity.tokens.verify(token)).principal.groups).toContain('emea-sales');
});

test('tokens survive a reset, except those of somebody who was made again meanwhile', async () => {
  await using world = await startWorld();
  const { identity } = world;
  const image = world.store.serialize();
  const seeded = await mintFor(world, 'ana');
  identity.directory.addUser({ userName: 'late@acme.test' });
  const late = await mintFor(world, 'late@acme.test');
  world.store.swap(image);
  await expect(identity.tokens.verify(seeded.token)).resolves.toBeTruthy();
  await expect(identity.tokens.verify(late.token)).rejects.toMatchObject({ status: 403 });
  identity.directory.addUser({ userName: 'late@acme.test' });
  await expect(identity.tokens.verify(late.token)).rejects.toMatchObject({ status: 403 });
});

test('personal access tokens are stored hashed, listed, revoked', async () => {
  await using world = await startWorld();
  const { tokens, directory } = world.identity;
  const ana = directory.find('ana')!;
  const pat = tokens.createPat({ principal: ana, comment: 'ci', scopes: ['sql'] });
  expect(pat.token).toMatch(/^dapi[0-9a-f]{32}$/);
  expect(await tokens.verify(pat.token)).toMatchObject({ how: 'pat', scopes: ['sql'], tokenId: pat.tokenId });
  expect(world.outside.serialize().includes(pat.token)).toBe(false);
  expect(tokens.pats(ana)).toMatchObject([{ tokenId: pat.tokenId, comment: 'ci' }]);
  expect(tokens.pats(directory.find('guest'))).toEqual([]);
  tokens.revoke(pat.tokenId);
  await expect(tokens.verify(pat.token)).rejects.toMatchObject({ status: 403 });
  await expect(tokens.verify(`dapi${'0'.repeat(32)}`)).rejects.toMatchObject({ status: 403 });
  expect(tokens.pats(ana)).toEqual([]);
});

test('the journal names tokens by id and never holds one', async () => {
  await using world = await startWorld();
  const { token, tokenId } = await mintFor(world, 'ana');
  const pat = world.identity.tokens.createPat({ principal: world.identity.directory.find('ana')! });
  world.identity.tokens.revoke(tokenId);
  await world.identity.tokens.verify(token).catch(() => undefined);
  const entries = world.journal.entries({ kinds: ['token'] });
  expect(entries.map((entry) => entry.kind === 'token' && [entry.event, entry.tokenId])).toEqual([
    ['minted', tokenId],
    ['minted', pat.tokenId],
    ['revoked', tokenId],
    ['refused', tokenId],
  ]);
  const text = JSON.stringify(entries);
  expect(text).not.toContain(token);
  expect(text).not.toContain(pat.token);
});
