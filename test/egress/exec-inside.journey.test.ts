import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alive, folderWith, run } from '../journeys/cli.ts';
import { repository } from '../journeys/house.ts';
import { users } from './users.ts';
import { strict } from './world.ts';

/** `brickbox exec --inside -- CMD`: the command sees the network of the apps, and ours beside it. */
const people = `
personas:
  admin: { user_name: admin@acme.test, groups: [admins] }
  ana: { user_name: ana@acme.test }
egress:
  allowed: { rates.example: { stub: ./stubs/rates } }
`;
const withApp = `${people}
apps:
  reach:
    source_code_path: ./reach
    permissions: [{ user_name: ana@acme.test, level: CAN_USE }]
`;
const launcher = repository('cli/launch.cjs');
const lookAround = repository('test/egress/commands/look-around.mjs');

/** A folder of one user: runs keep their files in it. */
function openPlace(prefix: readonly string[]) {
  const { folder, remove } = folderWith({ 'brickbox.yaml': withApp, 'no-app.yaml': people });
  cpSync(join(import.meta.dirname, 'apps'), folder, { recursive: true });
  mkdirSync(join(folder, 'home'));
  for (const path of [folder, join(folder, 'home')]) chmodSync(path, 0o777);
  const exec = (args: string[], command: string[], env = {}) =>
    run([...prefix, process.execPath, launcher, 'exec', '--inside', ...args, '--', ...command], {
      cwd: folder,
      env: { HOME: join(folder, 'home'), TMPDIR: tmpdir(), ...env },
    });
  return { exec, remove };
}

/** A listener of this machine that is no part of the sandbox. */
async function neighbour(): Promise<{ url: string; asked(): number } & AsyncDisposable> {
  let asked = 0;
  const server = createServer((_req, res) => {
    asked += 1;
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked: () => asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe.runIf(strict.available).each(users)('exec --inside as $user', ({ prefix }) => {
  let place: ReturnType<typeof openPlace>;
  beforeAll(() => {
    place = openPlace(prefix);
  });
  afterAll(() => place.remove());
  const exec = (...args: Parameters<typeof place.exec>) => place.exec(...args);

  test.each([
    ['with an app', []],
    ['without any app', ['--config', 'no-app.yaml']],
  ])('%s: the workspace by its name, our ports, and nothing else', async (name, args) => {
    await using outside = await neighbour();
    const told = { OUTSIDE: outside.url, http_proxy: 'http://proxy.example:3128' };
    const running = exec(['--as', 'ana', ...args, '--json'], [process.execPath, lookAround, '9'], told);
    const done = await running.done;
    expect(done.code, done.stderr).toBe(9);
    const [line = ''] = done.stdout.split('\n');
    const seen = JSON.parse(line);
    expect(seen).toMatchObject({
      host: expect.stringMatching(/^brickbox-[0-9a-f]{8}\.cloud\.databricks\.com$/),
      profileHost: `https://${seen.host}`,
      me: 'ana@acme.test',
      meOnLoopback: 200,
      status: 200,
      stub: { status: 200, text: expect.stringContaining('1.1') },
      denied: { failed: 'EAI_AGAIN' },
      outside: { failed: 'ECONNREFUSED' },
      proxy: null,
      interfaces: ['lo'],
    });
    expect(outside.asked()).toBe(0);
    if (name === 'with an app') {
      expect(seen).toMatchObject({ app: 302, appReachesControl: { failed: 'ECONNREFUSED' } });
    }
    expect(done.json).toMatchObject({ exit_code: 9, command_exit_code: 9, egress_mode: 'strict' });
    // A denied name is a finding of nobody's app.
    const denied = done.json.findings.filter(
      ({ finding }: { finding: string }) => finding === 'egress_denied',
    );
    expect(denied).toMatchObject([{ app: null, message: expect.stringContaining('denied.example') }]);
  });
});

describe.runIf(strict.available)('exec --inside', () => {
  let place: ReturnType<typeof openPlace>;
  beforeAll(() => {
    place = openPlace([]);
  });
  afterAll(() => place.remove());
  const exec = (...args: Parameters<typeof place.exec>) => place.exec(...args);

  test('curl trusts the certificate by the variables it is given', async () => {
    const curl =
      'curl -sS -o /dev/null -w "%{http_code}" "https://$DATABRICKS_HOST/api/2.0/sql/warehouses"; curl -sS https://denied.example; exit $?';
    const { code, stdout, stderr } = await exec(['--config', 'no-app.yaml'], ['sh', '-c', curl]).done;
    expect(stdout, stderr).toBe('401');
    expect(code, 'curl could not resolve the name').toBe(6);
  });

  test('exit codes are those of exec, and our signal reaches the command', async () => {
    const codeOf = async (...command: string[]) =>
      (await exec(['--config', 'no-app.yaml'], command).done).code;
    const codes = [codeOf('./no-such-command'), codeOf('./brickbox.yaml'), codeOf('sh', '-c', 'kill -9 $$')];
    expect(await Promise.all(codes)).toEqual([127, 126, 137]);
    const wait =
      "process.on('SIGINT', () => process.exit(42)); setInterval(() => {}, 1000); console.log('up')";
    const running = exec(['--config', 'no-app.yaml'], [process.execPath, '-e', wait]);
    await running.said(/up/);
    process.kill(running.pid, 'SIGINT');
    expect((await running.done).code).toBe(42);
    expect(alive(running.pid)).toBe(false);
  });
});

test('where egress is cooperative there is no inside: 125 and the way out', async () => {
  const { exec, remove } = openPlace([]);
  const { code, stderr } = await exec(['--egress', 'cooperative'], ['true']).done;
  remove();
  expect(code).toBe(125);
  expect(stderr).toContain('Leave --inside out');
});
