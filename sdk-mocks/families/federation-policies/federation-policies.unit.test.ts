import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createForeignIssuer } from '../../../test/support/foreign-issuer.ts';
import { startRealWorld } from '../../../test/support/real-world.ts';

const idp = createForeignIssuer('https://idp.example.com');
const another = createForeignIssuer('https://idp.example.com');
const elliptic = createForeignIssuer('https://ec.example.com', 'ES256');

type House = Awaited<ReturnType<typeof startRealWorld>>;
const accountPath = (house: House) =>
  `/api/2.0/accounts/${house.world.identity.accountId}/federationPolicies`;
const robotPath = (house: House) =>
  `/api/2.0/accounts/${house.world.identity.accountId}/servicePrincipals/${house.robot.id}/federationPolicies`;

async function exchange(house: House, token: string, more: Record<string, string> = {}) {
  const answer = await fetch(`${house.origin}/oidc/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: token,
      scope: 'all-apis',
      ...more,
    }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

const policy = (more: object = {}) => ({
  description: 'ci',
  oidc_policy: {
    issuer: idp.issuer,
    audiences: ['brickbox'],
    subject: 'repo:acme/app',
    jwks_json: idp.jwksJson,
    ...more,
  },
});

test('a policy of a service principal lets its issuer, audience and subject in, and nobody else', async () => {
  await using house = await startRealWorld();
  const made = await house.call(house.admin, `POST ${robotPath(house)}?policy_id=ci`, policy());
  expect(made).toMatchObject({
    status: 200,
    body: { policy_id: 'ci', service_principal_id: Number(house.robot.id), description: 'ci' },
  });
  const client = { client_id: house.robot.name };
  const good = { sub: 'repo:acme/app', aud: 'brickbox' };
  const bought = await exchange(house, idp.token(good), client);
  expect(bought).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
  expect(await house.world.identity.tokens.verify(bought.body['access_token'])).toMatchObject({
    how: 'federation',
    principal: { name: house.robot.name },
    scopes: ['all-apis'],
  });
  expect((await exchange(house, idp.token({ ...good, aud: ['x', 'brickbox'] }), client)).status).toBe(200);

  const refused: [string, string, Record<string, string>][] = [
    [idp.token({ ...good, aud: 'somebody-else' }), 'audience', client],
    [idp.token({ ...good, sub: 'repo:acme/other' }), 'subject', client],
    [idp.token({ ...good, iss: 'https://evil.example.com' }), 'issuer', client],
    [another.token(good), 'signature', client],
    [idp.token({ ...good, exp: 1000 }), 'expired', client],
    [idp.token({ ...good, nbf: 99_999_999_999 }), 'not valid yet', client],
    [idp.token({ ...good, exp: 'never' }), 'no JWT with', client],
    [idp.token(good, { alg: 'none' }), 'RS256 or ES256', client],
    [idp.token(good, { alg: 'HS256' }), 'RS256 or ES256', client],
    [idp.token(good, { kid: 'other' }), 'none of the keys', client],
    [idp.token(good, { crit: ['exp2'], exp2: 1 }), 'signature', client],
    [idp.token(good), 'no service principal', { client_id: 'nobody' }],
    [idp.token(good), 'no service principal', { client_id: 'robot' }],
    [idp.token(good), 'no service principal', { client_id: house.robot.id }],
    [idp.token(good), 'issuer', {}],
  ];
  for (const [token, words, form] of refused) {
    const answer = await exchange(house, token, form);
    expect(answer, words).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(answer.body['error_description']).toContain(words);
  }
  expect(await exchange(house, idp.token(good), { ...client, scope: 'no-such-scope' })).toMatchObject({
    status: 400,
    body: { error: 'invalid_scope' },
  });

  house.world.identity.directory.setActive(house.robot.name, false);
  expect((await exchange(house, idp.token(good), client)).body['error_description']).toContain('not active');
  house.world.identity.directory.setActive(house.robot.name, true);
  await house.call(house.admin, `DELETE ${robotPath(house)}/ci`);
  expect((await exchange(house, idp.token(good), client)).status).toBe(400);
});

test('a policy of the account maps its claim to a user name or application id, never to an alias or an id', async () => {
  await using house = await startRealWorld();
  const { accountId } = house.world.identity;
  const made = await house.call(house.admin, `POST ${accountPath(house)}`, {
    oidc_policy: { issuer: elliptic.issuer, subject_claim: 'upn', jwks_json: elliptic.jwksJson },
  });
  expect(made.body.policy_id).toBe(made.body.uid);
  const as = (upn: unknown) => exchange(house, elliptic.token({ sub: 'x', upn, aud: accountId }));
  const ana = await as('ANA@acme.test');
  expect(await house.world.identity.tokens.verify(ana.body['access_token'])).toMatchObject({
    principal: { name: 'ana@acme.test', kind: 'user' },
  });
  expect((await as(house.robot.name)).status).toBe(200);
  for (const name of ['ana', house.ana.id, 'nobody@acme.test', '', 7, undefined, 'toString']) {
    expect((await as(name)).status, String(name)).toBe(400);
  }
  const wrong = await exchange(house, elliptic.token({ upn: 'ana@acme.test', aud: 'brickbox' }));
  expect(wrong.body['error_description']).toContain('audience');
});

test('keys come from an address on loopback, no other is asked, and tokens of ours never federate', async () => {
  await using house = await startRealWorld();
  let asked = 0;
  const server = createServer((req, res) => {
    asked += 1;
    if (req.url === '/moved') return res.writeHead(302, { location: '/keys' }).end();
    return res.end(req.url === '/keys' ? idp.jwksJson : JSON.stringify({ jwks_uri: `${root}/keys` }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { accountId } = house.world.identity;
    const create = (id: string, oidc: object) =>
      house.call(house.admin, `POST ${accountPath(house)}?policy_id=${id}`, { oidc_policy: oidc });
    await create('uri', { issuer: 'https://a.example.com', jwks_uri: `${root}/keys` });
    await create('moved', { issuer: 'https://b.example.com', jwks_uri: `${root}/moved` });
    await create('discovered', { issuer: root });
    await create('outside', { issuer: 'https://c.example.com' });
    await create('outside-keys', { issuer: 'https://d.example.com', jwks_uri: 'https://d.example.com/keys' });
    const from = (iss: string) => exchange(house, idp.token({ iss, sub: 'ana@acme.test', aud: accountId }));
    expect((await from('https://a.example.com')).status).toBe(200);
    expect((await from(root)).status).toBe(200);
    expect((await from('https://b.example.com')).body['error_description']).toContain('did not answer');
    expect(asked).toBe(4);
    for (const iss of ['https://c.example.com', 'https://d.example.com']) {
      expect((await from(iss)).body['error_description']).toContain('put the public keys into jwks_json');
    }
    expect(asked).toBe(4);

    await create('ours', { issuer: `${house.origin}/oidc`, jwks_uri: `${house.origin}/oidc/jwks.json` });
    const own = await house.token(house.ana, ['sql']);
    house.world.identity.tokens.revoke((await house.world.identity.tokens.verify(own)).tokenId);
    expect((await exchange(house, own)).status).toBe(400);
  } finally {
    server.close();
  }
});

test('policies are listed by page, changed by mask, checked, and for admins alone', async () => {
  await using house = await startRealWorld();
  const path = accountPath(house);
  const oidc = { issuer: idp.issuer, jwks_json: idp.jwksJson };
  for (const id of ['a', 'b', 'c']) {
    await house.call(house.admin, `POST ${path}?policy_id=${id}`, { oidc_policy: oidc });
  }
  const first = await house.call(house.admin, `GET ${path}?page_size=2`);
  expect(first.body.policies).toMatchObject([{ policy_id: 'a' }, { policy_id: 'b' }]);
  const rest = await house.call(house.admin, `GET ${path}?page_token=${first.body.next_page_token}`);
  expect(rest.body).toMatchObject({ policies: [{ policy_id: 'c' }] });
  expect(rest.body.next_page_token).toBeUndefined();

  const change = (mask: string, body: object) =>
    house.call(house.admin, `PATCH ${path}/a?update_mask=${mask}`, body);
  expect((await change('description', { description: 'new', oidc_policy: {} })).body).toMatchObject({
    description: 'new',
    oidc_policy: { issuer: idp.issuer, jwks_json: idp.jwksJson },
  });
  expect((await change('oidc_policy.audiences', { oidc_policy: { audiences: ['x'] } })).body).toMatchObject({
    description: 'new',
    oidc_policy: { issuer: idp.issuer, audiences: ['x'] },
  });
  const cleared = await change('oidc_policy.audiences,oidc_policy.jwks_json', {});
  expect(cleared.body.oidc_policy).toEqual({ issuer: idp.issuer, subject_claim: 'sub' });
  expect((await change('uid', {})).status).toBe(400);
  expect((await change('oidc_policy', {})).status, 'the issuer would be gone').toBe(400);

  const create = async (body: object, target = path, who = house.admin) =>
    (await house.call(who, `POST ${target}`, body)).status;
  expect(await create({ oidc_policy: oidc }, `${path}?policy_id=b`)).toBe(409);
  expect(await create({ oidc_policy: oidc }, `${path}?policy_id=B%20`)).toBe(400);
  expect(await create({})).toBe(400);
  expect(await create({ oidc_policy: { ...oidc, subject: 'x' } })).toBe(400);
  expect(await create({ oidc_policy: oidc }, robotPath(house))).toBe(400);
  for (const jwks_json of ['{', '{"keys":[]}', '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}']) {
    expect(await create({ oidc_policy: { ...oidc, jwks_json } }), jwks_json).toBe(400);
  }
  expect(await create({ oidc_policy: oidc }, path, house.ana)).toBe(403);
  expect((await house.call(house.ana, `GET ${path}`)).status).toBe(403);
  expect((await house.call(house.admin, `GET ${path}/nope`)).status).toBe(404);
  expect((await house.call(house.admin, 'GET /api/2.0/accounts/nope/federationPolicies')).status).toBe(404);

  await house.call(house.admin, `POST ${robotPath(house)}?policy_id=ci`, policy());
  house.world.identity.directory.removeServicePrincipal(house.robot.name);
  expect(house.world.identity.federation.list(house.robot.id)).toEqual([]);
});
