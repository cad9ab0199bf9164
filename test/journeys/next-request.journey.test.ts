import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createSandbox } from '../../emulator/index.ts';

const apps = resolve(import.meta.dirname, '../../fixtures/apps');

test('a permission taken away, a reset and an expiry are seen by the very next request', async () => {
  const sandbox = await createSandbox({
    folder: join(apps, 'echo'),
    seed: 'next request',
    config: {
      personas: {
        admin: { user_name: 'admin@acme.test', groups: ['admins'] },
        ana: { user_name: 'ana@acme.test' },
      },
      apps: {
        echo: {
          source_code_path: '.',
          permissions: [{ user_name: 'ana@acme.test', level: 'CAN_USE' }],
        },
      },
      egress: { mode: 'cooperative' },
    },
  });
  onTestFinished(() => sandbox.close());
  const cookie = await sandbox.as('ana').cookie();
  const ask = async () => {
    const answer = await fetch(sandbox.apps[0]?.url ?? '', { headers: { cookie }, redirect: 'manual' });
    await answer.arrayBuffer();
    return answer.status;
  };
  const admin = await sandbox.as('admin').token();
  const permit = async (list: { user_name: string; permission_level: string }[]) => {
    const answer = await fetch(`${sandbox.workspaceUrl}/api/2.0/permissions/apps/echo`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify({ access_control_list: list }),
    });
    expect(answer.status, await answer.text()).toBe(200);
  };

  for (let i = 0; i < 3; i += 1) expect(await ask()).toBe(200);
  await permit([{ user_name: 'admin@acme.test', permission_level: 'CAN_MANAGE' }]);
  expect(await ask()).toBe(403);
  await permit([{ user_name: 'ana@acme.test', permission_level: 'CAN_USE' }]);
  expect(await ask()).toBe(200);
  await permit([]);
  expect(await ask()).toBe(403);
  await sandbox.reset();
  expect(await ask(), 'the seed permits her').toBe(200);
  sandbox.clock.advance(7 * 24 * 3_600_000);
  expect(await ask(), 'the session has expired').toBe(302);
});
