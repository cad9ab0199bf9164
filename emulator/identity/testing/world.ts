import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createClock, createIds, systemSecrets } from '../../core/index.ts';
import { createJournal } from '../../journal/index.ts';
import { openStore } from '../../state/index.ts';
import { createIdentity, type IdentityOptions, identityMigrations, outsideMigrations } from '../index.ts';

/** One key for all tests of a file: making one costs 0.1 s. A worker is ended without its `exit` event. */
const keyFolder = mkdtempSync(join(tmpdir(), 'brickbox-key-'));
afterAll(() => rmSync(keyFolder, { recursive: true, force: true }));

/** An identity behind a real HTTP server on a free port, for tests. */
export async function startWorld(options: Partial<IdentityOptions> = {}) {
  const clock = createClock();
  const store = openStore({ migrations: identityMigrations });
  const outside = openStore({ migrations: outsideMigrations });
  const journal = createJournal(clock, () => store.epoch);
  const identity = createIdentity({
    store,
    outside,
    clock,
    journal,
    ids: createIds('test'),
    secrets: systemSecrets,
    sandboxId: 'test1',
    keyFolder,
    seed: {
      personas: {
        admin: { userName: 'admin@acme.test', groups: ['admins'] },
        ana: { userName: 'ana@acme.test', displayName: 'Ana Silva', groups: ['emea-sales'] },
        guest: { userName: 'guest@acme.test' },
      },
      servicePrincipals: { nightly: { groups: ['jobs'] } },
    },
    ...options,
  });
  const server = createServer((req, res) => {
    identity.handle(req, res).then(
      (done) => {
        if (!done) res.writeHead(404).end();
      },
      (error: unknown) => res.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  identity.addOrigin(origin);
  return {
    identity,
    clock,
    journal,
    store,
    outside,
    origin,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
      outside.close();
    },
  };
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** A browser as far as cookies, redirects and forms go. */
export function createBrowser() {
  const cookies = new Map<string, { value: string; path: string; host: string }>();

  const keep = (url: URL, header: string) => {
    const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const path =
      attributes.find((part) => part.toLowerCase().startsWith('path='))?.slice('path='.length) ?? '/';
    const expires = attributes.find((part) => part.toLowerCase().startsWith('expires='));
    const key = `${url.hostname} ${path} ${name}`;
    if (value === '' || (expires && Date.parse(expires.slice('expires='.length)) < 1000)) cookies.delete(key);
    else cookies.set(key, { value, path, host: url.hostname });
  };

  const send = async (target: string, init: RequestInit = {}) => {
    const url = new URL(target);
    const cookie = [...cookies]
      .filter(([, c]) => c.host === url.hostname && url.pathname.startsWith(c.path))
      .map(([key, c]) => `${key.split(' ')[2]}=${c.value}`)
      .join('; ');
    const headers = { ...(cookie ? { cookie } : {}), accept: 'text/html', ...init.headers };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const header of response.headers.getSetCookie()) keep(url, header);
    return response;
  };

  return {
    cookies,
    send,
    setCookie(origin: string, cookie: string) {
      keep(new URL(origin), cookie);
    },
    /** Follows redirects within `origin` and stops at a page or at a redirect that leaves it. */
    async visit(origin: string, target: string, init?: RequestInit) {
      let response = await send(target, init);
      let url = target;
      while (response.status >= 300 && response.status < 400) {
        const next = new URL(response.headers.get('location') ?? '', url);
        if (next.origin !== origin) return { response, url: next.href, left: true, html: '' };
        url = next.href;
        response = await send(url);
      }
      return { response, url, left: false, html: await response.text() };
    },
    /** Sends the form of a page with one button pressed. */
    submit(origin: string, page: { html: string; url: string }, button: Record<string, string>) {
      const action = /<form method="post" action="([^"]*)"/.exec(page.html)?.[1] ?? '';
      const csrf = /name="csrf" value="([^"]*)"/.exec(page.html)?.[1] ?? '';
      return this.visit(origin, new URL(action, page.url).href, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf, ...button }).toString(),
      });
    },
  };
}
