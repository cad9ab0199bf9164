import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { alive, brickbox, type Done, folderWith, leftIn, run, start } from './cli.ts';
import { repository } from './house.ts';

/** The command line from the first start to the stop, as a child process against the real thing. */
const app = `
const { createServer } = require('node:http');
createServer((req, res) => {
  console.log('asked for ' + req.url);
  let body = '';
  req.on('data', (part) => (body += part)).on('end', () => res.end(JSON.stringify({
    pid: process.pid, method: req.method, body, who: req.headers['x-forwarded-email'], type: req.headers['content-type'],
  })));
}).listen(process.env.DATABRICKS_APP_PORT, '127.0.0.1', () => console.log('listening'));
`;
const files = {
  'brickbox.yaml': `
personas:
  admin: { user_name: admin@acme.test, groups: [admins] }
  ana: { user_name: ana@acme.test, groups: [emea] }
  bob: { user_name: bob@acme.test }
apps:
  tiny:
    source_code_path: ./app
    user_api_scopes: [sql]
    permissions: [{ group_name: emea, level: CAN_USE }]
# The app tells its process id, which is that of this machine only outside a namespace.
egress: { mode: cooperative }
`,
  'app/app.yaml': 'command: [node, app.cjs]\n',
  'app/app.cjs': app,
  'temp/.keep': '',
};

let folder: string;
let remove: () => void;
const pids = new Set<number>();
beforeAll(() => {
  ({ folder, remove } = folderWith(files));
});
afterAll(() => {
  for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGKILL');
  remove();
});

const cli = (args: string[], env: Record<string, string> = {}) =>
  brickbox(args, { cwd: folder, env: { TMPDIR: join(folder, 'temp'), ...env } });
const runFiles = () => {
  const place = join(folder, '.brickbox/run');
  return existsSync(place) ? readdirSync(place) : [];
};
const tempFiles = () => leftIn(join(folder, 'temp'));
async function ok(args: string[], env?: Record<string, string>): Promise<Done> {
  const done = await cli(args, env);
  expect(done.code, `${args.join(' ')}: ${done.stderr}`).toBe(0);
  return done;
}
async function detached(): Promise<{
  id: string;
  pid: number;
  url: string;
  workspace_url: string;
  apps: { url: string }[];
}> {
  const { json } = await ok(['start', '--detach', '--json']);
  pids.add(json.pid);
  return json;
}
const refuses = (url: string) => expect(fetch(url)).rejects.toThrow();

