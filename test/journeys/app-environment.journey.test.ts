import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { brickbox, folderWith, run } from './cli.ts';
import { repository } from './house.ts';

/** The app prints its whole environment: the documented variables and nothing of ours. */
const app = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
// What the process was handed, before any preload of ours had its say.
const handed = Object.fromEntries(readFileSync('/proc/self/environ', 'utf8').split('\\0').filter(Boolean)
  .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
const port = Number(process.env.DATABRICKS_APP_PORT);
createServer((req, res) => res.end(JSON.stringify({ handed, seen: process.env }))).listen(port, '127.0.0.1');
`;
const config = `
personas:
  ana: { user_name: ana@acme.test }
secrets:
  billing: { api_key: { env: BILLING_KEY } }
apps:
  tiny:
    source_code_path: .
    user_api_scopes: [sql]
    resources:
      - { name: warehouse, sql_warehouse: { id: default, permission: CAN_USE } }
      - { name: key, secret: { scope: billing, key: api_key } }
    permissions: [{ user_name: ana@acme.test, level: CAN_USE }]
egress: { mode: cooperative }
`;
const appYaml = `
command: [node, app.mjs]
env:
  - { name: WAREHOUSE_ID, valueFrom: warehouse }
  - { name: BILLING, valueFrom: key }
  - { name: MODE, value: test }
`;
/** What a command under \`exec\` does to see the app's environment, signed in as ana. */
const look = `
import { writeFileSync } from 'node:fs';
const call = async (path, body) => (await fetch(process.env.BRICKBOX_URL + path, {
  method: body ? 'POST' : 'GET',
  headers: { authorization: 'Bearer ' + process.env.BRICKBOX_TOKEN },
  ...(body && { body: JSON.stringify(body) }),
})).json();
const answer = await call('/v1/fetch', { as: 'ana', path: '/' });
writeFileSync(process.argv[2], JSON.stringify({
  ...JSON.parse(Buffer.from(answer.body, 'base64')),
  ours: process.env,
  status: await call('/v1/status'),
}));
`;

const platform = [
  'DATABRICKS_APP_NAME',
  'DATABRICKS_APP_PORT',
  'DATABRICKS_APP_URL',
  'DATABRICKS_CLIENT_ID',
  'DATABRICKS_CLIENT_SECRET',
  'DATABRICKS_HOST',
  'DATABRICKS_WORKSPACE_ID',
  'FLASK_RUN_HOST',
  'FLASK_RUN_PORT',
  'GRADIO_ANALYTICS_ENABLED',
  'GRADIO_SERVER_NAME',
  'GRADIO_SERVER_PORT',
  'PORT',
  'PYTHONUNBUFFERED',
  'STREAMLIT_BROWSER_GATHER_USAGE_STATS',
  'STREAMLIT_SERVER_ADDRESS',
  'STREAMLIT_SERVER_ENABLE_CORS',
  'STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION',
  'STREAMLIT_SERVER_HEADLESS',
  'STREAMLIT_SERVER_PORT',
  'UVICORN_HOST',
  'UVICORN_PORT',
];
const author = ['BILLING', 'MODE', 'WAREHOUSE_ID'];
const machine = ['HOME', 'LANG', 'PATH', 'TMPDIR'];
const cooperative = [
  ...[
    'ALL_PROXY',
    'HTTPS_PROXY',
    'HTTP_PROXY',
    'NO_PROXY',
    'all_proxy',
    'http_proxy',
    'https_proxy',
    'no_proxy',
  ],
  ...['EGRESS_GATE', 'JAVA_TOOL_OPTIONS', 'NODE_OPTIONS', 'PYTHONPATH'],
];
const documented = [...platform, ...author, ...machine, ...cooperative].sort();

/** What a shell, a package manager and a CI leave in the environment. */
const around: Record<string, string> = {
  BILLING_KEY: 'billing-value',
  AWS_SECRET_ACCESS_KEY: 'must-not-leak',
  DATABRICKS_TOKEN: 'must-not-leak',
  DATABRICKS_CONFIG_PROFILE: 'must-not-leak',
  BRICKBOX_DEBUG: '',
  NODE_PATH: '/must-not-leak/node_modules',
  PYTHONHOME: '',
  SSH_AUTH_SOCK: '/must-not-leak',
  LANG: 'C.UTF-8',
};

let folder: string;
let remove: () => void;
beforeAll(() => {
  ({ folder, remove } = folderWith({
    'brickbox.yaml': config,
    'app.yaml': appYaml,
    'app.mjs': app,
    'look.mjs': look,
  }));
});
afterAll(() => remove());

const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

function check({ handed: env, seen: visible, ours, status }: ReturnType<typeof read>): void {
  expect(env).toMatchObject(visible);
  const names = Object.keys(env).filter((name) => !/^LC_[A-Z]+$|^LANGUAGE$/.test(name));
  expect(names.sort()).toEqual(documented);
  expect(env).toMatchObject({
    DATABRICKS_APP_NAME: 'tiny',
    DATABRICKS_APP_URL: status.apps[0].url,
    DATABRICKS_HOST: status.workspace_url,
    DATABRICKS_WORKSPACE_ID: status.workspace_id,
    DATABRICKS_CLIENT_ID: status.apps[0].service_principal.application_id,
    PORT: env.DATABRICKS_APP_PORT,
    UVICORN_HOST: '127.0.0.1',
    WAREHOUSE_ID: status.warehouse_id,
    BILLING: 'billing-value',
    MODE: 'test',
  });
  expect(env.PATH.split(delimiter).filter((entry: string) => /node_modules|brickbox/i.test(entry))).toEqual(
    [],
  );
  expect(env.PATH.split(delimiter)).not.toContain('');
  for (const own of ['HOME', 'TMPDIR']) expect(env[own]).not.toBe(process.env[own]);
  const text = JSON.stringify(env);
  expect(text).not.toContain('must-not-leak');
  expect(text, 'the secret of the run').not.toContain(ours.BRICKBOX_TOKEN);
  expect(text, 'the control API').not.toContain(ours.BRICKBOX_URL);
  // Only what the shims need may name the place Brickbox is installed at.
  const installed = Object.keys(env).filter((name) => env[name].includes(repository()));
  expect(installed.sort()).toEqual(['NODE_OPTIONS', 'PYTHONPATH']);
}

test('started by the command itself', async () => {
  const done = await brickbox(['exec', '--', process.execPath, 'look.mjs', 'direct.json'], {
    cwd: folder,
    env: around,
  });
  expect(done.code, done.stderr).toBe(0);
  check(read('direct.json'));
});

test('started through a package manager: its variables and its PATH stay outside', async () => {
  const done = await run(
    [
      'npm',
      '--prefix',
      repository(),
      'run',
      '--silent',
      'brickbox',
      '--',
      'exec',
      '--',
      process.execPath,
      'look.mjs',
      'npm.json',
    ],
    {
      cwd: folder,
      env: { ...around, npm_config_update_notifier: 'false', PNPM_SCRIPT_SRC_DIR: repository() },
    },
  ).done;
  expect(done.code, done.stderr).toBe(0);
  const found = read('npm.json');
  expect(found.ours, 'it was a script of a package manager').toMatchObject({
    npm_lifecycle_event: 'brickbox',
    NODE_PATH: expect.stringContaining('must-not-leak'),
    INIT_CWD: folder,
  });
  check(found);
});
