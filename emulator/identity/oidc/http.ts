import type { IncomingMessage, ServerResponse } from 'node:http';

const longestForm = 64 * 1024;

/** An answer to be sent; a string body is HTML. */
export interface Answer {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: object | string;
}

/** Sends an answer. Nothing of identity is ever cached. */
export function send(res: ServerResponse, answer: Answer): void {
  const { body } = answer;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json';
  res.writeHead(answer.status, {
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...(text === '' ? {} : { 'content-type': type }),
    ...answer.headers,
  });
  res.end(text);
}

export function redirect(location: string, headers: Record<string, string | string[]> = {}): Answer {
  return { status: 302, headers: { ...headers, location } };
}

/** Fields of a form, or undefined when the body is too long or not a form. A repeated field is refused too. */
export async function readForm(req: IncomingMessage): Promise<Map<string, string> | undefined> {
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > longestForm) return undefined;
    chunks.push(bytes);
  }
  const fields = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const form = new Map(fields);
  return form.size === fields.size ? form : undefined;
}

/** Value of a cookie the browser sent. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
