import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Ledger } from '../ledger.ts';
import { findStub, missingStubFix } from './stub-files.ts';

/** A connection that is answered from a folder. */
export interface StubSite {
  app: string | null;
  host: string;
  folder: string;
}

/** Answers connections from stub folders, plain or TLS. It listens nowhere: connections are handed to it. */
export interface StubServer {
  /** Takes a byte stream whose first bytes are still unread. */
  accept(stream: Duplex, site: StubSite): void;
  /** Answers one request that was already parsed. */
  answer(request: IncomingMessage, response: ServerResponse, site: StubSite): void;
  close(): void;
}

export function createStubServer(
  ledger: Ledger,
  certificate: ((host: string) => SecureContext | Promise<SecureContext>) | undefined,
): StubServer {
  const sites = new WeakMap<object, StubSite>();
  const open = new Set<Duplex>();

  const answer = (request: IncomingMessage, response: ServerResponse, site: StubSite) => {
    const method = request.method ?? 'GET';
    const url = pathOf(request.url ?? '/');
    request.resume();
    try {
      const found = findStub(site.folder, method, url);
      if (!found) return missing(response, site, method, url);
      response.writeHead(found.status, { ...found.headers, 'content-length': found.body.length });
      response.end(method === 'HEAD' ? undefined : found.body);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      ledger.stubProblem(site.app, site.host, why, 'Correct the stub folder.');
      problem(response, 502, `The stub of ${site.host} failed: ${why}`);
    }
  };

  const missing = (response: ServerResponse, site: StubSite, method: string, url: string) => {
    const fix = missingStubFix(method, url);
    const { pathname } = new URL(url, 'http://stub.invalid');
    ledger.stubProblem(site.app, site.host, `no answer for ${method} ${pathname}`, fix);
    problem(response, 404, `The stub of ${site.host} has no answer for ${method} ${pathname}. ${fix}`);
  };

  const server: Server = createServer((request, response) => {
    const site = sites.get(request.socket);
    if (site) answer(request, response, site);
    else response.destroy();
  });

  const serve = (stream: Duplex, site: StubSite) => {
    sites.set(stream, site);
    server.emit('connection', stream);
  };

  const secure = async (stream: Duplex, site: StubSite) => {
    if (!certificate) {
      const fix = 'Call it by http:// in tests, or start the sandbox with run certificates.';
      ledger.stubProblem(
        site.app,
        site.host,
        'it was called over TLS, and this run has no certificates',
        fix,
      );
      stream.destroy();
      return;
    }
    const secureContext = await certificate(site.host);
    // TLSSocket reads from any duplex stream; its type asks for a net.Socket, which all callers pass.
    const socket = new TLSSocket(stream as ConstructorParameters<typeof TLSSocket>[0], {
      isServer: true,
      secureContext,
      ALPNProtocols: ['http/1.1'],
    });
    socket.on('error', () => stream.destroy());
    socket.once('secure', () => serve(socket, site));
  };

  return {
    answer,
    accept(stream, site) {
      open.add(stream);
      stream.once('close', () => open.delete(stream));
      stream.on('error', () => stream.destroy());
      stream.once('data', (first: Buffer) => {
        stream.pause();
        stream.unshift(first);
        // A TLS stream stays paused until its certificate is there: the TLS socket then reads what came.
        if (first[0] === tlsHandshake) return void secure(stream, site).catch(() => stream.destroy());
        serve(stream, site);
        process.nextTick(() => stream.resume());
      });
      stream.resume();
    },
    close() {
      for (const stream of open) stream.destroy();
      server.close();
    },
  };
}

/** First byte of a TLS record that opens a handshake. */
const tlsHandshake = 0x16;

/** The path of a request line, which is a whole address when it came through a proxy. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const url = URL.parse(target);
  return url ? url.pathname + url.search : '/';
}

function problem(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-brickbox-egress': 'stub' });
  response.end(`${JSON.stringify({ error: message })}\n`);
}
