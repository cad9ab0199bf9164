import { expect, test } from 'vitest';
import { claimsOf, tokenRequest } from '../testing/flow.ts';
import { startWorld, type World } from '../testing/world.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const patType = 'urn:databricks:params:oauth:token-type:personal-access-token';
const jwtType = 'urn:ietf:params:oauth:token-type:jwt';

const ana = (world: World) => world.identity.directory.find('ana')!;
const obo = (world: World) =>
  world.identity.tokens.mint({
    principal: ana(world),
    how: 'obo',
    clientId: 'client-1',
    app: 'orders',
    session: 's1',
    scopes: ['sql'],
    origin: world.origin,
  });

test('a PAT becomes an OAuth token of its owner, within its scopes', async () => {
  await using world = await startWorld();
  const { token } = world.identity.tokens.createPat({ principal: ana(world), scopes: ['sql'] });
  const form = { grant_type: exchange, subject_token: token, subject_token_type: patType };
  const { status, body } = await tokenRequest(world, { ...form, scope: 'sql.statement-execution' });
  expect(status).toBe(200);
  expect(body.issued_token_type).toBe('urn:ietf:params:oauth:token-type:access_token');
  expect(await world.identity.tokens.verify(body.access_token)).toMatchObject({
    principal: { name: 'ana@acme.test' },
    scopes: ['sql.statement-execution'],
  });
  expect(await tokenRequest(world, { ...form, scope: 'all-apis' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  });
  expect(await tokenRequest(world, { ...form, subject_token: `dapi${'0'.repeat(32)}` })).toMatchObject({
    status: 400,
    body: { error: 'invalid_request' },
  });
  expect((await tokenRequest(world, { ...form, subject_token_type: jwtType })).status).toBe(400);
});

test('a driver gets its own token back when it is ours, and a foreign one is refused by name', async () => {
  await using world = await startWorld();
  const { token } = await obo(world);
  const form = {
    grant_type: exchange,
    subject_token_type: jwtType,
    scope: 'sql',
    return_original_token_if_authenticated: 'true',
  };
  expect((await tokenRequest(world, { ...form, subject_token: token })).body.access_token).toBe(token);
  const foreign = await tokenRequest(world, { ...form, subject_token: 'eyJh.eyJi.c2ln' });
  expect(foreign.status).toBe(400);
  expect(JSON.stringify(foreign.body)).toContain('it is no JWT');
});

test('jwt-bearer keeps person, app and session and adds the authorization details', async () => {
  await using world = await startWorld();
  const { token } = await obo(world);
  const details = [{ type: 'workspace_permission' }];
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    authorization_details: JSON.stringify(details),
  };
  world.clock.advance(30 * 60 * 1000);
  const { status, body } = await tokenRequest(world, { ...form, assertion: token });
  expect(status).toBe(200);
  // It does not outlive the token it was bought with.
  expect(Number(claimsOf(body.access_token)['exp'])).toBeLessThanOrEqual(Number(claimsOf(token)['exp']) + 1);
  expect(claimsOf(body.access_token)['authorization_details']).toEqual(details);
  expect(await world.identity.tokens.verify(body.access_token)).toMatchObject({
    how: 'obo',
    app: 'orders',
    session: 's1',
    scopes: ['sql'],
  });
  expect(world.identity.tokens.revokeSession('s1')).toBe(2);
  expect(await tokenRequest(world, { ...form, assertion: token })).toMatchObject({
    status: 400,
    body: { error: 'invalid_grant' },
  });
});
