import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

test('a person sees and takes back the own consent, and nobody else’s', async () => {
  await using house = await startRealWorld();
  const { identity } = house.world;
  const register = (scopes: string[]) =>
    identity.registerApp({
      app: 'orders',
      origin: house.origin,
      redirectUris: ['http://127.0.0.1:9/cb'],
      scopes,
    });
  const { clientId } = register(['sql']);
  const path = `/api/2.0/oauth-app-integrations/${clientId}/user-consent/me`;
  expect((await house.call(house.ana, `GET ${path}`)).status).toBe(404);
  identity.consents.grant(house.ana.name, clientId, ['sql', 'offline_access']);
  register(['sql', 'files']);
  expect((await house.call(house.ana, `GET ${path}`)).body, 'wider now, and the consent is not').toEqual({
    user_consented_scopes: ['sql', 'offline_access'],
  });
  expect((await house.call(house.bob, `GET ${path}`)).status).toBe(404);
  expect((await house.call(house.bob, `DELETE ${path}`)).status).toBe(404);
  expect((await house.call(house.ana, `DELETE ${path}`)).status).toBe(200);
  expect(identity.consents.get(house.ana.name, clientId)).toBeUndefined();
  expect((await house.call(house.ana, `GET ${path}`)).status).toBe(404);
});
