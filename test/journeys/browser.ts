import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** Starts the system's Chromium without a screen; it calls nobody by itself. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A browser of one person: pages of a private window, and everything that went wrong on them. */
export interface Window {
  context: BrowserContext;
  page: Page;
  /** Script errors and console errors. A page that answers 4xx on purpose is taken out by its test. */
  problems: string[];
}

export async function openWindow(browser: Browser): Promise<Window> {
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The icon is the browser's own idea: asked for beside the page, it may lose the race of two sign-ins.
    if (decodeURIComponent(message.location().url).includes('/favicon.ico')) return;
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`);
  });
  return { context, page, problems };
}
