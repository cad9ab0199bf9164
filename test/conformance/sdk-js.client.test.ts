import { WorkspaceClient } from '@databricks/sdk-experimental';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { forwardedToken, openOrdersWorld } from '../journeys/world.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openOrdersWorld();
});
afterAll(() => sandbox?.close());

const statement = 'SELECT id, region, email FROM main.sales.orders ORDER BY id';

async function rows(client: WorkspaceClient, text = statement): Promise<unknown[][] | string> {
  const answer = await client.statementExecution.executeStatement({
    warehouse_id: sandbox.warehouseId,
    statement: text,
    wait_timeout: '30s',
  });
  return answer.status?.state === 'SUCCEEDED'
    ? (answer.result?.data_array ?? [])
    : String(answer.status?.error?.message);
}

const withToken = (token: string) =>
  new WorkspaceClient({ host: sandbox.workspaceUrl, token, authType: 'pat' });

describe('@databricks/sdk-experimental, unmodified', () => {
  test('two people get different rows through the tokens the app was forwarded (OBO)', async () => {
    const all = await rows(withToken(await forwardedToken(sandbox, 'admin')));
    const some = await rows(withToken(await forwardedToken(sandbox, 'ana')));
    expect(all.length).toBeGreaterThan(some.length);
    expect(some.length).toBeGreaterThan(0);
    expect(new Set((some as string[][]).map((row) => row[1]))).toEqual(new Set(['EMEA']));
  });

  test('a PAT works, and says who it is', async () => {
    const client = withToken(sandbox.createPat('ana'));
    expect((await client.currentUser.me()).userName).toBe('ana@acme.test');
    expect(await rows(client)).toEqual(await rows(withToken(await sandbox.as('ana').token())));
  });

  test('machine to machine: the app is its service principal and holds only what it declares', async () => {
    const app = sandbox.apps[0]!;
    const client = new WorkspaceClient({
      host: sandbox.workspaceUrl,
      clientId: app.env['DATABRICKS_CLIENT_ID']!,
      clientSecret: app.env['DATABRICKS_CLIENT_SECRET']!,
      authType: 'oauth-m2m',
    });
    expect((await client.currentUser.me()).userName).toBe(app.servicePrincipal.applicationId);
    expect(await rows(client)).toEqual([]);
    expect(await rows(client, 'SELECT * FROM main.ops.telemetry')).toEqual([]);
    expect(await rows(client, 'SELECT * FROM main.sales.region_access')).toMatch(/INSUFFICIENT_PERMISSIONS/);
  });

  test('a missing scope, a wrong token and no grant are told apart', async () => {
    const narrow = withToken(await sandbox.as('ana').token({ scopes: ['files'] }));
    await expect(rows(narrow)).rejects.toThrow(/required scopes: sql/);
    await expect(rows(withToken('garbage'))).rejects.toThrow(/Invalid access token/);
    expect(await rows(withToken(await sandbox.as('guest').token()))).toEqual([]);
    const denied = await withToken(await sandbox.as('guest').token()).statementExecution.executeStatement({
      warehouse_id: sandbox.warehouseId,
      statement: 'SELECT * FROM main.ops.telemetry',
      wait_timeout: '30s',
    });
    expect(denied.status?.error?.message).toMatch(/\[INSUFFICIENT_PERMISSIONS\][\s\S]*User does not have/);
  });
});
