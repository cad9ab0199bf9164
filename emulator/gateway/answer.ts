import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Explanation } from '../core/index.ts';
import { type Page, renderPage } from './pages.ts';

/** What the gateway decided, as the journal names it. */
export type Outcome =
  | 'proxied'
  | 'sign_in'
  | 'unauthenticated'
  | 'denied'
  | 'unavailable'
  | 'timeout'
  | 'reserved'
  | 'error';

/** An answer of the gateway itself, as data: it is written to a response or, for a refused upgrade, to a bare socket. */
export interface Answer {
  status: number;
  headers: readonly [string, string][];
  body: string;
  outcome: Outcome;
  explanation?: Explanation;
}

/** Answers of the sign-in layer are never kept (code: oauth2-proxy). */
const noCache: readonly [string, string][] = [
  ['Cache-Control', 'no-cache, no-store, must-revalidate, max-age=0'],
  ['Expires', 'Thu, 01 Jan 1970 00:00:00 UTC'],
];

export function redirect(location: string, outcome: Outcome, cookies: readonly string[] = []): Answer {
  return {
    status: 302,
    headers: [...noCache, ['Location', location], ...setCookies(cookies)],
    body: '',
    outcome,
  };
}

export function json(status: number, value: unknown, outcome: Outcome, explanation?: Explanation): Answer {
  return {
    status,
    headers: [...noCache, ['Content-Type', 'application/json']],
    body: JSON.stringify(value),
    outcome,
    ...(explanation && { explanation }),
  };
}

export function text(status: number, body: string, outcome: Outcome, explanation?: Explanation): Answer {
  return {
    status,
    headers: [...noCache, ['Content-Type', 'text/plain; charset=utf-8']],
    body,
    outcome,
    ...(explanation && { explanation }),
  };
}

/** An HTML page with its explanation. `requestId` is shown, so that the journal entry can be found. */
export function page(
  content: Page,
  requestId: string,
  outcome: Outcome,
  cookies: readonly string[] = [],
): Answer {
  return {
    status: content.status,
    headers: [
      ...noCache,
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"],
      ['X-Content-Type-Options', 'nosniff'],
      ...setCookies(cookies),
    ],
    body: renderPage(content, requestId),
    outcome,
    explanation: content.explanation,
  };
}

const setCookies = (cookies: readonly string[]) =>
  cookies.map((cookie): [string, string] => ['Set-Cookie', cookie]);

/** Writes an answer. `HEAD` gets the headers alone; Node sees to that. */
export function writeAnswer(res: ServerResponse, answer: Answer, requestId: string): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  res.writeHead(answer.status, flat(answer, body.length, requestId));
  res.end(body);
}

/** Writes an answer in place of an upgrade and closes. */
export function writeRawAnswer(socket: Duplex, answer: Answer, requestId: string): void {
  const body = Buffer.from(answer.body);
  const headers = [...flat(answer, body.length, requestId), 'Connection', 'close'];
  socket.end(Buffer.concat([Buffer.from(rawHead(answer.status, headers), 'latin1'), body]));
}

/** Status line and headers as they go over the wire. */
export function rawHead(status: number, headers: readonly string[], reason = STATUS_CODES[status]): string {
  let head = `HTTP/1.1 ${status} ${reason ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${head}\r\n`;
}

function flat(answer: Answer, length: number, requestId: string): string[] {
  return [...answer.headers.flat(), 'Content-Length', String(length), 'X-Request-Id', requestId];
}
