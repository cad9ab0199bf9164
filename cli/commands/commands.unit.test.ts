import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../emulator/config/index.ts';
import { type FakeCli, fakeCli } from '../../test/support/fake-context.ts';
import { createProgram } from '../program.ts';
import { findRuns } from '../run-file.ts';
import { appName } from './init.ts';

let cli: FakeCli;
beforeEach(() => {
  cli = fakeCli();
});
afterEach(() => cli[Symbol.asyncDispose]());

test('every command has help with examples', () => {
  const program = createProgram(cli.context);
  for (const command of program.commands) {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help, command.name()).toMatch(/Examples:\n {2}\$ .*brickbox/);
    expect(command.description(), command.name()).not.toBe('');
  }
  expect(program.commands.map((command) => command.name())).toEqual(
    expect.arrayContaining(['dev', 'start', 'exec', 'env', 'doctor', 'coverage']),
  );
});

test('help and version end with 0, a wrong command with 2', async () => {
  expect((await cli.run('--help')).code).toBe(0);
  const version = await cli.run('--version');
  expect(version.code).toBe(0);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+/);
  expect((await cli.run('nonsense')).code).toBe(2);
  expect((await cli.run('clock', 'advance', 'soon')).code).toBe(2);
});

test('without a run, a command says what to do', async () => {
  const { code, stderr, last } = await cli.run('status', '--json');
  expect(code).toBe(1);
  expect(stderr).toContain('brickbox dev');
  expect(last).toMatchObject({ error: { code: 'NO_RUN' } });
});

test('BRICKBOX_URL without its token is refused', async () => {
  cli.env = { ...cli.env, BRICKBOX_URL: 'http://127.0.0.1:1' };
  expect((await cli.run('status')).stderr).toContain('BRICKBOX_TOKEN');
});

test('a run that is gone is said to be gone', async () => {
  cli.env = { ...cli.env, BRICKBOX_URL: 'http://127.0.0.1:1', BRICKBOX_TOKEN: 'x' };
  const { code, stderr } = await cli.run('status');
  expect(code).toBe(1);
  expect(stderr).toContain('Nothing answers at http://127.0.0.1:1');
});

test('init writes a valid configuration once', async () => {
  writeFileSync(join(cli.folder, 'app.yaml'), 'command: [node, server.js]\n');
  expect((await cli.run('init')).code).toBe(0);
  const text = readFileSync(join(cli.folder, 'brickbox.yaml'), 'utf8');
  const config = configSchema.parse(parse(text));
  expect(Object.keys(config.apps)).toHaveLength(1);
  expect(Object.keys(config.personas)).toEqual(['admin', 'ana', 'guest']);
  const again = await cli.run('init', '--json');
  expect(again).toMatchObject({ code: 1, last: { error: { code: 'CONFIG_EXISTS' } } });
  expect(readFileSync(join(cli.folder, 'brickbox.yaml'), 'utf8')).toBe(text);
});

test.each([
  ['My App_2', 'my-app-2'],
  ['---', 'my-app'],
  ['x', 'my-app'],
  ['a'.repeat(40), 'a'.repeat(30)],
])('the folder %s makes the app name %s', (folder, name) => {
  expect(appName(folder)).toBe(name);
});

test('coverage comes from the public API, whole or filtered', async () => {
  expect((await cli.run('coverage', '--json')).last).toMatchObject({
    operations: [{ id: 'a.get' }, { id: 'b.get' }],
  });
  const built = await cli.run('coverage', '--built');
  expect(built.stdout).toContain('/api/2.0/a');
  expect(built.stdout).not.toContain('/api/2.0/b');
});

