import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';

export interface GateHandlers {
  proxy: HttpServer;
  /** First line of a shim connection, without the line break, and the bytes after it. */
  onShimLine(line: string, rest: Buffer, socket: Socket): void;
  shimPrefix: string;
}

export interface Gate {
  readonly port: number;
  close(): Promise<void>;
}

const longestLine = 4096;
/** How long a connection may take to say what it is, milliseconds. */
const patience = 10_000;

/** One loopback port for both kinds of clients: proxy clients speak HTTP, shims start with their own line. */
export async function openGate({ proxy, onShimLine, shimPrefix }: GateHandlers): Promise<Gate> {
  const open = new Set<Socket>();
  const prefix = Buffer.from(shimPrefix);

  const sort = (socket: Socket, seen: Buffer) => {
    const head = seen.subarray(0, prefix.length);
    const isShim = head.equals(prefix.subarray(0, head.length));
    if (isShim && seen.length >= prefix.length) {
      const end = seen.indexOf(10);
      if (end >= 0) {
        socket.setTimeout(0);
        socket.removeAllListeners('timeout');
        return onShimLine(seen.toString('utf8', 0, end), seen.subarray(end + 1), socket);
      }
      if (seen.length > longestLine) return socket.destroy();
    }
    if (isShim) {
      socket.once('data', (more: Buffer) => sort(socket, Buffer.concat([seen, more])));
      return socket.resume();
    }
    socket.setTimeout(0);
    socket.removeAllListeners('timeout');
    socket.unshift(seen);
    proxy.emit('connection', socket);
    process.nextTick(() => socket.resume());
  };

  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(patience, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      sort(socket, first);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
        proxy.close();
      }),
  };
}
