import { connect, createServer } from 'node:net';
import type { AppTarget } from './contract.ts';

/** A port of 127.0.0.1 that nobody uses at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** True when something accepts a TCP connection there. */
export function accepts(target: AppTarget): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = 'socketPath' in target ? connect(target.socketPath) : connect(target.port, target.host);
    const done = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => done(false));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });
}
