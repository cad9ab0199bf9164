import { Agent, request } from 'node:http';
import { connect } from 'node:net';

export interface Answer {
  status: number;
  body: string;
}

/** One request over a kept connection. Never follows redirects. */
export function createCaller(): {
  call(
    url: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Answer>;
  close(): void;
} {
  const agent = new Agent({ keepAlive: true });
  return {
    call: (url, { method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const req = request(url, { method, headers, agent }, (res) => {
          const parts: Buffer[] = [];
          res.on('data', (part) => parts.push(part));
          res.on('error', reject);
          res.on('end', () =>
            resolve({ status: res.statusCode ?? 0, body: Buffer.concat(parts).toString('latin1') }),
          );
        });
        req.on('error', reject);
        req.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** Sends bytes as they are, ends its half, and gives all that came back. A server that stays silent is cut off. */
export function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const done = () => {
      socket.destroy();
      resolve(Buffer.concat(parts).toString('latin1'));
    };
    socket.setTimeout(3000, done);
    socket.on('data', (part) => parts.push(part));
    socket.on('end', done);
    socket.on('error', done);
    socket.on('close', done);
    socket.end(bytes, 'latin1');
  });
}
