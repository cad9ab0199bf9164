import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Carrier, Judgement } from '../answer/carrier.ts';
import type { StubServer } from '../answer/stub-server.ts';
import type { Ledger } from '../ledger.ts';
import type { Clients } from './clients.ts';

export interface ProxyParts {
  carrier: Carrier;
  stubs: StubServer;
  clients: Clients;
  ledger: Ledger;
  /** Id of the policy an app is held to. */
  policyId(app: string | null): string;
}

/**
 * The forward proxy for clients that honour proxy variables: CONNECT and absolute-form HTTP. It serves only
 * holders of an app's token. It listens nowhere itself: the gate hands it connections.
 */
export function createProxy(parts: ProxyParts): Server {
  const server = createServer((request, response) => forward(parts, request, response));
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) =>
    tunnel(parts, request, client, head),
  );
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

function tunnel(parts: ProxyParts, request: IncomingMessage, client: Socket, head: Buffer) {
  client.on('error', () => client.destroy());
  const app = parts.clients.appOfHeader(request.headers['proxy-authorization']);
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(request.url ?? '') ?? [];
  if (host === undefined) return refuse(client, 400, 'Bad Request', 'CONNECT needs host:port.');
  if (app === undefined) {
    recordStranger(parts, request, { host, port: Number(port), protocol: 'connect' });
    return refuse(client, 407, 'Proxy Authentication Required', notAnApp, challenge);
  }
  const judged = parts.carrier.judge({
    app,
    host,
    port: Number(port),
    protocol: 'connect',
    process: agentOf(request),
  });
  const denial = denialOf(judged, parts.policyId(app));
  if (denial)
    return refuse(client, denial.status, denial.reason, denial.message, { 'X-Brickbox-Egress': denial.mark });
  client.write('HTTP/1.1 200 Connection established\r\n\r\n');
  if (head.length > 0) client.unshift(head);
  if (!parts.carrier.carry(judged, client)) client.destroy();
}

function forward(parts: ProxyParts, request: IncomingMessage, response: ServerResponse) {
  const answer = (status: number, message: string, headers: Record<string, string> = {}) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers });
    response.end(`${message}\n`);
  };
  const target = URL.parse(request.url ?? '');
  if (target?.protocol !== 'http:')
    return answer(400, 'This is the egress proxy of a Brickbox run, not a web server.');
  const app = parts.clients.appOfHeader(request.headers['proxy-authorization']);
  const port = Number(target.port || 80);
  const host = target.hostname;
  if (app === undefined) {
    recordStranger(parts, request, { host, port, protocol: 'http' });
    return answer(407, notAnApp, challenge);
  }
  const judged = parts.carrier.judge({ app, host, port, protocol: 'http', process: agentOf(request) });
  const denial = denialOf(judged, parts.policyId(app));
  if (denial) return answer(denial.status, denial.message, { 'X-Brickbox-Egress': denial.mark });
  const { attempt, route } = judged;
  if (route?.by === 'stub' && route.folder !== undefined) {
    return parts.stubs.answer(request, response, { app, host: attempt.host, folder: route.folder });
  }
  passOn(parts.carrier, request, response, {
    host: attempt.host,
    port,
    path: target.pathname + target.search,
  });
}

/**
 * A client without an app's token gets nothing. It is recorded, because Java's clients are sent here by system
 * properties, which have no place for credentials: without the line their refusal had no name.
 */
function recordStranger(
  { ledger }: ProxyParts,
  request: IncomingMessage,
  to: { host: string; port: number; protocol: string },
): void {
  const rule = 'the proxy was asked without the token of an app';
  const fix =
    'Java clients cannot send it from system properties: give the client an Authenticator with the user and password of HTTP_PROXY, or run in strict mode.';
  const attempt = { ...to, app: null, process: agentOf(request) };
  ledger.record(attempt, { verdict: 'denied', platform: false, rule, explanation: { rule, fix } });
}

function passOn(
  carrier: Carrier,
  request: IncomingMessage,
  response: ServerResponse,
  to: { host: string; port: number; path: string },
): void {
  const upstream = httpRequest({
    createConnection: () => carrier.dial(to.host, to.port),
    method: request.method,
    path: to.path,
    headers: withoutProxyHeaders(request.rawHeaders),
    setHost: false,
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
    answer.pipe(response);
  });
  upstream.on('error', (error) => {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(`${to.host} is allowed, but could not be reached: ${error.message}\n`);
  });
  response.once('close', () => upstream.destroy());
  request.pipe(upstream);
}

/** Raw header pairs for the next hop: one connection each, nothing meant for the proxy. */
function withoutProxyHeaders(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!/^(proxy-.*|connection|keep-alive)$/i.test(name)) kept.push(name, raw[i + 1] ?? '');
  }
  return [...kept, 'connection', 'close'];
}

function denialOf(judged: Judgement, policyId: string) {
  const { host } = judged.attempt;
  if (judged.decision.verdict === 'denied') {
    const message = `Egress to ${host} is denied by network policy ${policyId}. ${judged.decision.explanation?.fix ?? ''}`;
    return { status: 403, reason: 'Forbidden', mark: 'blocked', message };
  }
  if (judged.route?.by !== 'refused') return undefined;
  const message = `${host} is allowed by network policy ${policyId}, but nobody answers for it here. ${judged.route.fix ?? ''}`;
  return { status: 502, reason: 'Bad Gateway', mark: 'unanswered', message };
}

const notAnApp = 'The egress proxy serves only the apps of its own run.';
const challenge = { 'Proxy-Authenticate': 'Basic realm="brickbox"' };

function refuse(
  client: Socket,
  status: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  const body = `${message}\n`;
  const lines = Object.entries({
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  client.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** A proxy client tells its program at best in its User-Agent. */
function agentOf(request: IncomingMessage): string | null {
  return request.headers['user-agent']?.slice(0, 120) ?? null;
}
