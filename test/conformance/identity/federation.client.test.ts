import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createForeignIssuer } from '../../support/foreign-issuer.ts';
import { startRealWorld } from '../../support/real-world.ts';
import { withToolchain } from '../toolchain.ts';

const python = withToolchain('BRICKBOX_TEST_PYTHON');
const run = promisify(execFile);
const idp = createForeignIssuer('https://idp.example.com');

let house: Awaited<ReturnType<typeof startRealWorld>>;
let folder: string;
beforeAll(async () => {
  if (!python.path) return;
  folder = mkdtempSync(join(tmpdir(), 'brickbox-federation-'));
  house = await startRealWorld();
  const { federation } = house.world.identity;
  const oidc = {
    issuer: idp.issuer,
    audiences: ['brickbox'],
    subject: null,
    subjectClaim: 'sub',
    jwksJson: idp.jwksJson,
    jwksUri: null,
  };
  federation.create(null, { oidc });
  federation.create(house.robot.id, { oidc: { ...oidc, subject: 'repo:acme/app' } });
});
afterAll(async () => {
  if (!python.path) return;
  rmSync(folder, { recursive: true, force: true });
  await house[Symbol.asyncDispose]();
});

async function signIn(env: Record<string, string>) {
  const { stdout } = await run(python.path, [join(import.meta.dirname, 'federation.py'), house.origin], {
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...env },
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, string>;
}

const robotToken = (aud: string) => idp.token({ sub: 'repo:acme/app', aud });

describe('databricks-sdk for Python, unmodified, with a token of another issuer', () => {
  python.test('env-oidc signs in as a service principal, and as a person without a client id', async () => {
    const env = { DATABRICKS_AUTH_TYPE: 'env-oidc' };
    expect(
      await signIn({
        ...env,
        DATABRICKS_CLIENT_ID: house.robot.name,
        DATABRICKS_OIDC_TOKEN: robotToken('brickbox'),
      }),
    ).toEqual({ auth_type: 'env-oidc', user_name: house.robot.name });
    expect(
      await signIn({
        ...env,
        DATABRICKS_OIDC_TOKEN_ENV: 'MY_TOKEN',
        MY_TOKEN: idp.token({ sub: 'ana@acme.test', aud: 'brickbox' }),
      }),
    ).toEqual({ auth_type: 'env-oidc', user_name: 'ana@acme.test' });
  });

  python.test('file-oidc signs in as a service principal', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, robotToken('brickbox'), { mode: 0o600 });
    expect(
      await signIn({
        DATABRICKS_AUTH_TYPE: 'file-oidc',
        DATABRICKS_CLIENT_ID: house.robot.name,
        DATABRICKS_OIDC_TOKEN_FILEPATH: file,
      }),
    ).toEqual({ auth_type: 'file-oidc', user_name: house.robot.name });
  });

  python.test('a wrong audience is refused, and the message says what the token named', async () => {
    const refused = await signIn({
      DATABRICKS_AUTH_TYPE: 'env-oidc',
      DATABRICKS_CLIENT_ID: house.robot.name,
      DATABRICKS_OIDC_TOKEN: robotToken('somebody-else'),
    });
    expect(refused['exception']).toBe('ValueError');
    expect(refused['message']).toContain('matches its audience');
    expect(refused['message']).toContain('aud somebody-else');
  });
});
