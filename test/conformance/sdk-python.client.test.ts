import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { forwardedToken, openOrdersWorld } from '../journeys/world.ts';
import { withToolchain } from './toolchain.ts';

const python = withToolchain('BRICKBOX_TEST_PYTHON');
const run = promisify(execFile);

let sandbox: Sandbox;
beforeAll(async () => {
  if (python.path) sandbox = await openOrdersWorld();
});
afterAll(() => sandbox?.close());

interface Answer {
  auth_type: string;
  user_name?: string;
  state?: string;
  rows?: string[][];
  error?: string;
  exception?: string;
  message?: string;
}

async function asSeenBy(
  env: Record<string, string>,
  statement = 'SELECT id, region, email FROM main.sales.orders ORDER BY id',
): Promise<Answer> {
  const { stdout } = await run(
    python.path,
    [join(import.meta.dirname, 'python/personas.py'), sandbox.workspaceUrl, sandbox.warehouseId, statement],
    { env: { PATH: process.env.PATH ?? '', HOME: import.meta.dirname, ...env } },
  );
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
}

describe('databricks-sdk for Python, unmodified', () => {
  python.test('the token the app was forwarded (OBO) and a PAT see their person’s rows', async () => {
    const ana = await asSeenBy({
      DATABRICKS_TOKEN: await forwardedToken(sandbox, 'ana'),
    });
    const pat = await asSeenBy({ DATABRICKS_TOKEN: sandbox.createPat('ana') });
    const admin = await asSeenBy({ DATABRICKS_TOKEN: await forwardedToken(sandbox, 'admin') });
    expect(ana).toMatchObject({ auth_type: 'pat', user_name: 'ana@acme.test', state: 'SUCCEEDED' });
    expect(pat.rows).toEqual(ana.rows);
    expect(admin.rows!.length).toBeGreaterThan(ana.rows!.length);
    expect(new Set(ana.rows!.map((row) => row[1]))).toEqual(new Set(['EMEA']));
  });

  python.test('machine to machine runs as the app', async () => {
    const app = sandbox.apps[0]!;
    const credentials = {
      DATABRICKS_CLIENT_ID: app.env['DATABRICKS_CLIENT_ID']!,
      DATABRICKS_CLIENT_SECRET: app.env['DATABRICKS_CLIENT_SECRET']!,
    };
    const answer = await asSeenBy(credentials);
    expect(answer).toMatchObject({ auth_type: 'oauth-m2m', user_name: app.servicePrincipal.applicationId });
    expect(answer.rows ?? []).toEqual([]);
    const denied = await asSeenBy(credentials, 'SELECT * FROM main.sales.region_access');
    expect(denied.error).toMatch(/INSUFFICIENT_PERMISSIONS/);
  });

  python.test('a wrong token is PermissionDenied, a missing scope too, with the scope named', async () => {
    expect(await asSeenBy({ DATABRICKS_TOKEN: 'dapi00000000000000000000000000000000' })).toMatchObject({
      exception: 'PermissionDenied',
    });
    const narrow = await asSeenBy({
      DATABRICKS_TOKEN: await sandbox.as('ana').token({ scopes: ['files', 'iam.current-user:read'] }),
    });
    expect(narrow.message).toMatch(/required scopes: sql/);
  });
});
