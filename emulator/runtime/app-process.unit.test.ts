import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type AppConfig, configSchema } from '../config/index.ts';
import { BrickboxError, createClock, type LaunchGate, silentLog } from '../core/index.ts';
import { createJournal } from '../journal/index.ts';
import { type AppProcess, createAppProcess, createResourceResolver, type RuntimeOptions } from './index.ts';
import { userPath } from './user-tools.ts';

const open: LaunchGate = { mode: 'off', wrap: async (launch) => launch };
const server = (body: string, listen = "process.env.DATABRICKS_APP_PORT, '127.0.0.1'") =>
  `const http = require('node:http');\nhttp.createServer((req, res) => { ${body} }).listen(${listen});\n`;
const hello = server("res.end('hello')");
const nodeApp = (source: string) => ({ 'app.yaml': 'command: [node, main.js]\n', 'main.js': source });

function setUp(files: Record<string, string>, more: Partial<RuntimeOptions> = {}, app: object = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'brickbox-runtime-')));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const clock = createClock();
  const journal = createJournal(clock, () => 0);
  const config: AppConfig = configSchema.parse({ apps: { shop: app } }).apps['shop']!;
  const make = (): AppProcess => {
    const made = createAppProcess({
      name: 'shop',
      app: config,
      folder,
      servicePrincipal: {
        kind: 'service_principal',
        id: '1',
        name: 'client-id',
        displayName: 'app-shop',
        active: true,
        groups: [],
        entitlements: [],
        app: 'shop',
      },
      clientSecret: 'top-secret-value',
      host: 'http://127.0.0.1:1234',
      workspaceId: '42',
      appUrl: 'http://127.0.0.1:4321',
      caEnv: { NODE_EXTRA_CA_CERTS: '/ca.pem' },
      resolve: createResourceResolver('shop', config, {
        warehouseId: () => 'abc123',
        secret: (_, key) => (key === 'there' ? 'hidden-value' : undefined),
      }),
      gate: open,
      journal,
      clock,
      log: silentLog,
      backoff: 10,
      ...more,
      settings: { start_timeout_seconds: 20, stop_timeout_seconds: 5, ...more.settings },
    });
    onTestFinished(async () => {
      await made.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    return made;
  };
  return { folder, journal, make, process: make() };
}

const get = async (app: AppProcess, path = '/') =>
  (await fetch(`http://127.0.0.1:${app.port}${path}`)).text();
const events = (journal: ReturnType<typeof createJournal>) =>
  journal.entries({ kinds: ['app'] }).map((entry) => (entry.kind === 'app' ? entry.event : ''));
const failure = async (run: Promise<unknown>): Promise<BrickboxError> => {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(BrickboxError);
  return error as BrickboxError;
};
const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie nobody reaped is dead.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

test('a Node app is started, answers, logs, and is gone after stop', async () => {
  const { process: app, journal } = setUp(nodeApp(`console.log('up'); ${hello}`));
  expect([app.state, app.port, app.target()]).toEqual(['stopped', 0, undefined]);
  await app.start();
  expect(app.state).toBe('running');
  expect(app.target()).toEqual({ host: '127.0.0.1', port: app.port });
  expect(await get(app)).toBe('hello');
  const { pid } = app;
  const home = app.env['HOME']!;
  expect(app.logs().some((line) => line.source === 'APP' && line.message === 'up')).toBe(true);
  expect(existsSync(home)).toBe(true);
  await app.stop();
  expect([app.state, app.pid, alive(pid!), existsSync(home)]).toEqual(['stopped', undefined, false, false]);
  expect(events(journal)).toEqual(['deploying', 'starting', 'ready', 'stopped']);
});

test('a Python app without a command starts its first file', async () => {
  const { process: app } = setUp({
    'app.py':
      "import http.server, os\nclass H(http.server.BaseHTTPRequestHandler):\n  def do_GET(self):\n    self.send_response(200); self.end_headers(); self.wfile.write(b'python')\nhttp.server.HTTPServer(('127.0.0.1', int(os.environ['PORT'])), H).serve_forever()\n",
    'zzz.py': 'raise SystemExit(3)\n',
  });
  await app.start();
  expect(await get(app)).toBe('python');
});

test('package.json wins over Python files and runs npm run start', async () => {
  const { process: app } = setUp({
    'package.json': JSON.stringify({ scripts: { start: 'node main.js' } }),
    'main.js': hello,
    'app.py': 'raise SystemExit(3)\n',
  });
  await app.start();
  expect(await get(app)).toBe('hello');
  const { pid } = app;
  await app.stop();
  expect(alive(pid!)).toBe(false);
});

test('the environment is the allow-list and nothing else', async () => {
  const dirty = {
    ...process.env,
    LANG: 'de_DE.UTF-8',
    BRICKBOX_TOKEN: 'x',
    NODE_PATH: '/x',
    NODE_OPTIONS: '--no-warnings',
    npm_config_registry: 'http://127.0.0.1:9/',
    INIT_CWD: '/x',
    DATABRICKS_TOKEN: 'real',
    AWS_SECRET_ACCESS_KEY: 'real',
    PIP_INDEX_URL: 'http://127.0.0.1:9/',
  };
  for (const name of Object.keys(dirty))
    if (name.startsWith('LC_') || name === 'LANGUAGE') Reflect.deleteProperty(dirty, name);
  const { process: app } = setUp(
    {
      'app.yaml':
        'command: [node, main.js, "--port=$DATABRICKS_APP_PORT", "$HOME"]\nenv:\n  - { name: MODE, value: "prod" }\n  - { name: WAREHOUSE_ID, valueFrom: warehouse }\n  - { name: API_KEY, valueFrom: key }\n  - { name: EVENTS, valueFrom: events }\n',
      'main.js': server(
        'res.end(JSON.stringify({ env: process.env, argv: process.argv.slice(2), cwd: process.cwd() }))',
      ),
    },
    { userEnv: dirty },
    {
      resources: [
        { name: 'warehouse', sql_warehouse: { id: 'default' } },
        { name: 'key', secret: { scope: 's', key: 'there' } },
        {
          name: 'events',
          uc_securable: { securable_full_name: 'a.b.c', securable_type: 'TABLE', permission: 'SELECT' },
        },
      ],
      config: { env: [{ name: 'MODE', value: 'overridden' }] },
    },
  );
  await app.start();
  const seen = JSON.parse(await get(app)) as { env: Record<string, string>; argv: string[]; cwd: string };
  const port = String(app.port);
  expect(seen.argv).toEqual([`--port=${port}`, '$HOME']);
  const { PATH, HOME, TMPDIR, ...rest } = seen.env;
  expect(rest).toEqual({
    DATABRICKS_APP_NAME: 'shop',
    DATABRICKS_APP_PORT: port,
    DATABRICKS_APP_URL: 'http://127.0.0.1:4321',
    DATABRICKS_HOST: 'http://127.0.0.1:1234',
    DATABRICKS_WORKSPACE_ID: '42',
    DATABRICKS_CLIENT_ID: 'client-id',
    DATABRICKS_CLIENT_SECRET: 'top-secret-value',
    PORT: port,
    UVICORN_PORT: port,
    FLASK_RUN_PORT: port,
    STREAMLIT_SERVER_PORT: port,
    GRADIO_SERVER_PORT: port,
    UVICORN_HOST: '127.0.0.1',
    FLASK_RUN_HOST: '127.0.0.1',
    STREAMLIT_SERVER_ADDRESS: '127.0.0.1',
    GRADIO_SERVER_NAME: '127.0.0.1',
    STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION: 'false',
    STREAMLIT_SERVER_ENABLE_CORS: 'false',
    STREAMLIT_SERVER_HEADLESS: 'true',
    STREAMLIT_BROWSER_GATHER_USAGE_STATS: 'false',
    GRADIO_ANALYTICS_ENABLED: 'false',
    PYTHONUNBUFFERED: '1',
    LANG: 'de_DE.UTF-8',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    MODE: 'overridden',
    WAREHOUSE_ID: 'abc123',
    API_KEY: 'hidden-value',
    EVENTS: 'a.b.c',
  });
  expect(PATH).not.toMatch(/node_modules/);
  expect(HOME).not.toBe(process.env['HOME']);
  expect(dirname(HOME!)).toBe(dirname(TMPDIR!));
  expect(statSync(dirname(HOME!)).mode & 0o777).toBe(0o700);
});

test('the PATH of package managers and our own Node do not reach the app', () => {
  expect(
    userPath({
      PATH: '/p/node_modules/.bin:/x/node_modules/node/bin:/usr/bin:relative::/opt/node_modules_of_mine:/usr/bin',
    }),
  ).toBe('/usr/bin:/opt/node_modules_of_mine');
});

test.each([
  ['job', { name: 'res', job: { id: '1' } }, /is a job; Brickbox cannot give its value yet/],
  [
    'volume',
    {
      name: 'res',
      uc_securable: { securable_full_name: 'a.b.c', securable_type: 'VOLUME', permission: 'READ_VOLUME' },
    },
    /uc_securable VOLUME/,
  ],
  [
    'missing secret',
    { name: 'res', secret: { scope: 's', key: 'gone' } },
    /secret s\/gone, which does not exist/,
  ],
  ['nothing', { name: 'other', sql_warehouse: { id: 'default' } }, /has no resource res/],
])('valueFrom of a %s is a clear error with its place', async (_, resource, says) => {
  const { process: app } = setUp(
    { 'app.yaml': 'command: [node, x]\nenv:\n  - { name: A, valueFrom: res }\n' },
    {},
    { resources: [resource] },
  );
  const error = await failure(app.start());
  expect(error.message).toMatch(says);
  expect(error.at).toMatchObject({ line: 3 });
  expect(app.state).toBe('crashed');
});

test('an app that ends at once is reported with its exit code and last lines, without secrets', async () => {
  const { process: app, journal } = setUp(
    nodeApp(
      "console.log('before', process.env.DATABRICKS_CLIENT_SECRET); console.error('boom'); process.exit(7);",
    ),
  );
  const error = await failure(app.start());
  expect(error.code).toBe('APP_CRASHED');
  expect(error.message).toMatch(/exit code 7[\s\S]*before \[secret\][\s\S]*boom/);
  expect(JSON.stringify([journal.entries(), app.logs()])).not.toContain('top-secret-value');
  expect(events(journal).at(-1)).toBe('failed');
});

test('a missing Python module names the way out', async () => {
  const { process: app } = setUp({ 'app.py': 'import no_such_module_here\n' });
  const error = await failure(app.start());
  expect(error.fix).toMatch(/Add the package of no_such_module_here to requirements\.txt/);
});

test.each([
  ['nothing to start', { 'readme.txt': '' }, 'APP_NO_COMMAND', /nothing to start/],
  ['no start script', { 'package.json': '{}' }, 'APP_NO_COMMAND', /no start script/],
  ['bad package.json', { 'package.json': '{' }, 'APP_PACKAGE_JSON', /not valid JSON/],
  [
    'unknown program',
    { 'app.yaml': 'command: [no-such-program-x]' },
    'APP_PROGRAM_MISSING',
    /no-such-program-x/,
  ],
  ['shell syntax', { 'app.yaml': 'command: ["python app.py && x"]' }, 'APP_PROGRAM_MISSING', /was not found/],
])('%s', async (_, files, code, says) => {
  const error = await failure(setUp(files as Record<string, string>).process.start());
  expect(error.code).toBe(code);
  expect(error.message).toMatch(says);
  expect(error.fix).toBeTruthy();
});

test.runIf(process.platform === 'linux')(
  'an app that never listens there says where it does listen',
  async () => {
    const { process: app } = setUp(
      nodeApp(
        server("res.end('x')", "0, '127.0.0.1', function () { console.log('on ' + this.address().port); }"),
      ),
      { settings: { start_timeout_seconds: 1.5 } },
    );
    const error = await failure(app.start());
    const other = app
      .logs()
      .find((line) => line.message.startsWith('on '))
      ?.message.slice(3);
    expect(error.code).toBe('APP_NOT_LISTENING');
    expect(error.message).toContain('within 1.5 s');
    expect(error.message).toContain(`It listens on 127.0.0.1:${other}.`);
  },
);

test('a slow start is waited for', async () => {
  const { process: app } = setUp(nodeApp(`setTimeout(() => { ${hello} }, 700);`));
  const started = app.start();
  await vi.waitFor(() => expect(app.state).toBe('starting'));
  await started;
  expect(await get(app)).toBe('hello');
});

test.runIf(process.platform === 'linux')('a listener for the whole network is a finding', async () => {
  const { process: app, journal } = setUp(nodeApp(server("res.end('x')", "process.env.PORT, '0.0.0.0'")));
  await app.start();
  expect(journal.entries({ kinds: ['finding'] })).toMatchObject([
    {
      finding: 'app_listens_on_other_address',
      severity: 'warning',
      message: expect.stringContaining(`0.0.0.0:${app.port}`),
    },
  ]);
});

test.runIf(process.platform === 'linux')('another program on the port is not taken for the app', async () => {
  const foreign = createServer();
  onTestFinished(() => void foreign.close());
  const gate: LaunchGate = {
    mode: 'off',
    wrap: async (launch, { port }) => {
      await new Promise<void>((resolve) => foreign.listen(port, '127.0.0.1', resolve));
      return launch;
    },
  };
  const { process: app } = setUp(nodeApp('setInterval(() => {}, 1000);'), {
    gate,
    settings: { start_timeout_seconds: 0.5 },
  });
  expect((await failure(app.start())).code).toBe('APP_NOT_LISTENING');
});

test('an app that ignores SIGTERM is killed with its children', async () => {
  const { process: app, journal } = setUp(
    nodeApp(
      `process.on('SIGTERM', () => {}); const c = require('node:child_process').spawn('sleep', ['300']); console.log('child ' + c.pid); ${hello}`,
    ),
    { settings: { stop_timeout_seconds: 0.3 } },
  );
  await app.start();
  const child = Number(
    app
      .logs()
      .find((line) => line.message.startsWith('child '))
      ?.message.slice(6),
  );
  const { pid } = app;
  expect(alive(child)).toBe(true);
  await app.stop();
  expect([alive(pid!), alive(child)]).toEqual([false, false]);
  expect(events(journal)).toContain('killed');
});

test.runIf(process.platform === 'linux')('a child that left the process group is ended too', async () => {
  const { process: app } = setUp(
    nodeApp(
      `const c = require('node:child_process').spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }); c.unref(); console.log('child ' + c.pid); ${hello}`,
    ),
    { settings: { stop_timeout_seconds: 0.3 } },
  );
  await app.start();
  const child = Number(
    app
      .logs()
      .find((line) => line.message.startsWith('child '))
      ?.message.slice(6),
  );
  await app.stop();
  await vi.waitFor(() => expect(alive(child)).toBe(false));
});

test('a stop during a restart is the last word', async () => {
  const { process: app } = setUp(nodeApp(hello));
  await app.start();
  const restarting = app.restart();
  await app.stop();
  await restarting;
  expect(app.state).toBe('stopped');
});

test('a crash is restarted, a bounded number of times', async () => {
  const { process: app, journal } = setUp(
    nodeApp(server("res.end('bye'); setTimeout(() => { console.error('dying'); process.exit(9); }, 20)")),
    { settings: { restarts: 2 } },
  );
  await app.start();
  for (let round = 1; round <= 2; round += 1) {
    await get(app);
    await vi.waitFor(
      () => expect(events(journal).filter((event) => event === 'ready')).toHaveLength(round + 1),
      10_000,
    );
  }
  await get(app);
  await vi.waitFor(() => expect(events(journal).at(-1)).toBe('gave_up'), 10_000);
  expect(app.state).toBe('crashed');
  await app.restart();
  expect(await get(app)).toBe('bye');
});

test('stop interrupts a start', async () => {
  const { process: app } = setUp(nodeApp('setInterval(() => {}, 1000);'));
  const started = failure(app.start());
  await vi.waitFor(() => expect(app.pid).toBeDefined());
  const { pid } = app;
  await app.stop();
  expect((await started).code).toBe('APP_STOPPED');
  expect([app.state, alive(pid!)]).toEqual(['stopped', false]);
});

const built = {
  'package.json': JSON.stringify({ scripts: { start: 'node out.js', build: 'node build.js' } }),
  'build.js':
    "const fs = require('node:fs'); fs.appendFileSync('builds.log', 'x'); fs.copyFileSync('main.js', 'out.js'); console.log('built');",
  'main.js': hello,
};

test('npm run build runs once, and again when a source changes', async () => {
  const progress: string[] = [];
  const { process: app, folder } = setUp(built, { onProgress: (line) => progress.push(line) });
  const builds = () => readFileSync(join(folder, 'builds.log'), 'utf8').length;
  await app.start();
  expect(await get(app)).toBe('hello');
  expect(builds()).toBe(1);
  expect(app.logs().some((line) => line.source === 'BUILD' && line.message === 'built')).toBe(true);
  expect(progress).toContain('Building app: npm run build');
  await app.restart();
  expect(builds()).toBe(1);
  writeFileSync(join(folder, 'main.js'), server("res.end('changed')"));
  await app.restart();
  expect(builds()).toBe(2);
  expect(await get(app)).toBe('changed');
  rmSync(join(folder, 'out.js'));
  await app.restart();
  expect(builds()).toBe(3);
  expect(readFileSync(join(folder, '.brickbox/.gitignore'), 'utf8')).toBe('*\n');
});

test('a failing build shows the end of its output', async () => {
  const { process: app } = setUp({
    ...built,
    'build.js': "console.error('syntax is wrong'); process.exit(2);",
  });
  const error = await failure(app.start());
  expect(error.code).toBe('APP_BUILD_FAILED');
  expect(error.message).toMatch(/npm run build failed \(exit code 2\)[\s\S]*syntax is wrong/);
});

test('two at once from one folder: one build, two ports', async () => {
  const { process: first, make, folder } = setUp(built);
  const second = make();
  await Promise.all([first.start(), second.start()]);
  expect(first.port).not.toBe(second.port);
  expect(await Promise.all([get(first), get(second)])).toEqual(['hello', 'hello']);
  expect(readFileSync(join(folder, 'builds.log'), 'utf8')).toBe('x');
});

test('the sudden end of Brickbox ends the app', async () => {
  const { folder } = setUp(nodeApp(hello));
  const index = join(import.meta.dirname, 'index.ts');
  const main = `
    import { createAppProcess } from ${JSON.stringify(index)};
    import { createClock, silentLog } from ${JSON.stringify(join(import.meta.dirname, '../core/index.ts'))};
    import { createJournal } from ${JSON.stringify(join(import.meta.dirname, '../journal/index.ts'))};
    const clock = createClock();
    const app = createAppProcess({ name: 'a', app: { source_code_path: '.', user_api_scopes: [], resources: [], permissions: [] }, folder: ${JSON.stringify(folder)},
      servicePrincipal: { name: 'x' }, clientSecret: 'secret-secret', host: 'h', workspaceId: '1', appUrl: 'u', caEnv: {}, resolve: () => '',
      gate: { mode: 'off', wrap: async (launch) => launch }, journal: createJournal(clock, () => 0), clock, log: silentLog });
    await app.start();
    console.log(JSON.stringify([app.pid, app.env.HOME]));
    setInterval(() => {}, 1000);`;
  writeFileSync(join(folder, 'owner.mts'), main);
  const owner = spawn(process.execPath, [join(folder, 'owner.mts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid, home] = await new Promise<[number, string]>((resolve) => {
    owner.stdout.once('data', (chunk: Buffer) => resolve(JSON.parse(chunk.toString())));
  });
  expect(alive(pid)).toBe(true);
  owner.kill('SIGKILL');
  await vi.waitFor(() => expect(alive(pid)).toBe(false), 10_000);
  await vi.waitFor(() => expect(existsSync(dirname(home))).toBe(false), 10_000);
});

test('inside a namespace the app sees the platform’s address and port', async () => {
  const listener = createServer();
  onTestFinished(() => void listener.close());
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { process: app } = setUp(nodeApp('setInterval(() => {}, 1000);'), {
    gate: { mode: 'strict', wrap: async (launch) => launch },
    target: () => ({ host: '127.0.0.1', port }),
  });
  await app.start();
  expect(app.env).toMatchObject({ DATABRICKS_APP_PORT: '8000', UVICORN_HOST: '0.0.0.0', PORT: '8000' });
  expect([app.port, app.target()]).toEqual([8000, { host: '127.0.0.1', port }]);
});

test('a Node that is not the platform’s is noted', async () => {
  const { process: app } = setUp(nodeApp(hello));
  await app.start();
  const version = execFileSync('node', ['-p', 'process.versions.node'], { env: { PATH: app.env['PATH'] } })
    .toString()
    .trim();
  expect(app.notes).toEqual(
    version.startsWith('22.') ? [] : [`The app runs on Node ${version}; the platform has 22.16.`],
  );
});
