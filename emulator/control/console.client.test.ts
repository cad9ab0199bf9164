import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { withToolchain } from '../../test/conformance/toolchain.ts';
import { type FakeSandbox, fakeSandbox } from '../../test/support/fake-sandbox.ts';
import { silentLog } from '../core/index.ts';
import { type Control, createControl } from './index.ts';

const chromiumBrowser = withToolchain('BRICKBOX_TEST_CHROMIUM');
const { test } = chromiumBrowser;

let browser: Browser;
let sandbox: FakeSandbox;
let control: Control;
let page: Page;
let problems: string[];

beforeAll(async () => {
  if (!chromiumBrowser.path) return;
  browser = await chromium.launch({
    executablePath: chromiumBrowser.path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});
afterAll(() => browser?.close());

beforeEach(async () => {
  if (!chromiumBrowser.path) return;
  sandbox = fakeSandbox();
  control = await createControl({
    sandbox,
    secret: 'a-secret-of-this-run-0123456789abcdef',
    log: silentLog,
    coverage: () => [{ id: 'a', method: 'GET', path: '/a', family: 'a', grade: 'exact', evidence: [] }],
  });
  sandbox.journal.append({
    kind: 'decision',
    caller: { principal: 'ana@acme.test', kind: 'user', how: 'obo', app: 'orders', tokenId: 'x' },
    action: 'SELECT',
    securable: 'main.hr.pay',
    allow: false,
    reason: 'no grant',
    explanation: { rule: 'No grant of SELECT on main.hr.pay.', fix: 'GRANT SELECT to somebody.' },
  });
  page = await browser.newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
});
afterEach(async () => {
  await page?.close();
  await control?.close();
});

const rows = () => page.locator('#entries tr').count();

test('the link opens it once; the code leaves the address, and a reload keeps the session', async () => {
  const link = control.consoleLink();
  await page.goto(link);
  await page.getByText('Workspace http://127.0.0.1:4711').waitFor();
  expect(page.url()).toBe(`${control.url}/`);
  await page.reload();
  await page.getByText('Workspace http://127.0.0.1:4711').waitFor();
  const other = await browser.newPage();
  await other.goto(link);
  await other.getByText('This link was used before').waitFor();
  await other.close();
  expect(problems).toEqual([]);
});

test('a denial shows who, what and why; new entries appear by themselves; filters hold', async () => {
  await page.goto(control.consoleLink());
  await page.getByText('No grant of SELECT on main.hr.pay. GRANT SELECT to somebody.').waitFor();
  await page.getByText('ana@acme.test through orders').waitFor();
  sandbox.journal.append({
    kind: 'exchange',
    app: 'orders',
    persona: 'admin@acme.test',
    session: null,
    method: 'GET',
    path: '/api/<img src=x>',
    status: 200,
    duration: 12.3,
    outcome: 'proxied',
  });
  await page.getByText('GET /api/<img src=x>').waitFor();
  await page.getByRole('combobox', { name: 'Persona' }).selectOption('ana');
  await expect.poll(rows).toBe(1);
  await page.getByRole('combobox', { name: 'Persona' }).selectOption('');
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('exchange');
  await page.getByText('200 proxied, 12.3 ms').waitFor();
  await expect.poll(rows).toBe(1);
  expect(problems).toEqual([]);
});

test('the buttons reach the sandbox, and logs follow', async () => {
  await page.goto(control.consoleLink());
  await page.getByRole('button', { name: 'Reset to seed' }).click();
  await page.getByText('The world is back at its seed.').waitFor();
  await page.getByRole('button', { name: 'Clock +1 h' }).click();
  await page.getByText('clock 60 min ahead').waitFor();
  await page.getByRole('button', { name: 'restart orders' }).click();
  await page.getByText('orders: restart done.').waitFor();
  expect(sandbox.calls).toEqual(['reset', 'restart']);
  await page.getByRole('button', { name: 'logs of orders' }).click();
  await page.getByText('listening').waitFor();
  sandbox.print('a later line');
  await page.getByText('a later line').waitFor();
  await page.getByText('1 operations known: 1 exact.').waitFor();
  expect(problems).toEqual([]);
});
