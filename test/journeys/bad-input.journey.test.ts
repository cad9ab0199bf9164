import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createControl, createSandbox, loadConfig } from '../../emulator/index.ts';
import { brickbox, folderWith, leftIn } from './cli.ts';
import { openHouse } from './house.ts';

/** What a user gets wrong, seen from the command line: a sentence, its cause, the way out; nothing left running. */
const people = `personas:
  admin: { user_name: admin@acme.test, groups: [admins] }
  ana: { user_name: ana@acme.test }
`;
const oneApp = `apps:
  tiny:
    source_code_path: ./app
    permissions: [{ user_name: ana@acme.test, level: CAN_USE }]
runtime: { start_timeout_seconds: 1, restarts: 0 }
egress: { mode: cooperative }
`;

const removals: (() => void)[] = [];
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});
function world(files: Record<string, string>): string {
  const { folder, remove } = folderWith(files);
  removals.push(remove);
  return folder;
}

/** Runs a command that must not be reached; a failed start is 125 and leaves no file behind. */
async function refused(files: Record<string, string>, args: string[] = []) {
  const folder = world({ 'temp/.keep': '', ...files });
  const temp = join(folder, 'temp');
  const command = [process.execPath, '-e', 'console.log("reached")'];
  const done = await brickbox(['exec', '--json', ...args, '--', ...command], {
    cwd: folder,
    env: { TMPDIR: temp },
  });
  expect(done.stdout).not.toContain('reached');
  expect(done.code, done.stderr).toBe(125);
  expect(done.stderr, 'no stack trace').not.toMatch(/^\s+at .*\.ts:\d+/m);
  expect(done.stderr, 'a way out').toMatch(/\n\s+fix: +\S/);
  expect(leftIn(temp)).toEqual([]);
  return { text: done.stderr, error: done.json.error };
}

describe('the configuration', () => {
  test('an unknown key names file, line, field, and what was probably meant', async () => {
    const { text } = await refused({
      'brickbox.yaml': `${people}fail_onn: leak\n${oneApp}`,
      'app/app.py': '',
    });
    expect(text).toMatch(/brickbox\.yaml:4:1: fail_onn is not a key[\s\S]*Did you mean fail_on\?/);
  });

  test('an unknown key deep inside an app', async () => {
    const { text } = await refused({
      'brickbox.yaml': `${people}${oneApp.replace('permissions', 'permisions')}`,
      'app/app.py': '',
    });
    expect(text).toMatch(/brickbox\.yaml:7:5: permisions[\s\S]*apps\.tiny[\s\S]*Did you mean permissions\?/);
  });

  test('an unknown persona in a permission, and on the command line', async () => {
    const wrong = oneApp.replace('ana@acme.test', 'anna@acme.test');
    const { text } = await refused({ 'brickbox.yaml': people + wrong, 'app/app.py': '' });
    expect(text).toMatch(/brickbox\.yaml:7:\d+: No persona has the user_name anna@acme\.test/);
    expect(text).toMatch(/Did you mean ana@acme\.test\?/);
    const asked = await refused({ 'brickbox.yaml': people }, ['--as', 'anna']);
    expect(asked.text).toMatch(/no persona or app "anna"[\s\S]*admin, ana/);
  });

  test('broken YAML names its line; an empty file and a missing one say so', async () => {
    expect((await refused({ 'brickbox.yaml': 'personas:\n  ana: {\n' })).text).toMatch(/brickbox\.yaml:[23]/);
    expect((await refused({ 'brickbox.yaml': '# nothing\n' })).text).toMatch(/brickbox\.yaml is empty/);
    expect((await refused({}, ['--config', 'other.yaml'])).text).toMatch(/other\.yaml/);
  });

  test('a secret whose variable is not set', async () => {
    const { text } = await refused({
      'brickbox.yaml': `${people}secrets: { billing: { key: { env: SURELY_NOT_SET } } }\n`,
    });
    expect(text).toMatch(/billing[./]key[\s\S]*SURELY_NOT_SET/);
  });

  test('a valueFrom without its resource prints the lines to paste', async () => {
    const { text } = await refused({
      'brickbox.yaml': people + oneApp,
      'app/app.yaml': 'command: [node, a.js]\nenv:\n  - name: WAREHOUSE\n    valueFrom: sql-warehouse\n',
    });
    expect(text).toMatch(/app\.yaml:[34]/);
    expect(text).toMatch(/sql_warehouse/);
  });
});