describe('with a run', () => {
  let running: Promise<{ code: number; stdout: string; stderr: string }>;

  beforeEach(async () => {
    running = cli.run('dev', '--no-watch');
    await cli.stdout.until('Brickbox is ready');
    await expect.poll(() => findRuns(cli.context.io, cli.folder).length).toBe(1);
  });
  afterEach(async () => {
    cli.interrupt();
    await running;
  });

  test('dev prints one screen and leaves nothing behind', async () => {
    const [run] = findRuns(cli.context.io, cli.folder);
    cli.interrupt();
    const { code, stdout, stderr } = await running;
    expect(code).toBe(0);
    for (const part of [
      'http://127.0.0.1:4712',
      'http://127.0.0.1:4711',
      'ana@acme.test',
      'EMEA',
      'cooperative',
      'every check is on',
      'a note',
    ]) {
      expect(stdout).toContain(part);
    }
    expect(stdout).not.toContain('\u001b[');
    expect(stdout).not.toContain(run?.token);
    expect(stderr).toContain('in memory and is gone');
    expect(findRuns(cli.context.io, cli.folder)).toEqual([]);
    expect(existsSync(run?.databricks_config_file ?? '')).toBe(false);
    expect(cli.sandbox.calls).toContain('close');
  });

  test('what the app prints and what is found appears as it happens', async () => {
    cli.sandbox.print('hello from the app');
    await cli.stdout.until('orders   | hello from the app');
  });

  test('status, persona and clock', async () => {
    const status = await cli.run('status', '--json');
    expect(status.last).toMatchObject({ workspace_url: 'http://127.0.0.1:4711', pid: process.pid });
    expect((await cli.run('status')).stdout).toMatch(/console +http:\/\/127\.0\.0\.1:\d+\/#code=/);
    expect((await cli.run('persona')).stdout).toMatch(/ana +ana@acme.test +Ana Silva +emea +EMEA/);
    const advanced = await cli.run('clock', 'advance', '2h', '--json');
    expect(advanced.last).toMatchObject({ offset: 7_200_000 });
    expect((await cli.run('clock')).stdout).toContain('2 h ahead');
  });

  test('token, sql and curl act as exactly one', async () => {
    expect((await cli.run('token', '--as', 'ana', '--scope', 'sql')).stdout).toBe('token-of-ana-sql\n');
    expect((await cli.run('token', '--as', 'ana', '--pat')).stdout).toBe('pat-of-ana\n');
    expect((await cli.run('token')).code).toBe(2);
    const table = await cli.run('sql', '--as', 'ana', 'SELECT 1');
    expect(table.stdout).toContain('9007199254740993  NULL');
    expect(table.stdout).toContain('(2 rows)');
    const denied = await cli.run('sql', '--as', 'ana', 'forbidden', '--json');
    expect(denied).toMatchObject({ code: 1, last: { error: { code: 'SQL_ERROR' } } });
    expect(denied.stderr).toContain('GRANT SELECT ON TABLE');
    expect((await cli.run('curl', '--as', 'ana', '-X', 'PUT', '/x')).stdout).toBe('PUT /x as ana\n');
    expect((await cli.run('curl', '--anonymous', '/')).stdout).toBe('GET / as nobody\n');
    expect((await cli.run('curl', '--as', 'ana', '--fail', '/denied')).code).toBe(22);
  });

  test('reset, snapshot and restore', async () => {
    expect((await cli.run('reset')).code).toBe(0);
    expect((await cli.run('snapshot', 'one', '--json')).last).toEqual({ snapshots: ['one'] });
    expect((await cli.run('snapshot')).stdout).toBe('one\n');
    expect((await cli.run('restore', 'one')).code).toBe(0);
    expect(cli.sandbox.calls).toEqual(['reset', 'restore one']);
  });

  test('journal and egress read well', async () => {
    cli.sandbox.journal.append({
      kind: 'decision',
      caller: { principal: 'ana@acme.test', kind: 'user', how: 'obo', app: 'orders', tokenId: 'jti' },
      action: 'SELECT',
      securable: 'main.hr.pay',
      allow: false,
      reason: 'No grant.',
      explanation: { rule: 'No grant of SELECT.', fix: 'GRANT it.' },
    });
    const { stdout } = await cli.run('journal', '--persona', 'ana');
    expect(stdout).toContain('ana@acme.test through orders  denied SELECT on main.hr.pay: No grant.');
    expect(stdout).toContain('No grant of SELECT. GRANT it.');
    expect((await cli.run('egress')).stdout).toContain('declared, not used: api.example.com');
    expect((await cli.run('egress', 'report')).stdout).toContain('Declared, not used: api.example.com');
    expect((await cli.run('egress', 'report', '--format', 'junit')).stdout).toContain(
      '<testsuite name="egress"',
    );
    const differs = await cli.run('egress', 'check', '--declare', '*.example.com', '--json');
    expect(differs).toMatchObject({
      code: 3,
      last: { ok: false, declaredUnused: ['*.example.com'], advisory: true },
    });
    expect((await cli.run('egress', 'check', '--declare', '*.example.com')).stdout).toContain(
      'refuses wildcards',
    );
    expect((await cli.run('egress', 'check')).code).toBe(2);
  });

  test('advice names scopes and clients; the journal shows who called', async () => {
    cli.sandbox.journal.append({
      kind: 'call',
      caller: { principal: 'ana@acme.test', kind: 'user', how: 'obo', app: 'orders', tokenId: 'jti' },
      operation: 'files.download',
      method: 'GET',
      path: '/api/2.0/fs/files/Volumes/x',
      status: 403,
      duration: 1,
      scopes: { required: ['files'], satisfiedBy: null },
      userAgent: 'unknown/0.0.0 databricks-sdk-py/0.133.0 auth/pat',
    });
    const { stdout } = await cli.run('advice');
    expect(stdout).toContain('unused   sql');
    expect(stdout).toContain('missing  files for files.download (1 calls)');
    expect(stdout).toMatch(/databricks-sdk-py\/0\.133\.0 +files\.download +1/);
    expect((await cli.run('journal', '--kind', 'call')).stdout).toContain(
      'by databricks-sdk-py/0.133.0, auth pat',
    );
  });

  test('journal --follow goes on until Ctrl-C', async () => {
    const following = cli.run('journal', '--follow', '--json', '--kind', 'app');
    await expect.poll(() => followers()).toBeGreaterThan(0);
    cli.sandbox.journal.append({ kind: 'app', app: 'orders', event: 'crashed', message: 'm' });
    await cli.stdout.until('"event":"crashed"');
    cli.interrupt();
    expect((await following).code).toBe(0);

    function followers() {
      cli.sandbox.journal.append({ kind: 'app', app: 'orders', event: 'started', message: 'm' });
      return cli.stdout.text.includes('"event":"started"') ? 1 : 0;
    }
  });

  test('env prints what a shell can evaluate', async () => {
    cli.env = { ...cli.env, DATABRICKS_TOKEN: 'a-real-token' };
    const { stdout } = await cli.run('env', '--as', 'ana');
    expect(stdout).toContain('unset DATABRICKS_TOKEN');
    expect(stdout).toContain("export DATABRICKS_HOST='http://127.0.0.1:4711'");
    expect(stdout).toContain("export DATABRICKS_CONFIG_PROFILE='ana'");
    expect((await cli.run('env', '--as', 'nobody')).code).toBe(1);
  });

  test('two runs of a folder must be told apart', async () => {
    const second = cli.run('start', '--workspace-only');
    await expect.poll(() => findRuns(cli.context.io, cli.folder).length).toBe(2);
    const { code, stderr } = await cli.run('status');
    expect(code).toBe(1);
    expect(stderr).toContain('--run ID');
    const [run] = findRuns(cli.context.io, cli.folder);
    expect((await cli.run('status', '--run', run?.id ?? '')).code).toBe(0);
    cli.interrupt();
    await second;
  });
});
