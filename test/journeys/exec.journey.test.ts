import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alive, brickbox, folderWith, start } from './cli.ts';
import { repository } from './house.ts';

/** `brickbox exec -- CMD` as a child process: environment, exit codes, isolation, nothing left behind. */
const app = `
import { createServer } from 'node:http';
createServer((req, res) => res.end(req.url)).listen(process.env.DATABRICKS_APP_PORT, '127.0.0.1');
`;
const config = `
personas:
  admin: { user_name: admin@acme.test, groups: [admins] }
  ana: { user_name: ana@acme.test }
apps:
  my-orders:
    source_code_path: ./app
    user_api_scopes: [sql]
    permissions: [{ user_name: ana@acme.test, level: CAN_USE }]
`;
const node = process.execPath;
const script = (name: string) => repository('test/journeys/commands', name);

let folder: string;
let remove: () => void;
beforeAll(() => {
  ({ folder, remove } = folderWith({
    'brickbox.yaml': config,
    'app/app.yaml': 'command: [node, app.mjs]\n',
    'app/app.mjs': app,
    'info.yaml': `${config}fail_on: info\n`,
    'wrong.yaml': 'person: {}\n',
  }));
});
afterAll(() => remove());

const exec = (args: string[], command: string[], env: Record<string, string> = {}) =>
  brickbox(['exec', ...args, '--', ...command], { cwd: folder, env });
const js = (code: string) => [node, '--input-type=module', '-e', code];

