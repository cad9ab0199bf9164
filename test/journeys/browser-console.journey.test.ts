import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Control, coverageTable, createControl, type Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { openBrowser, openWindow, type Window } from './browser.ts';
import { openHouse } from './house.ts';

/** The console over a real sandbox, in a real browser. */
const { path: program, test } = withToolchain('BRICKBOX_TEST_CHROMIUM');
const log = { info() {}, warn() {}, error() {}, debug() {} };

let browser: Browser;
let house: Sandbox;
let control: Control;
let seen: Window;
beforeAll(async () => {
  if (program) browser = await openBrowser(program);
});
afterAll(() => browser?.close());
beforeEach(async () => {
  house = await openHouse();
  control = await createControl({
    sandbox: house,
    secret: 'a-secret-of-this-run-0123456789abcdef',
    log,
    coverage: coverageTable,
  });
  seen = await openWindow(browser);
});
afterEach(async () => {
  await seen.context.close();
  await control.close();
  await house.close();
});

test('the one-time link shows apps, personas and the journal as it grows', async () => {
  const { page, problems } = seen;
  const link = control.consoleLink();
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Brickbox' }).waitFor();
  await page.getByText(`Workspace ${house.workspaceUrl}`).waitFor();
  const people = page.getByRole('region', { name: 'Personas' }).getByRole('row');
  await people.filter({ hasText: 'ana@acme.test' }).filter({ hasText: 'emea' }).waitFor();
  expect(await people.count()).toBe(1 + house.personas().length);

  await house.as('ana').fetch('/api/data?from=ana');
  await house.as('bob').fetch('/api/data?from=bob');
  const journal = page.getByRole('region', { name: 'Journal' }).getByRole('row');
  await journal.filter({ hasText: 'ana@acme.test' }).filter({ hasText: '200 proxied' }).first().waitFor();
  await journal.filter({ hasText: 'bob@acme.test' }).filter({ hasText: '403 denied' }).first().waitFor();
  await page.getByLabel('only denied and failed').check();
  await journal.filter({ hasText: 'bob@acme.test' }).first().waitFor();
  await expect.poll(() => journal.filter({ hasText: '200 proxied' }).count(), { timeout: 10_000 }).toBe(0);

  await page.getByText(/\d+ operations known/).waitFor();
  await page.getByRole('button', { name: 'stop echo' }).click();
  await page.getByText('echo: stop done.').waitFor();
  expect(house.apps[0]!.state).toBe('stopped');
  await page.getByRole('button', { name: 'start echo', exact: true }).click();
  await page.getByText('echo: start done.').waitFor();
  await page.getByRole('button', { name: 'logs of echo' }).click();
  await page
    .getByText(/echo listens on \d+/)
    .last()
    .waitFor();
  expect(problems).toEqual([]);

  const other = await openWindow(browser);
  await other.page.goto(link);
  await other.page.getByText('This link was used before').waitFor();
  expect(await other.page.getByText('ana@acme.test').count()).toBe(0);
  await other.context.close();
});

test('a page of the app cannot reach the control API, whatever it knows', async () => {
  const { page } = seen;
  await page.goto(control.consoleLink());
  await page.getByText(`Workspace ${house.workspaceUrl}`).waitFor();
  await page.goto(house.apps[0]!.url);
  await page.getByRole('button', { name: /Ana Silva/ }).click();
  await page.getByRole('button', { name: /^Allow$/ }).click();
  await page.waitForURL(`${house.apps[0]!.url}/`);
  const answers = await page.evaluate(async (url) => {
    const secret = { authorization: 'Bearer a-secret-of-this-run-0123456789abcdef' };
    const tries = [
      fetch(`${url}/v1/status`, { headers: secret }),
      fetch(`${url}/v1/reset`, { method: 'POST', mode: 'no-cors' }),
      fetch(url, { credentials: 'include' }),
    ];
    return (await Promise.allSettled(tries)).map((one) =>
      one.status === 'fulfilled' ? one.value.type : 'blocked',
    );
  }, control.url);
  expect(answers).toEqual(['blocked', 'blocked', 'blocked']);
  const worlds = house.journal.entries().map(({ epoch }) => epoch);
  expect(new Set(worlds).size, 'the world was not reset').toBe(1);
});