describe('a run in the background', () => {
  let started: Awaited<ReturnType<typeof detached>>;
  beforeAll(async () => {
    started = await detached();
  });

  test('start --detach returns when it is ready; its secrets are in private files only', async () => {
    expect(alive(started.pid)).toBe(true);
    expect(runFiles().sort()).toEqual([
      `${started.id}.databrickscfg`,
      `${started.id}.json`,
      `${started.id}.log`,
    ]);
    for (const name of runFiles()) {
      expect(statSync(join(folder, '.brickbox/run', name)).mode & 0o777, name).toBe(0o600);
    }
    expect(statSync(join(folder, '.brickbox/run')).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, '.brickbox/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('status and persona say what is there', async () => {
    const { json } = await ok(['status', '--json']);
    expect(json).toMatchObject({
      run: started.id,
      pid: started.pid,
      url: started.url,
      workspace_url: started.workspace_url,
      apps: [
        {
          name: 'tiny',
          state: 'running',
          url: started.apps[0]!.url,
          scopes: expect.arrayContaining(['sql']),
        },
      ],
      loosened: [],
      findings: { leak: 0, warning: 0, info: 0 },
    });
    expect((await ok(['status'])).stdout).toMatch(/tiny +http:\/\/127\.0\.0\.1:\d+ +running/);
    const personas = (await ok(['persona', '--json'])).json.personas;
    expect(personas.map(({ alias }: { alias: string }) => alias)).toEqual(['admin', 'ana', 'bob']);
    expect((await ok(['persona'])).stdout).toMatch(/ana +ana@acme\.test .*emea/);
  });

  test('token gives tokens that work, for people and for the app, narrow and short when asked', async () => {
    const me = async (token: string) => {
      const answer = await fetch(`${started.workspace_url}/api/2.0/preview/scim/v2/Me`, {
        headers: { authorization: `Bearer ${token}` },
      });
      return answer.ok ? JSON.parse(await answer.text()).userName : answer.status;
    };
    expect(await me((await ok(['token', '--as', 'ana'])).stdout.trim())).toBe('ana@acme.test');
    expect(await me((await ok(['token', '--as', 'ana', '--pat', '--json'])).json.access_token)).toBe(
      'ana@acme.test',
    );
    expect(await me((await ok(['token', '--as-app', 'tiny'])).stdout.trim())).toMatch(/^[0-9a-f-]{36}$/);
    expect(await me((await ok(['token', '--as', 'ana', '--scope', 'sql'])).stdout.trim())).toBe(403);
    const short = (await ok(['token', '--as', 'ana', '--lifetime', '5m'])).stdout.trim();
    expect(await me(short)).toBe('ana@acme.test');
    expect((await ok(['clock', 'advance', '6m', '--json'])).json.offset).toBe(360_000);
    expect(await me(short)).toBe(403);
    expect((await cli(['token', '--as', 'ana', '--as-app', 'tiny'])).code).toBe(2);
    expect((await cli(['token', '--as', 'nobody'])).stderr).toMatch(/nobody[\s\S]*admin, ana, bob/);
  });

  test('curl goes through the gateway as somebody, or to the workspace', async () => {
    const posted = await ok(['curl', '--as', 'ana', '-d', '{"a":1}', '/api/x', '--json']);
    expect(posted.json.status).toBe(200);
    expect(JSON.parse(posted.json.body)).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      who: 'ana@acme.test',
      type: 'application/json',
    });
    const denied = await cli(['curl', '--as', 'bob', '--fail', '-i', '/']);
    expect(denied.code).toBe(22);
    expect(denied.stdout).toMatch(/^403 Forbidden\n[\s\S]*CAN_USE/);
    expect((await ok(['curl', '--anonymous', '/api/x', '--json'])).json).toMatchObject({
      status: 401,
      body: '{}',
    });
    const me = await ok(['curl', '--as', 'bob', '--workspace', '/api/2.0/preview/scim/v2/Me']);
    expect(JSON.parse(me.stdout).userName).toBe('bob@acme.test');
  });

  test('fault makes the workspace and its token endpoint fail as often as asked', async () => {
    const me = ['curl', '--as', 'bob', '--workspace', '--json', '/api/2.0/preview/scim/v2/Me'];
    const rule = ['--path', '*/scim/v2/Me', '--status', '429', '--header', 'Retry-After: 3', '--times', '1'];
    await ok(['fault', 'add', ...rule]);
    expect((await ok(me)).json).toMatchObject({ status: 429 });
    expect((await ok(me)).json).toMatchObject({ status: 200 });
    expect((await ok(['fault'])).stdout).toMatch(/fault-1 +\*\/scim\/v2\/Me +before +answer 429 +1 of 1/);
    await ok(['fault', 'add', '--path', '/oidc/v1/token', '--status', '503']);
    const token = await fetch(`${started.workspace_url}/oidc/v1/token`, { method: 'POST' });
    expect(token.status).toBe(503);
    expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await ok(['fault', 'clear', '--json'])).json).toEqual({ faults: [] });
    expect((await cli(['fault', 'add', '--status', 'many'])).code).toBe(2);
    expect((await cli(['fault', 'add'])).stderr).toContain('latency, status, body or drop');
  });

  test('journal tells what happened, once and as it happens', async () => {
    await ok(['curl', '--as', 'ana', '/seen-in-the-journal']);
    const { json } = await ok(['journal', '--json', '--kind', 'exchange', '--persona', 'ana']);
    expect(json.entries.at(-1)).toMatchObject({
      path: '/seen-in-the-journal',
      persona: 'ana@acme.test',
      outcome: 'proxied',
      status: 200,
    });
    const denied = await ok(['journal', '--kind', 'exchange', '--persona', 'bob']);
    expect(denied.stdout).toMatch(/403[\s\S]*CAN_USE/);
    const following = start(['journal', '--follow', '--json', '--kind', 'exchange'], { cwd: folder });
    await following.said(/seen-in-the-journal/);
    await ok(['curl', '--as', 'ana', '/later']);
    await following.said(/"path":"\/later"/);
    process.kill(following.pid, 'SIGINT');
    expect((await following.done).code).toBe(0);
  });

  test('logs shows what the app printed, once and as it is printed', async () => {
    const { json } = await ok(['logs', '--json']);
    expect(json.app).toBe('tiny');
    expect(json.lines.map(({ message }: { message: string }) => message)).toContain('listening');
    const following = start(['logs', 'tiny', '--follow'], { cwd: folder });
    await following.said(/listening/);
    await ok(['curl', '--as', 'ana', '/printed-later']);
    await following.said(/asked for \/printed-later/);
    process.kill(following.pid, 'SIGINT');
    expect((await following.done).code).toBe(0);
    expect((await cli(['logs', 'nope'])).stderr).toMatch(/nope[\s\S]*tiny/);
  });

  test('env lets a shell and its tools use the run from any folder', async () => {
    const own = ['-e', 'console.log(process.env.DATABRICKS_CONFIG_PROFILE, process.env.DATABRICKS_TOKEN)'];
    const quoted = [process.execPath, ...own].map((word) => `'${word}'`).join(' ');
    const command = `'${process.execPath}' '${repository('cli/launch.cjs')}'`;
    const done = await run(
      ['sh', '-c', `eval "$(${command} env --as bob)" && cd / && ${quoted} && ${command} status --json`],
      { cwd: folder, env: { DATABRICKS_TOKEN: 'of-a-real-workspace' } },
    ).done;
    expect(done.code, done.stderr).toBe(0);
    expect(done.stdout).toMatch(/^bob undefined\n/);
    expect(done.json.workspace_url).toBe(started.workspace_url);
  });

  test('reset, snapshot and restore begin a new world each, and tools keep their tokens', async () => {
    const epoch = async () => {
      await ok(['curl', '--as', 'ana', '/which-world']);
      return (await ok(['journal', '--json', '--kind', 'exchange'])).json.entries.at(-1).epoch;
    };
    const pat = (await ok(['token', '--as', 'ana', '--pat'])).stdout.trim();
    const first = await epoch();
    expect((await ok(['snapshot', 'before', '--json'])).json.snapshots).toEqual(['before']);
    expect((await ok(['reset', '--json'])).json).toEqual({ reset: true });
    expect(await epoch()).toBe(first + 1);
    await ok(['restore', 'before']);
    expect(await epoch()).toBe(first + 2);
    expect((await cli(['restore', 'other'])).stderr).toMatch(/no snapshot "other"[\s\S]*before/);
    const answer = await fetch(`${started.workspace_url}/api/2.0/preview/scim/v2/Me`, {
      headers: { authorization: `Bearer ${pat}` },
    });
    expect(answer.status).toBe(200);
  });

  test('a second run of the folder has to be named', async () => {
    const second = await detached();
    const both = await cli(['status']);
    expect(both.code).toBe(1);
    expect(both.stderr).toMatch(new RegExp(`${started.id}[\\s\\S]*${second.id}[\\s\\S]*--run`));
    expect((await ok(['status', '--run', second.id, '--json'])).json.pid).toBe(second.pid);
    await ok(['stop', '--run', second.id]);
    expect(alive(second.pid)).toBe(false);
    expect(alive(started.pid)).toBe(true);
  });

  test('stop leaves no process, no port and no file behind', async () => {
    const { pid } = JSON.parse((await ok(['curl', '--as', 'ana', '/'])).stdout);
    expect(alive(pid)).toBe(true);
    expect((await ok(['stop', '--json'])).json).toEqual({ stopped: started.id });
    expect([started.pid, pid].filter(alive)).toEqual([]);
    expect(runFiles()).toEqual([]);
    expect(tempFiles()).toEqual([]);
    for (const url of [started.url, started.workspace_url, started.apps[0]!.url]) await refuses(url);
    const none = await cli(['stop']);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/Nothing runs in [\s\S]*brickbox start/);
  });
});