describe('what the command is told', () => {
  test('where the certificates of the run are, in bundles that can be read', async () => {
    const done = await exec(
      [],
      js(`import { readFileSync } from 'node:fs';
        const names = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE'];
        console.log(names.map((name) => readFileSync(process.env[name], 'utf8').includes('BEGIN CERTIFICATE')).join());`),
    );
    expect(done.stdout, done.stderr).toContain('true,true,true,true');
  });

  test('the documented variables, a profile for everybody, and nothing of a real workspace', async () => {
    const out = join(folder, 'seen.json');
    const done = await exec(['--as', 'ana'], [node, script('who-am-i.mjs'), out, 'admin', 'my-orders'], {
      DATABRICKS_HOST: 'https://real.cloud.databricks.com',
      DATABRICKS_TOKEN: 'dapi-real',
      DATABRICKS_CLIENT_SECRET: 'real',
      databricks_account_id: 'real',
      BRICKBOX_APP_URL_STALE: 'http://127.0.0.1:1',
      MY_OWN: 'kept',
    });
    expect(done.code, done.stderr).toBe(0);
    const { env, me, others, status, app: answered } = JSON.parse(readFileSync(out, 'utf8'));
    const ours = Object.keys(env).filter((name) => /^(BRICKBOX|DATABRICKS)_/i.test(name));
    expect(ours.sort()).toEqual([
      'BRICKBOX_APP_URL',
      'BRICKBOX_APP_URL_MY_ORDERS',
      'BRICKBOX_TOKEN',
      'BRICKBOX_URL',
      'BRICKBOX_WORKSPACE_URL',
      'DATABRICKS_CONFIG_FILE',
      'DATABRICKS_CONFIG_PROFILE',
      'DATABRICKS_HOST',
    ]);
    expect(env).toMatchObject({
      MY_OWN: 'kept',
      BRICKBOX_APP_URL: status.apps[0].url,
      BRICKBOX_APP_URL_MY_ORDERS: status.apps[0].url,
      BRICKBOX_WORKSPACE_URL: status.workspace_url,
      DATABRICKS_HOST: status.workspace_url,
      DATABRICKS_CONFIG_PROFILE: 'ana',
    });
    for (const name of ours.filter((one) => one.endsWith('_URL'))) {
      expect(env[name]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    }
    expect(JSON.stringify(env)).not.toContain('real');
    expect(me, 'the SDK finds the profile by itself').toBe('ana@acme.test');
    expect(others).toEqual({
      admin: 'admin@acme.test',
      'my-orders': status.apps[0].service_principal.application_id,
    });
    expect(answered).toBe(302);
    expect(existsSync(env.DATABRICKS_CONFIG_FILE), 'the profile file goes with the run').toBe(false);
    await expect(fetch(env.BRICKBOX_URL)).rejects.toThrow();
    await expect(fetch(env.BRICKBOX_APP_URL)).rejects.toThrow();
  });

  test('the profile file is private', async () => {
    const done = await exec(
      [],
      js(`
      import { statSync } from 'node:fs';
      console.log((statSync(process.env.DATABRICKS_CONFIG_FILE).mode & 0o777).toString(8));
      console.log(process.env.DATABRICKS_CONFIG_PROFILE);`),
    );
    expect(done.stdout.trim().split('\n')).toEqual(['600', 'admin']);
  });
});

describe('exit code', () => {
  test('is the command’s own, and --json and --out say what happened', async () => {
    const done = await exec(
      ['--json', '--out', 'result.json'],
      js('process.stdout.write("no newline"); process.exit(7)'),
    );
    expect(done.code).toBe(7);
    expect(done.json).toMatchObject({
      exit_code: 7,
      command_exit_code: 7,
      signal: null,
      findings: [],
      fail_on: 'leak',
    });
    expect(JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8'))).toEqual(done.json);
  });

  test('is 3 when the command succeeded and a finding is at or above fail_on', async () => {
    const makeFinding = js(`
      const answer = await fetch(process.env.BRICKBOX_URL + '/v1/tokens', {
        method: 'POST', body: '{"as":"ana"}',
        headers: { authorization: 'Bearer ' + process.env.BRICKBOX_TOKEN },
      });
      const { access_token } = await answer.json();
      const page = await fetch(process.env.BRICKBOX_APP_URL + '/page', { headers: { authorization: 'Bearer ' + access_token } });
      process.exit(page.status === 200 ? Number(process.argv[1] ?? 0) : 99);`);
    const failing = await exec(['--config', 'info.yaml', '--json'], makeFinding);
    expect(failing.code, failing.stderr).toBe(3);
    expect(failing.json).toMatchObject({ command_exit_code: 0, failing_findings: 1 });
    expect(failing.stderr).toMatch(/info bearer_outside_api: .*\n\s+fix: /);
    expect(
      (await exec(['--config', 'info.yaml'], [...makeFinding, '5'])).code,
      'a failure keeps its code',
    ).toBe(5);
    expect((await exec([], makeFinding)).code, 'leak is the least that counts by default').toBe(0);
  });

  test('is 125 for an error of ours, which names the place', async () => {
    const wrong = await exec(['--config', 'wrong.yaml'], [node, '-e', '']);
    expect(wrong.code).toBe(125);
    expect(wrong.stderr).toMatch(/wrong\.yaml:1/);
    expect((await exec(['--as', 'nobody'], [node, '-e', ''])).code).toBe(125);
    expect((await brickbox(['exec'], { cwd: folder })).code).toBe(125);
  });

  test('is 127 for a command that is not there, 126 for one that cannot run', async () => {
    expect((await exec([], ['./there-is-no-such-command'])).code).toBe(127);
    expect((await exec([], ['./brickbox.yaml'])).code).toBe(126);
  });

  test('is 128 + n after signal n, the command’s own or one handed on from us', async () => {
    expect(
      (await exec([], js('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'))).code,
    ).toBe(143);
    const running = start(
      ['exec', '--', ...js('console.log("pid", process.pid); setInterval(() => {}, 1000)')],
      {
        cwd: folder,
      },
    );
    const [, pid] = await running.said(/pid (\d+)/);
    process.kill(running.pid, 'SIGINT');
    expect((await running.done).code).toBe(130);
    expect(alive(Number(pid))).toBe(false);
  });
});

test('two at once in one folder have a world each', async () => {
  const both = await Promise.all([
    exec(['--as', 'ana'], [node, script('neighbour.mjs'), 'one', 'two', '90']),
    exec([], [node, script('neighbour.mjs'), 'two', 'one', '0']),
  ]);
  for (const done of both) expect(done.code, done.stderr).toBe(0);
  const [one, two] = ['one', 'two'].map((name) =>
    JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')),
  );
  expect(one).toMatchObject({ paths: ['/of/one'], offset: 90 * 60_000, snapshots: ['one'], profile: 'ana' });
  expect(two).toMatchObject({ paths: ['/of/two'], offset: 0, snapshots: ['two'], profile: 'admin' });
  for (const field of ['app', 'workspace', 'token', 'file']) expect(one[field]).not.toBe(two[field]);
  for (const name of ['one', 'two'])
    expect(readFileSync(join(folder, `${name}.foreign`), 'utf8')).toBe('403');
});
