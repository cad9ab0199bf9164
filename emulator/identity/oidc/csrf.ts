import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Tokens for the forms of the sign-in pages, bound to one page and one browser. */
export interface Csrf {
  token(page: string, browser: string): string;
  /** Whether a form came from the page it claims to come from, on our own origin. */
  accepts(
    req: IncomingMessage,
    origin: string,
    page: string,
    browser: string,
    token: string | undefined,
  ): boolean;
}

/** `key`: random bytes of this process. */
export function createCsrf(key: Buffer): Csrf {
  const make = (page: string, browser: string) =>
    createHmac('sha256', key).update(`${page}\n${browser}`).digest('hex');
  return {
    token: make,
    accepts(req, origin, page, browser, token) {
      const from = req.headers.origin;
      if (from !== undefined && from !== origin) return false;
      const site = req.headers['sec-fetch-site'];
      if (site !== undefined && site !== 'same-origin') return false;
      const given = Buffer.from(token ?? '');
      const wanted = Buffer.from(make(page, browser));
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}
