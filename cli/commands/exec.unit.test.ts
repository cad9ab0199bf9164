import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeCli, fakeCli } from '../../test/support/fake-context.ts';

let cli: FakeCli;
beforeEach(() => {
  cli = fakeCli();
});
afterEach(() => cli[Symbol.asyncDispose]());

const node = (script: string) => ['--', process.execPath, '-e', script];

function leak() {
  cli.sandbox.journal.append({
    kind: 'finding',
    severity: 'leak',
    finding: 'token_used_after_session_end',
    app: 'orders',
    message: 'A token was used after its session ended.',
    fix: 'Read the header on every request.',
  });
}

test("the exit code is the command's, and the world is closed", async () => {
  expect((await cli.run('exec', ...node('process.exit(7)'))).code).toBe(7);
  expect(cli.sandbox.calls).toEqual(['close']);
  expect((await cli.run('exec', ...node(''))).code).toBe(0);
});

test('a leak makes a successful command end with 3, and says why', async () => {
  leak();
  const { code, stderr } = await cli.run('exec', ...node(''));
  expect(code).toBe(3);
  expect(stderr).toContain('token_used_after_session_end');
  expect(stderr).toContain('Read the header on every request.');
});

test('a failed command keeps its own code; --fail-on never ignores findings', async () => {
  leak();
  expect((await cli.run('exec', ...node('process.exit(1)'))).code).toBe(1);
  expect((await cli.run('exec', '--fail-on', 'never', ...node(''))).code).toBe(0);
});

test('fail_on of the configuration decides which findings count', async () => {
  cli.sandbox.journal.append({
    kind: 'finding',
    severity: 'warning',
    finding: 'x',
    app: null,
    message: 'm',
    fix: 'f',
  });
  expect((await cli.run('exec', ...node(''))).code).toBe(0);
  cli.loaded = { ...cli.loaded, config: { ...cli.loaded.config, fail_on: 'warning' } };
  expect((await cli.run('exec', ...node(''))).code).toBe(3);
});

test('128 + n after signal n; 127 for a command that is not there', async () => {
  expect((await cli.run('exec', ...node("process.kill(process.pid, 'SIGKILL')"))).code).toBe(137);
  expect((await cli.run('exec', '--', 'no-such-command-here')).code).toBe(127);
});

test.each([
  ['an unknown option', ['exec', '--nope', '--', 'true']],
  ['no command', ['exec']],
  ['an unknown persona', ['exec', '--as', 'nobody', '--', 'true']],
  ['a wrong severity', ['exec', '--fail-on', 'sometimes', '--', 'true']],
  ['inside where egress is cooperative', ['exec', '--inside', '--', 'true']],
  ['a wrong egress mode', ['exec', '--egress', 'maybe', '--', 'true']],
])('%s is 125', async (_name, argv) => {
  expect((await cli.run(...argv)).code).toBe(125);
});

test('a configuration at fault is 125, with the reason as JSON too', async () => {
  cli.context.platform = async () => {
    throw new Error('cannot load');
  };
  const { code, last, stderr } = await cli.run('exec', '--json', '--', 'true');
  expect(code).toBe(125);
  expect(stderr).toContain('cannot load');
  expect(last).toMatchObject({ error: { code: 'INTERNAL' } });
});

test('the command gets the run, profiles in a private file, and nothing of a real workspace', async () => {
  cli.env = { ...cli.env, DATABRICKS_TOKEN: 'a-real-token', DATABRICKS_HOST: 'https://real.example' };
  const seen = join(cli.folder, 'seen.json');
  const script = `
    const { readFileSync, statSync, writeFileSync } = require('node:fs');
    const file = process.env.DATABRICKS_CONFIG_FILE;
    writeFileSync(${JSON.stringify(seen)}, JSON.stringify({
      env: process.env, text: readFileSync(file, 'utf8'), mode: statSync(file).mode & 0o777 }));`;
  expect((await cli.run('exec', '--as', 'ana', ...node(script))).code).toBe(0);
  const { env, text, mode } = JSON.parse(readFileSync(seen, 'utf8'));
  expect(env).toMatchObject({
    BRICKBOX_APP_URL: 'http://127.0.0.1:4712',
    BRICKBOX_APP_URL_ORDERS: 'http://127.0.0.1:4712',
    BRICKBOX_WORKSPACE_URL: 'http://127.0.0.1:4711',
    DATABRICKS_HOST: 'http://127.0.0.1:4711',
    DATABRICKS_CONFIG_PROFILE: 'ana',
  });
  expect(env.DATABRICKS_TOKEN).toBeUndefined();
  expect(mode).toBe(0o600);
  expect(text).toContain('[DEFAULT]\nhost = http://127.0.0.1:4711\ntoken = pat-of-ana@acme.test');
  expect(text).toContain('[orders]');
  expect(existsSync(env.DATABRICKS_CONFIG_FILE)).toBe(false);
});

test('the result is the last line of stdout, and alone in --out', async () => {
  const { code, last } = await cli.run('exec', '--json', '--out', 'result.json', ...node('process.exit(2)'));
  expect(code).toBe(2);
  expect(last).toMatchObject({
    exit_code: 2,
    command_exit_code: 2,
    signal: null,
    findings: [],
    fail_on: 'leak',
    egress_mode: 'cooperative',
  });
  expect(JSON.parse(readFileSync(join(cli.folder, 'result.json'), 'utf8'))).toEqual(last);
});

test('options after the command belong to the command', async () => {
  const out = join(cli.folder, 'argv.json');
  const script = join(cli.folder, 'argv.cjs');
  writeFileSync(
    script,
    `require('node:fs').writeFileSync(${JSON.stringify(out)}, JSON.stringify(process.argv.slice(2)))`,
  );
  await cli.run('exec', process.execPath, script, '--json', '--as', 'x');
  expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(['--json', '--as', 'x']);
  expect(statSync(out).size).toBeGreaterThan(0);
});

test('our signal reaches the command', async () => {
  const ready = join(cli.folder, 'ready');
  const running = cli.run(
    'exec',
    ...node(`
      process.on('SIGINT', () => process.exit(42));
      setInterval(() => {}, 1000);
      require('node:fs').writeFileSync(${JSON.stringify(ready)}, '');`),
  );
  await expect.poll(() => existsSync(ready)).toBe(true);
  cli.interrupt();
  expect((await running).code).toBe(42);
});