describe('the app', () => {
  test('nothing to start: no command, no package.json, no Python file', async () => {
    const { text } = await refused({ 'brickbox.yaml': people + oneApp, 'app/app.yaml': 'env: []\n' });
    expect(text).toMatch(/nothing to start in .*app\.[\s\S]*Add an app\.yaml with a command/);
  });

  test('a command that is not installed', async () => {
    const { text } = await refused({
      'brickbox.yaml': people + oneApp,
      'app/app.yaml': 'command: [no-such-program, --flag]\n',
    });
    expect(text).toMatch(/no-such-program of the command was not found/);
  });

  test('never listens: says on which port it should have, and what it printed', async () => {
    const { text } = await refused({
      'brickbox.yaml': people + oneApp,
      'app/app.yaml': 'command: [node, app.cjs]\n',
      'app/app.cjs': 'console.log("thinking about it"); setInterval(() => {}, 1000);',
    });
    expect(text).toMatch(/tiny did not listen on 127\.0\.0\.1:\d+ within 1 s\. It listens on no port/);
    expect(text).toMatch(/thinking about it[\s\S]*DATABRICKS_APP_PORT/);
  });

  test('listens elsewhere: says where; one that printed nothing is said to have', async () => {
    const { text } = await refused({
      'brickbox.yaml': people + oneApp,
      'app/app.yaml': 'command: [node, app.cjs]\n',
      'app/app.cjs': 'require("node:http").createServer().listen(0, "127.0.0.1");',
    });
    expect(text).toMatch(/It listens on 127\.0\.0\.1:\d+\. It printed nothing\./);
  });

  test('crashes at the start: exit code, last lines, and the package that is missing', async () => {
    const { text, error } = await refused({
      'brickbox.yaml': people + oneApp,
      'app/app.yaml': 'command: [node, app.cjs]\n',
      'app/app.cjs': 'require("left-behind");',
    });
    expect(error.code).toBe('APP_CRASHED');
    expect(text).toMatch(/tiny ended \(exit code 1\)[\s\S]*Cannot find module 'left-behind'/);
    expect(text).toMatch(/Add left-behind to the dependencies/);
  });

  test('crashes later: people see App Not Available, the journal says why', async () => {
    const folder = world({
      'app.yaml': 'command: [node, app.cjs]\n',
      'app.cjs': `require('node:http').createServer((req, res) => {
        res.end('bye', () => { console.error('out of paper'); process.exit(9); });
      }).listen(process.env.PORT, '127.0.0.1');`,
    });
    await using sandbox = await openHouse({
      folder,
      config: {
        apps: { tiny: { permissions: [{ group_name: 'emea', level: 'CAN_USE' }] } },
        runtime: { restarts: 0 },
      },
    });
    const ana = sandbox.as('ana');
    expect(await (await ana.fetch('/')).text()).toBe('bye');
    await expect.poll(() => sandbox.apps[0]!.state, { timeout: 10_000 }).toBe('crashed');
    const answer = await ana.fetch('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toMatch(/App Not Available[\s\S]*ended by itself[\s\S]*brickbox logs tiny/);
    const events = sandbox.journal.entries({ kinds: ['app'] }).map((entry) => JSON.stringify(entry));
    expect(events.join('\n')).toMatch(/exit code 9/);
  });
});

describe('ports', () => {
  test('a taken port is refused with the name of its holder, for workspace, gateway and control API', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await new Promise((ready) => holder.once('listening', ready));
    const { port } = holder.address() as { port: number };
    const named = new RegExp(
      `Port ${port} of 127\\.0\\.0\\.1, wanted for [\\w ]+, is taken by .+ \\(pid ${process.pid}\\)`,
    );
    const files = { 'brickbox.yaml': people };
    try {
      const cwd = world(files);
      for (const option of ['--port', '--control-port']) {
        const done = await brickbox(['start', '--json', option, String(port)], { cwd });
        expect(done.code).toBe(1);
        expect(done.json.error.code).toBe('PORT_TAKEN');
        expect(done.stderr).toMatch(named);
      }
      await expect(openHouse({ ports: { apps: { echo: port } } })).rejects.toThrow(named);
    } finally {
      holder.close();
    }
  });
});

