import { expect, test } from 'vitest';
import { createForeignIssuer } from '../../test/support/foreign-issuer.ts';
import type { Store } from '../state/index.ts';
import { basic, cliCode, tokenRequest } from './testing/flow.ts';
import { createBrowser, startWorld } from './testing/world.ts';

const dump = (store: Store) =>
  store
    .all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
    .map(({ name }) => JSON.stringify(store.all(`SELECT * FROM "${name}"`)))
    .join('\n');

test('no token, code, cookie or secret stands in a database or in the journal', async () => {
  await using world = await startWorld();
  const { identity } = world;
  const idp = createForeignIssuer('https://idp.example.com');
  const robot = identity.directory.servicePrincipals()[0]!;
  identity.federation.create(null, {
    oidc: {
      issuer: idp.issuer,
      audiences: ['brickbox'],
      subject: null,
      subjectClaim: 'sub',
      jwksJson: idp.jwksJson,
      jwksUri: null,
    },
  });
  const kept = new Map<string, string>();
  const browser = createBrowser();
  const { code, verifier } = await cliCode(world, 'ana@acme.test', browser);
  kept.set('code', code);
  for (const { value } of browser.cookies.values()) kept.set('cookie', value);
  const bought = await tokenRequest(world, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    client_id: 'databricks-cli',
    redirect_uri: 'http://localhost:8020',
  });
  kept.set('access token', bought.body.access_token).set('refresh token', bought.body.refresh_token);
  const { secret } = identity.tokens.createSecret(robot.name);
  const m2m = await tokenRequest(world, { grant_type: 'client_credentials' }, basic(robot.name, secret));
  kept.set('secret', secret).set('M2M token', m2m.body.access_token);
  kept.set('PAT', identity.tokens.createPat({ principal: robot }).token);
  const { clientSecret } = identity.integrations.create({
    name: 'x',
    confidential: true,
    redirectUrls: ['http://localhost:1/cb'],
    scopes: ['sql'],
    userAuthorizedScopes: [],
    tokenAccessPolicy: {},
    createdBy: 'admin@acme.test',
  });
  kept.set('secret of an application', clientSecret!);
  const federate = (token: string) =>
    tokenRequest(world, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    });
  for (const aud of ['brickbox', 'elsewhere']) {
    const token = idp.token({ sub: 'ana@acme.test', aud });
    const answer = await federate(token);
    expect(answer.status).toBe(aud === 'brickbox' ? 200 : 400);
    kept.set(`foreign token for ${aud}`, token);
    expect(JSON.stringify(answer.body)).not.toContain(token.split('.')[2]);
  }
  const places = {
    world: dump(world.store),
    outside: dump(world.outside),
    journal: JSON.stringify(world.journal.entries()),
  };
  for (const text of Object.values(places)) expect(text.length).toBeGreaterThan(500);
  for (const [name, value] of kept) {
    expect(value?.length, name).toBeGreaterThan(10);
    const needle = value.startsWith('ey') ? value.split('.').at(-1)! : value;
    for (const [place, text] of Object.entries(places)) {
      expect(text.includes(needle), `${name} in ${place}`).toBe(false);
    }
  }
});
