import { expect, test } from 'vitest';
import { startRealWorld } from '../../../test/support/real-world.ts';

test('a secret signs in until it is deleted, through the account and the workspace path', async () => {
  await using house = await startRealWorld();
  const { admin, robot, world } = house;
  const account = `/api/2.0/accounts/${world.identity.accountId}/servicePrincipals/${robot.id}/credentials/secrets`;
  const proxy = `/api/2.0/accounts/servicePrincipals/${robot.id}/credentials/secrets`;
  const made = await house.call(admin, `POST ${account}`, { lifetime: '3600s' });
  expect(made.body).toMatchObject({ status: 'ACTIVE', secret: expect.stringMatching(/^dose/) });
  const signIn = async () => {
    const answer = await fetch(`${house.origin}/oidc/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${robot.name}:${made.body.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'all-apis' }),
    });
    return answer.status;
  };
  expect(await signIn()).toBe(200);
  const listed = await house.call(admin, `GET ${proxy}`);
  expect(listed.body.secrets).toMatchObject([{ id: made.body.id, secret_hash: made.body.secret_hash }]);
  expect(listed.text).not.toContain(made.body.secret);
  expect((await house.call(admin, `DELETE ${proxy}/${made.body.id}`)).body).toEqual({});
  expect(await signIn()).toBe(401);
  expect((await house.call(admin, `DELETE ${proxy}/${made.body.id}`)).status).toBe(404);
});

test('refuses others than admins, other accounts, wrong ids, lifetimes, and a sixth secret', async () => {
  await using house = await startRealWorld();
  const { admin, ana, robot } = house;
  const path = (id: string) => `/api/2.0/accounts/servicePrincipals/${id}/credentials/secrets`;
  expect((await house.call(ana, `POST ${path(robot.id)}`, {})).status).toBe(403);
  expect((await house.call(admin, `GET ${path(robot.name)}`)).status, 'an application id').toBe(404);
  expect((await house.call(admin, `GET ${path(ana.id)}`)).status, 'a user').toBe(404);
  const other = `/api/2.0/accounts/nope/servicePrincipals/${robot.id}/credentials/secrets`;
  expect((await house.call(admin, `GET ${other}`)).status).toBe(404);
  expect((await house.call(admin, `POST ${path(robot.id)}`, { lifetime: '2 years' })).status).toBe(400);
  for (let i = 0; i < 5; i += 1) {
    expect((await house.call(admin, `POST ${path(robot.id)}`, {})).status).toBe(200);
  }
  expect((await house.call(admin, `POST ${path(robot.id)}`, {})).status).toBe(400);
});

test('a secret limited to scopes buys tokens with those alone', async () => {
  await using house = await startRealWorld();
  const path = `/api/2.0/accounts/servicePrincipals/${house.robot.id}/credentials/secrets`;
  const made = await house.call(house.admin, `POST ${path}`, { scopes: ['sql'] });
  expect(made.body.scopes).toEqual(['sql']);
  expect((await house.call(house.admin, `POST ${path}`, { scopes: ['nope'] })).status).toBe(400);
  const ask = async (scope?: string) => {
    const answer = await fetch(`${house.origin}/oidc/v1/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${house.robot.name}:${made.body.secret}`)}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope ? { scope } : {}) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  };
  expect((await ask('sql.statement-execution')).body['scope']).toBe('sql.statement-execution');
  for (const scope of ['all-apis', 'sql files', undefined]) {
    const refused = await ask(scope);
    expect(refused).toMatchObject({ status: 400, body: { error: 'access_denied' } });
    expect(refused.body['error_description']).toMatch(
      /^Scopes '(?:all-apis|files)' are not assigned to the client/,
    );
  }
});
