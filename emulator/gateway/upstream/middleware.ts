import { Agent, type ClientRequest, type IncomingMessage, ServerResponse } from 'node:http';
import { createProxyMiddleware, type RequestHandler } from 'http-proxy-middleware';
import type { Abort, Passage, Upstream } from './upstream.ts';

interface Running {
  passage: Passage;
  out: ClientRequest | undefined;
  started: boolean;
  aborted: boolean;
}

/**
 * The second upstream, over http-proxy-middleware: slower, and a check on the first, for both pass the same
 * tests. Its own error pages and logger are left out; failures go to `passage.failed`.
 */
export function createMiddlewareUpstream(): Upstream {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  const running = new WeakMap<IncomingMessage, Running>();
  const middleware: RequestHandler = createProxyMiddleware({
    agent,
    router: (req) => targetOf(running.get(req)?.passage),
    ejectPlugins: true,
    plugins: [
      (proxy) => {
        proxy.on('proxyReq', (out, req) => hold(running.get(req), out));
        proxy.on('proxyReqWs', (out, req, socket) => {
          const held = running.get(req);
          hold(held, out);
          out.on('upgrade', (answer, other) => {
            begin(held, answer, 101);
            // The library only passes on a proper end; a connection that breaks must not leave the other open.
            socket.on('close', () => other.destroy());
            other.on('close', () => socket.destroy());
          });
          out.on('response', (answer) => begin(held, answer, answer.statusCode ?? 502));
        });
        proxy.on('proxyRes', (answer, req, res) => {
          const held = running.get(req);
          begin(held, answer, answer.statusCode ?? 502);
          relayTrailersAndHead(answer, res);
        });
        proxy.on('error', (error, req) => {
          const held = req && running.get(req);
          if (held && !held.started && !held.aborted) held.passage.failed(error);
        });
      },
    ],
  });

  const open = (req: IncomingMessage, passage: Passage): Abort => {
    const held: Running = { passage, out: undefined, started: false, aborted: false };
    running.set(req, held);
    req.headers = asRecord(passage.headers);
    req.url = passage.path;
    return () => {
      held.aborted = true;
      held.out?.destroy();
    };
  };

  return {
    request(req, res, passage) {
      const abort = open(req, passage);
      void middleware(req, res, (error?: unknown) => {
        if (error instanceof Error && !running.get(req)?.started) passage.failed(error);
      });
      return abort;
    },
    upgrade(req, socket, head, passage) {
      const abort = open(req, passage);
      middleware.upgrade(req, socket, head);
      return abort;
    },
    close: () => agent.destroy(),
  };
}

function hold(held: Running | undefined, out: ClientRequest): void {
  if (!held) return;
  held.out = out;
  if (held.aborted) out.destroy();
}

function begin(held: Running | undefined, answer: IncomingMessage, status: number): void {
  if (!held) return;
  held.started = true;
  held.passage.started(status);
  if (status !== 101) delete answer.headers.connection;
  const { added } = held.passage;
  for (let i = 0; i < added.length; i += 2) answer.headers[(added[i] ?? '').toLowerCase()] = added[i + 1];
}

/** The library waits with the headers for the first byte of the body, and drops trailers. */
function relayTrailersAndHead(answer: IncomingMessage, res: unknown): void {
  if (!(res instanceof ServerResponse)) return;
  setImmediate(() => {
    if (!res.writableEnded && !res.destroyed) res.flushHeaders();
  });
  answer.on('end', () => {
    if (Object.keys(answer.trailers).length > 0) res.addTrailers(definedOnly(answer.trailers));
  });
}

function definedOnly(trailers: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(trailers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function targetOf(passage: Passage | undefined) {
  const target = passage?.target ?? { host: '127.0.0.1', port: 1 };
  if ('socketPath' in target)
    return { protocol: 'http:', host: '127.0.0.1', port: 80, socketPath: target.socketPath };
  return { protocol: 'http:', host: target.host, port: target.port };
}

/** Headers as the library wants them; one name may have several values. */
function asRecord(headers: readonly string[]): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (let i = 0; i < headers.length; i += 2) {
    const name = (headers[i] ?? '').toLowerCase();
    const value = headers[i + 1] ?? '';
    const known = record[name];
    if (known === undefined) record[name] = value;
    else if (name === 'cookie') record[name] = `${known}; ${value}`;
    else record[name] = Array.isArray(known) ? [...known, value] : [known, value];
  }
  return record;
}