describe('the end of a run', () => {
  const dev = () => {
    const running = start(['dev'], { cwd: folder, env: { TMPDIR: join(folder, 'temp') } });
    pids.add(running.pid);
    return running;
  };

  afterEach(() => {
    expect(tempFiles()).toEqual([]);
  });

  test('SIGKILL: the app goes too, and the next command clears the files away', async () => {
    const started = await detached();
    const { pid } = JSON.parse((await ok(['curl', '--as', 'ana', '/'])).stdout);
    process.kill(started.pid, 'SIGKILL');
    await expect.poll(() => alive(pid), { timeout: 10_000 }).toBe(false);
    await expect.poll(tempFiles, { timeout: 10_000 }).toEqual([]);
    expect((await cli(['status'])).stderr).toMatch(/Nothing runs/);
    expect(runFiles(), 'the log is kept as evidence, the secrets are not').toEqual([`${started.id}.log`]);
    expect((await cli(['status'], { BRICKBOX_URL: started.url, BRICKBOX_TOKEN: 'x' })).stderr).toMatch(
      new RegExp(`Nothing answers at ${started.url}`),
    );
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends dev in an orderly way', async (signal) => {
    const running = dev();
    const [, url = ''] = await running.said(/tiny +(http:\S+)[\s\S]*every check is on/);
    const { pid } = JSON.parse((await ok(['curl', '--as', 'ana', '/'])).stdout);
    process.kill(running.pid, signal);
    const done = await running.done;
    expect(done.code, done.stderr).toBe(0);
    expect(done.stderr).toMatch(/Stopped\./);
    expect(alive(pid)).toBe(false);
    expect(runFiles().filter((name) => !name.endsWith('.log'))).toEqual([]);
    await refuses(url);
  });

  test('dev restarts the app when a file changes, and goes on when it breaks', async () => {
    const running = dev();
    await running.said(/every check is on/);
    writeFileSync(join(folder, 'app/app.cjs'), app.replace('listening', 'listening anew'));
    await running.said(/app\.cjs changed: restarting tiny/);
    await running.said(/listening anew/);
    writeFileSync(join(folder, 'app/app.cjs'), 'syntax error');
    const [report] = await running.said(/tiny did not start again: [\s\S]*?fix:/);
    expect(report).toMatch(/SyntaxError/);
    expect(report, 'what an earlier process printed is not shown').not.toMatch(/listening/);
    expect((await ok(['curl', '--as', 'ana', '-i', '/'])).stdout).toMatch(/^503 /);
    writeFileSync(join(folder, 'app/app.cjs'), app.replace('listening', 'listening again'));
    await running.said(/listening again/);
    const state = async () => (await ok(['status', '--json'])).json.apps[0].state;
    await expect.poll(state, { timeout: 15_000 }).toBe('running');
    process.kill(running.pid, 'SIGINT');
    expect((await running.done).code).toBe(0);
  });
});

