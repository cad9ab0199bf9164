import { expect, test } from 'vitest';
import { bob, robot, startWorkspace } from '../../../test/support/workspace.ts';
import { family } from './family.ts';

const start = (state: string) =>
  startWorkspace({
    families: [family],
    apps: {
      list: () => [{ name: 'orders', url: 'http://127.0.0.1:1', state, servicePrincipal: robot.name }],
      stop: async () => {},
      start: async () => {},
    },
  });

test('shows an app with its service principal and both states', async () => {
  await using house = await start('running');
  const token = house.token(bob, { scopes: ['apps'] });
  const app = {
    name: 'orders',
    url: 'http://127.0.0.1:1',
    service_principal_client_id: robot.name,
    service_principal_id: 2001,
    service_principal_name: 'app-orders',
    app_status: { state: 'RUNNING', message: 'App has status: App is running' },
    compute_status: { state: 'ACTIVE', message: 'App compute is active.' },
  };
  expect((await house.call(token, 'GET /api/2.0/apps/orders')).body).toEqual(app);
  expect((await house.call(token, 'GET /api/2.0/apps?page_size=5')).body).toEqual({ apps: [app] });
});

test.each([
  ['stopped', 'UNAVAILABLE', 'STOPPED'],
  ['crashed', 'CRASHED', 'ACTIVE'],
  ['starting', 'DEPLOYING', 'ACTIVE'],
])('an app that is %s', async (state, app, compute) => {
  await using house = await start(state);
  expect((await house.call(house.token(bob), 'GET /api/2.0/apps/orders')).body).toMatchObject({
    app_status: { state: app },
    compute_status: { state: compute },
  });
});

test('an unknown app, and a token without the scope', async () => {
  await using house = await start('running');
  expect(await house.call(house.token(bob), 'GET /api/2.0/apps/nope')).toMatchObject({
    status: 404,
    body: {
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: 'App with name nope does not exist or is deleted.',
    },
  });
  const narrow = await house.call(house.token(bob, { scopes: ['sql'] }), 'GET /api/2.0/apps');
  expect(narrow).toMatchObject({ status: 403, text: 'Invalid scope, required scopes: apps' });
});

test('start and stop need CAN_MANAGE and answer with the state that came of it', async () => {
  let state = 'running';
  await using house = await startWorkspace({
    families: [family],
    allow: [`${bob.name} CAN_MANAGE orders`],
    apps: {
      list: () => [{ name: 'orders', url: 'http://127.0.0.1:1', state, servicePrincipal: robot.name }],
      stop: async () => {
        state = 'stopped';
      },
      start: async () => {
        state = 'running';
      },
    },
  });
  const call = (who: typeof bob | typeof robot, action: string) =>
    house.call(house.token(who), `POST /api/2.0/apps/${action}`, {});
  expect((await call(robot, 'orders/stop')).status).toBe(403);
  expect(state).toBe('running');
  expect((await call(bob, 'orders/stop')).body).toMatchObject({ compute_status: { state: 'STOPPED' } });
  expect((await call(bob, 'orders/start')).body).toMatchObject({ compute_status: { state: 'ACTIVE' } });
  expect((await call(bob, 'nope/start')).status).toBe(404);
});
