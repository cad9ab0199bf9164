import type { IncomingMessage } from 'node:http';
import type { Principal } from '../identity/index.ts';
import { withoutOurCookies } from './cookies.ts';

/**
 * Headers only the platform may set, compared without case and with every other sign read as `-`: servers
 * behind CGI or WSGI turn `x_forwarded_email` and `X.Forwarded.Email` into the same variable (docs: http-headers,
 * code: oauth2-proxy).
 */
const platformHeaders: ReadonlySet<string> = new Set([
  'x-forwarded-user',
  'x-forwarded-email',
  'x-forwarded-preferred-username',
  'x-forwarded-access-token',
  'x-forwarded-groups',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-real-ip',
  'x-request-id',
  'gap-auth',
]);

/** Headers of one connection, never of the message (RFC 9110 §7.6.1). `host` is rewritten, `expect` is answered here. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'upgrade',
  'http2-settings',
]);

/** First letters of everything above, so that the common header is passed with one look. */
const suspicious = /^[xgckptuh]/i;

/** Whether a client-sent header claims something only the platform may say. */
export function isPlatformHeader(name: string): boolean {
  return platformHeaders.has(name.toLowerCase().replace(/[^a-z0-9]/g, '-'));
}

/** Names the message itself declares as belonging to the connection. */
function connectionTokens(req: IncomingMessage): readonly string[] {
  const { connection } = req.headers;
  if (!connection || /^(?:keep-alive|close|upgrade)$/i.test(connection)) return [];
  return connection.split(',').map((token) => token.trim().toLowerCase());
}

/** The caller's own headers that may reach the app, as name, value, name, value. */
export function inboundHeaders(req: IncomingMessage, passAuthorization: boolean): string[] {
  const raw = req.rawHeaders;
  const dropped = connectionTokens(req);
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    const lower = name.toLowerCase();
    if (suspicious.test(lower) && (hopByHop.has(lower) || isPlatformHeader(lower))) continue;
    if (lower === 'host' || lower === 'expect') continue;
    if (lower === 'authorization' && !passAuthorization) continue;
    // A sender may not name its body or its credentials as a matter of the connection to make them vanish.
    if (dropped.includes(lower) && !endToEnd.has(lower)) continue;
    if (lower === 'cookie') {
      const cookies = withoutOurCookies(value);
      if (cookies !== undefined) kept.push(name, cookies);
      continue;
    }
    kept.push(name, value);
  }
  return kept;
}

const endToEnd: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'content-type',
  'cookie',
  'trailer',
]);

/** What the platform tells the app about the request and its caller. */
export interface IdentityFacts {
  host: string;
  proto: 'http' | 'https';
  clientIp: string;
  requestId: string;
  workspaceId: string;
  principal: Principal;
  accessToken: string | undefined;
}

/** Adds the platform's headers to `headers` (docs: http-headers; `X-Forwarded-For` and `-Proto` are assumed). */
export function addPlatformHeaders(headers: string[], facts: IdentityFacts): void {
  const { principal } = facts;
  headers.push(
    'Host',
    facts.host,
    'X-Forwarded-Host',
    facts.host,
    'X-Forwarded-Proto',
    facts.proto,
    'X-Forwarded-For',
    facts.clientIp,
    'X-Real-Ip',
    facts.clientIp,
    'X-Request-Id',
    facts.requestId,
    // field: `<numeric user id>@<workspace id>`; a service principal's e-mail is its client id.
    'X-Forwarded-User',
    `${principal.id}@${facts.workspaceId}`,
    'X-Forwarded-Email',
    asHeaderText(principal.name),
    'X-Forwarded-Preferred-Username',
    asHeaderText(principal.kind === 'user' ? principal.name : principal.displayName),
  );
  if (facts.accessToken !== undefined) headers.push('X-Forwarded-Access-Token', facts.accessToken);
}

/** Text as a header value: UTF-8 bytes as Go writes them, without line breaks or other control characters. */
export function asHeaderText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
  const printable = text.replace(/[\x00-\x1f\x7f]/g, ' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII.
  return /^[\x00-\x7f]*$/.test(printable) ? printable : Buffer.from(printable, 'utf8').toString('latin1');
}

/** Headers of the app's answer that go back to the caller. The framing of the body is kept: Node sends it on the same way. */
export function outboundHeaders(raw: readonly string[], http10: boolean): string[] {
  const kept: string[] = [];
  let tokens: readonly string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === 'connection') {
      tokens = (raw[i + 1] ?? '').split(',').map((token) => token.trim().toLowerCase());
    }
  }
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || (tokens.includes(lower) && !endToEnd.has(lower))) continue;
    if (http10 && (lower === 'transfer-encoding' || lower === 'trailer')) continue;
    kept.push(name, raw[i + 1] ?? '');
  }
  return kept;
}