test('a folder with nothing but an app.yaml has a world of three people', async () => {
  const { folder: bare, remove: removeBare } = folderWith({
    'hello/app.yaml': 'command: [node, app.cjs]\nenv:\n  - { name: WAREHOUSE, valueFrom: sql-warehouse }\n',
    'hello/app.cjs': app,
  });
  try {
    const cwd = join(bare, 'hello');
    const running = start(['dev', '--no-watch'], { cwd });
    pids.add(running.pid);
    await running.said(/No brickbox\.yaml in/);
    await running.said(/hello +http/);
    const { json } = await brickbox(['status', '--json'], { cwd });
    expect(json.personas.map(({ alias }: { alias: string }) => alias)).toEqual(['admin', 'user', 'guest']);
    expect(json.apps).toMatchObject([{ name: 'hello', state: 'running' }]);
    for (const persona of ['admin', 'user', 'guest']) {
      const { stdout } = await brickbox(['curl', '--as', persona, '/'], { cwd });
      expect(JSON.parse(stdout).who).toBe(`${persona}@brickbox.test`);
    }
    await brickbox(['stop'], { cwd });
    expect((await running.done).code).toBe(0);
    // Without a configuration `start` is the workspace alone.
    const alone = await brickbox(['start', '--detach', '--json'], { cwd });
    pids.add(alone.json.pid);
    expect((await brickbox(['status', '--json'], { cwd })).json.apps).toMatchObject([{ state: 'stopped' }]);
    expect((await brickbox(['stop'], { cwd })).code).toBe(0);
  } finally {
    removeBare();
  }
});
