import { Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { rawHead } from '../answer.ts';
import { outboundHeaders } from '../headers.ts';
import { type Abort, hasBody, maxHeaderSize, type Passage, type Upstream } from './upstream.ts';

/** The default upstream: a streaming forwarder on node:http with kept connections. */
export function createNodeUpstream(): Upstream {
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo', maxFreeSockets: 64 });
  return {
    request: (req, res, passage) => forward(agent, req, res, passage),
    upgrade,
    close: () => agent.destroy(),
  };
}

const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function forward(agent: Agent, req: IncomingMessage, res: ServerResponse, passage: Passage): Abort {
  const body = hasBody(req);
  let out: ClientRequest;
  let answered = false;
  let aborted = false;

  const send = (retry: boolean): void => {
    out = request({ ...passage.target, ...common(req, passage), agent });
    out.on('response', (answer) => {
      answered = true;
      relay(req, res, answer, passage);
    });
    out.on('error', (error) => {
      if (answered || aborted || res.destroyed) return;
      // A kept connection may close just as it is taken up again; what is safe to repeat is sent once more.
      if (retry && out.reusedSocket) send(false);
      else passage.failed(error);
    });
    if (body) req.pipe(out);
    else out.end();
  };
  send(!body && idempotent.has(req.method ?? ''));

  if (body) {
    req.on('end', () => {
      if (req.rawTrailers.length > 0) out.addTrailers(pairs(req.rawTrailers));
    });
  }
  return () => {
    aborted = true;
    out.destroy();
  };
}

function relay(req: IncomingMessage, res: ServerResponse, answer: IncomingMessage, passage: Passage): void {
  const status = answer.statusCode ?? 502;
  if (res.destroyed || res.headersSent) {
    answer.resume();
    return;
  }
  passage.started(status);
  const headers = outboundHeaders(answer.rawHeaders, req.httpVersion === '1.0');
  headers.push(...passage.added);
  res.writeHead(status, answer.statusMessage ?? '', headers);
  let first = true;
  answer.on('data', (chunk: Buffer) => {
    first = false;
    if (res.write(chunk)) return;
    answer.pause();
    res.once('drain', () => answer.resume());
  });
  answer.on('end', () => {
    first = false;
    if (answer.rawTrailers.length > 0 && res.chunkedEncoding) res.addTrailers(pairs(answer.rawTrailers));
    res.end();
  });
  answer.on('error', () => res.destroy());
  // Event streams and slow bodies: the headers must not wait for the first byte of the body. What came in one
  // packet with them has been read by the next tick.
  process.nextTick(() => {
    if (first && !res.writableEnded && !res.destroyed) res.flushHeaders();
  });
}

function upgrade(req: IncomingMessage, socket: Socket, head: Buffer, passage: Passage): Abort {
  const out = request({ ...passage.target, ...common(req, passage), agent: false });
  let answered = false;
  out.on('upgrade', (answer, other, otherHead) => {
    answered = true;
    passage.started(101);
    socket.write(rawHead(101, [...answer.rawHeaders, ...passage.added], answer.statusMessage), 'latin1');
    if (otherHead.length > 0) socket.write(otherHead);
    if (head.length > 0) other.write(head);
    splice(socket, other);
  });
  out.on('response', (answer) => {
    answered = true;
    const status = answer.statusCode ?? 502;
    passage.started(status);
    const headers = [...outboundHeaders(answer.rawHeaders, true), ...passage.added, 'Connection', 'close'];
    socket.write(rawHead(status, headers, answer.statusMessage), 'latin1');
    answer.pipe(socket);
    answer.on('error', () => socket.destroy());
  });
  out.on('error', (error) => {
    if (answered) socket.destroy();
    else passage.failed(error);
  });
  socket.on('close', () => out.destroy());
  out.end();
  return () => {
    out.destroy();
  };
}

/** Joins two sockets until either ends. */
function splice(one: Socket, other: Socket): void {
  one.pipe(other);
  other.pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.on('close', () => other.destroy());
  other.on('close', () => one.destroy());
}

/** Options of the request to the app that do not depend on the connection. */
function common(req: IncomingMessage, passage: Passage) {
  const method = req.method ?? 'GET';
  const headers = [...passage.headers];
  // Without this Node would announce a chunked body for a POST that has none.
  if (method !== 'GET' && method !== 'HEAD' && !hasBody(req) && req.headers['content-length'] === undefined) {
    headers.push('Content-Length', '0');
  }
  return { method, path: passage.path, headers, maxHeaderSize };
}

function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) found.push([raw[i] ?? '', raw[i + 1] ?? '']);
  return found;
}
