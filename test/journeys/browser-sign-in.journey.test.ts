import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import type { Sandbox } from '../../emulator/index.ts';
import { withToolchain } from '../conformance/toolchain.ts';
import { openBrowser, openWindow, type Window } from './browser.ts';
import { type Echoed, openHouse } from './house.ts';

/** A person at the gateway, in a real browser: forms, redirects, cookies and CSP as they really work. */
const { path: program, test } = withToolchain('BRICKBOX_TEST_CHROMIUM');

let browser: Browser;
let house: Sandbox;
let app: string;
let open: Window[];
beforeAll(async () => {
  if (program) browser = await openBrowser(program);
});
afterAll(() => browser?.close());
beforeEach(async () => {
  open = [];
  house = await openHouse();
  app = house.apps[0]!.url;
});
afterEach(async () => {
  await Promise.all(open.map(({ context }) => context.close()));
  await house.close();
});

async function window(): Promise<Window> {
  const opened = await openWindow(browser);
  open.push(opened);
  return opened;
}

const choose = (page: Page, name: RegExp) => page.getByRole('button', { name }).click();
const heading = (page: Page, name: RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();

/** What the echo app shows, once the browser is there. */
async function echoed(page: Page, path = '/'): Promise<Echoed> {
  await page.waitForURL(app + path);
  return JSON.parse((await page.locator('pre').textContent()) ?? '');
}

async function signIn(page: Page, person: RegExp, path = '/'): Promise<Echoed> {
  await page.goto(app + path);
  await heading(page, /Sign in as/);
  await choose(page, person);
  await heading(page, /Allow/);
  await choose(page, /^Allow$/);
  return echoed(page, path);
}

describe('a person', () => {
  test('signs in through the persona and consent pages and lands where they wanted', async () => {
    const { page, context, problems } = await window();
    await page.goto(`${app}/deep?x=1`);
    await heading(page, /Sign in as/);
    expect(new URL(page.url()).origin).toBe(house.workspaceUrl);
    expect(await page.title()).toMatch(/Sign in/);
    await choose(page, /Ana Silva.*ana@acme\.test/);
    await heading(page, /to act for you/);
    await page.getByText('Ana Silva').waitFor();
    await page.getByText('sql', { exact: true }).waitFor();
    await choose(page, /^Allow$/);
    const { headers, path } = await echoed(page, '/deep?x=1');
    expect(path).toBe('/deep?x=1');
    expect(headers['x-forwarded-email']).toBe('ana@acme.test');
    expect(headers['x-forwarded-access-token']).toMatch(/^ey/);
    expect(headers['cookie'], 'no cookie of ours reaches the app').toBeUndefined();
    const cookies = await context.cookies();
    expect(cookies.filter(({ httpOnly }) => !httpOnly)).toEqual([]);
    expect(cookies.map(({ name }) => name).filter((name) => name.endsWith('_csrf'))).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('does it all with the keyboard', async () => {
    const { page, problems } = await window();
    await page.goto(app);
    await heading(page, /Sign in as/);
    const focused = async () => (await page.locator('button:focus').allTextContents()).join();
    const tabTo = async (text: string) => {
      for (let pressed = 0; pressed < 12 && !(await focused()).includes(text); pressed += 1) {
        await page.keyboard.press('Tab');
      }
      expect(await focused()).toContain(text);
      await page.keyboard.press('Enter');
    };
    await tabTo('cleo@acme.test');
    await heading(page, /Allow/);
    await tabTo('Allow');
    expect((await echoed(page)).headers['x-forwarded-email']).toBe('cleo@acme.test');
    expect(problems).toEqual([]);
  });

  test('signs out and comes back without being asked, because consent and the workspace session stay', async () => {
    const { page, context, problems } = await window();
    await signIn(page, /Ana Silva/);
    const before = await context.cookies(app);
    await page.goto(`${app}/.auth/sign_out`);
    expect((await echoed(page)).headers['x-forwarded-email']).toBe('ana@acme.test');
    const session = (cookies: typeof before) =>
      cookies.find(({ name }) => name.startsWith('databricksapps_'))?.value;
    expect(session(await context.cookies(app))).not.toBe(session(before));
    // The old cookie is worth nothing, even to somebody who copied it.
    const { name, value } = before.find((cookie) => cookie.name.startsWith('databricksapps_'))!;
    expect((await fetch(`${app}/api/data`, { headers: { cookie: `${name}=${value}` } })).status).toBe(401);
    expect(problems).toEqual([]);
  });

  test('becomes somebody else at the workspace, then in the app', async () => {
    const { page, problems } = await window();
    expect((await signIn(page, /Ana Silva/)).headers['x-forwarded-email']).toBe('ana@acme.test');
    await page.goto(`${house.workspaceUrl}/login.html`);
    await page.getByText('Signed in as ana@acme.test').waitFor();
    await choose(page, /Cleo Costa/);
    await heading(page, /Signed in as cleo@acme\.test/);
    // The app's own session is still ana's until she signs out there.
    await page.goto(app);
    expect((await echoed(page)).headers['x-forwarded-email']).toBe('ana@acme.test');
    await page.goto(`${app}/.auth/sign_out`);
    await heading(page, /Allow/);
    await choose(page, /^Allow$/);
    expect((await echoed(page)).headers['x-forwarded-email']).toBe('cleo@acme.test');
    expect(problems).toEqual([]);
  });

  test('changes their mind on the consent page', async () => {
    const { page, problems } = await window();
    await page.goto(app);
    await choose(page, /Ana Silva/);
    await heading(page, /Allow/);
    await choose(page, /Use another persona/);
    await heading(page, /Sign in as/);
    await choose(page, /Cleo Costa/);
    await heading(page, /Allow/);
    await page.getByText('Cleo Costa').waitFor();
    await choose(page, /^Allow$/);
    expect((await echoed(page)).headers['x-forwarded-email']).toBe('cleo@acme.test');
    expect(problems).toEqual([]);
  });

  test('refuses: the gateway says so, nothing is remembered, and the next visit asks again', async () => {
    const { page, context } = await window();
    await page.goto(app);
    await choose(page, /Ana Silva/);
    await heading(page, /Allow/);
    await choose(page, /^Refuse$/);
    await heading(page, /Login Failed/);
    await page.getByText('access_denied').waitFor();
    expect(page.url()).toMatch(new RegExp(`^${app}/\\.auth/callback`));
    const session = (await context.cookies(app)).filter(({ name }) =>
      /^databricksapps_echo_[^_]+$/.test(name),
    );
    expect(session).toEqual([]);
    await page.goto(app);
    await heading(page, /Allow/);
  });

  test('without CAN_USE gets a page that says whom to ask', async () => {
    const { page } = await window();
    await page.goto(app);
    await choose(page, /Bob Outside/);
    await heading(page, /Allow/);
    await choose(page, /^Allow$/);
    await heading(page, /Forbidden/);
    await page.getByText('user bob@acme.test').waitFor();
    await page
      .getByText(/CAN_USE/)
      .first()
      .waitFor();
  });

  test('whose session has expired on the sandbox clock signs in again', async () => {
    const { page, problems } = await window();
    const first = await signIn(page, /Ana Silva/);
    house.clock.advance(25 * 3_600_000);
    expect((await fetch(`${app}/api/data`, { headers: { accept: 'application/json' } })).status).toBe(401);
    await page.goto(app);
    // A day later the workspace session is over too; consent is not.
    await heading(page, /Sign in as/);
    await choose(page, /Ana Silva/);
    const second = await echoed(page);
    expect(second.headers['x-forwarded-email']).toBe('ana@acme.test');
    expect(second.headers['x-forwarded-access-token']).not.toBe(first.headers['x-forwarded-access-token']);
    expect(problems).toEqual([]);
  });
});

test('two windows are two people at once, and fetches of their pages stay theirs', async () => {
  const [one, two] = await Promise.all([window(), window()]);
  const [ana, cleo] = await Promise.all([signIn(one.page, /Ana Silva/), signIn(two.page, /Cleo Costa/)]);
  expect([ana, cleo].map(({ headers }) => headers['x-forwarded-email'])).toEqual([
    'ana@acme.test',
    'cleo@acme.test',
  ]);
  const ask = (page: Page) =>
    page.evaluate(() =>
      Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const response = await fetch(`/api/data?${i}`);
          return /"x-forwarded-email":"([^"]*)"/.exec(await response.text())?.[1];
        }),
      ),
    );
  const [hers, his] = await Promise.all([ask(one.page), ask(two.page)]);
  expect(new Set(hers)).toEqual(new Set(['ana@acme.test']));
  expect(new Set(his)).toEqual(new Set(['cleo@acme.test']));
  expect([...one.problems, ...two.problems]).toEqual([]);
});