describe('calls to the workspace', () => {
  test('garbage, expired, revoked and absent tokens; unknown and unbuilt operations', async () => {
    await using house = await openHouse({ startApps: false });
    const call = async (path: string, token?: string) => {
      const response = await fetch(house.workspaceUrl + path, {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      });
      return { status: response.status, body: await response.text() };
    };
    const me = '/api/2.0/preview/scim/v2/Me';
    const good = await house.as('ana').token();
    const short = await house.as('ana').token({ lifetime: 60 });
    expect((await call(me, short)).status).toBe(200);
    expect((await call(me)).status).toBe(401);
    for (const garbage of [
      'x',
      'dapi00000000000000000000000000000000',
      'ey.ey.ey',
      `${good}x`,
      good.slice(0, -8),
    ]) {
      const answer = await call(me, garbage);
      expect(answer.status, garbage.slice(0, 8)).toBe(403);
      expect(answer.body).toMatch(/Invalid access token/);
      expect(answer.body).not.toContain(garbage.slice(-12) || garbage);
    }
    house.clock.advance(61_000);
    expect((await call(me, short)).status).toBe(403);
    expect((await call(me, good)).status).toBe(200);
    house.clock.advance(3_600_000);
    expect((await call(me, good)).status).toBe(403);

    const admin = await house.as('admin').token();
    expect((await call('/api/2.0/no/such/thing', admin)).status).toBe(404);
    const unbuilt = await call('/api/2.0/pipelines', admin);
    expect(unbuilt.status).toBe(501);
    expect(JSON.parse(unbuilt.body)).toMatchObject({
      error_code: 'NOT_IMPLEMENTED',
      message: expect.stringMatching(/pipelines/i),
    });
    // Who may not be here learns nothing about what is built.
    expect((await call('/api/2.0/pipelines', 'garbage')).status).toBe(403);
    const entry = house.journal
      .entries({ kinds: ['call'] })
      .find((one) => 'status' in one && one.status === 501);
    expect(JSON.stringify(entry)).toMatch(/pipelines/);
  });
});

test('a sandbox that cannot be opened leaves no listener behind', async () => {
  const folder = world({
    'brickbox.yaml': people + oneApp,
    'app/app.yaml': 'command: [node, app.cjs]\n',
    'app/app.cjs': '1',
  });
  const { config } = loadConfig({ folder });
  const listeners = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  // Listeners of the tests before this one may still be closing.
  await expect.poll(listeners, { timeout: 10_000 }).toBe(0);
  await expect(createSandbox({ config, folder })).rejects.toThrow(/tiny ended/);
  await expect.poll(listeners, { timeout: 10_000 }).toBe(0);
});

test('the control API refuses a wrong secret, a foreign origin and unknown fields', async () => {
  await using house = await openHouse({ startApps: false });
  const secret = 'a-secret-of-this-run-0123456789abcdef';
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const control = await createControl({ sandbox: house, secret, log });
  try {
    const post = async (headers: Record<string, string>, body = '{"as":"ana"}') => {
      const response = await fetch(`${control.url}/v1/tokens`, { method: 'POST', headers, body });
      return { status: response.status, text: await response.text() };
    };
    const authorization = `Bearer ${secret}`;
    expect((await post({ authorization })).status).toBe(200);
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Bearer guess' })).status).toBe(401);
    expect((await post({ authorization, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post({ authorization, origin: house.workspaceUrl })).status).toBe(403);
    const unknown = await post({ authorization }, '{"as":"ana","lifetim":1}');
    expect(unknown).toMatchObject({ status: 400, text: expect.stringMatching(/lifetim/) });
    const nobody = await post({ authorization }, '{"as":"anna"}');
    expect(nobody.status).toBeGreaterThanOrEqual(400);
    expect(nobody.text).toMatch(/anna[\s\S]*admin, ana/);
    expect((await post({ authorization }, '{')).status).toBe(400);
  } finally {
    await control.close();
  }
});

test('a Node that is too old gets a sentence and the way out, not a stack trace', async () => {
  const folder = world({
    'old.cjs': 'Object.defineProperty(process.versions, "node", { value: "22.17.1" });',
  });
  for (const args of [['exec', '--', 'true'], ['--version'], ['--script', 'test']]) {
    const done = await brickbox(args, { cwd: folder, node: ['--require', join(folder, 'old.cjs')] });
    expect(done.code, done.stderr).toBe(125);
    expect(done.stderr).toMatch(/^Brickbox needs Node 22\.18 or newer, and this is Node 22\.17\.1\.\n/);
    expect(done.stderr).toMatch(/npx -y pnpm@/);
    expect(done.stderr).not.toMatch(/ {4}at /);
  }
});