test('a page of one app cannot act with the session of another app of the same host', async () => {
  const other = await openHouse();
  try {
    const { page } = await window();
    await signIn(page, /Ana Silva/);
    const otherApp = other.apps[0]!.url;
    await page.goto(`${otherApp}/`);
    await choose(page, /Cleo Costa/);
    await choose(page, /^Allow$/);
    await page.waitForURL(`${otherApp}/`);
    const answer = await page.evaluate(async (url) => {
      await fetch(`${url}/api/data`, { method: 'POST', mode: 'no-cors', credentials: 'include' }).catch(
        () => {},
      );
      return fetch(`${url}/api/data`, { credentials: 'include' }).then(
        (response) => response.status,
        () => 'blocked',
      );
    }, app);
    expect(answer).toBe('blocked');
    await expect
      .poll(() => house.journal.entries({ kinds: ['exchange'] }).filter(isData).length, {
        timeout: 10_000,
      })
      .toBeGreaterThanOrEqual(2);
    expect(
      new Set(
        house.journal
          .entries({ kinds: ['exchange'] })
          .filter(isData)
          .map(outcome),
      ),
    ).toEqual(new Set(['unauthenticated']));
  } finally {
    await other.close();
  }
});

const isData = (entry: object) => 'path' in entry && entry.path === '/api/data';
const outcome = (entry: object) => ('outcome' in entry ? entry.outcome : undefined);
