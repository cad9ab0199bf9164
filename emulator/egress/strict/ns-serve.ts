import { createSocket } from 'node:dgram';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { addressAnswer, failureAnswer, readQuestion } from './dns-message.ts';
import type { NameAnswer } from './protocol.ts';

type Ask = (name: string, type: string) => Promise<NameAnswer>;
type OpenFlow = () => Socket;

/** Answers DNS on port 53 of every address, over UDP and TCP: hard-coded resolvers end here too. */
export async function serveNames(ask: Ask): Promise<void> {
  const answer = async (message: Buffer): Promise<Buffer | undefined> => {
    const question = readQuestion(message);
    if (!question) return undefined;
    const local = question.name === 'localhost' || question.name.endsWith('.localhost');
    const known: NameAnswer = local
      ? { id: 0, address: '127.0.0.1' }
      : await ask(question.name, question.type);
    if ('failure' in known) return failureAnswer(question, known.failure);
    return addressAnswer(question, question.type === 'A' ? known.address : undefined);
  };

  const udp = createSocket({ type: 'udp4' });
  udp.on('message', (message, from) => {
    void answer(message).then((bytes) => bytes && udp.send(bytes, from.port, from.address, () => {}));
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(53, '0.0.0.0', resolve);
  });

  const tcp = createServer((socket) => {
    let pending = Buffer.alloc(0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (part) => {
      pending = Buffer.concat([pending, part]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const message = pending.subarray(2, 2 + pending.readUInt16BE(0));
        pending = pending.subarray(2 + message.length);
        void answer(message).then((bytes) => (bytes ? socket.write(framed(bytes)) : socket.destroy()));
      }
    });
  });
  await listen(tcp, { port: 53, host: '0.0.0.0' });
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

/** Accepts connections to any address on these ports; the local address of one is where it wanted to go. */
export async function serveAcceptors(ports: readonly number[], openFlow: OpenFlow): Promise<void> {
  for (const port of ports) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      const address = (client.localAddress ?? '').replace(/^::ffff:/, '');
      carry(client, openFlow(), address, port);
    });
    await listen(server, { port, host: '::' });
  }
}

/** The sandbox's own loopback ports, on the same ports in here. */
export async function serveBridges(ports: readonly number[], openFlow: OpenFlow): Promise<void> {
  for (const port of ports) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      carry(client, openFlow(), '127.0.0.1', port);
    });
    await listen(server, { port, host: '127.0.0.1' });
  }
}

/** The gate answers a flow with one `+` when it is joined to its destination; else the client is reset. */
function carry(client: Socket, flow: Socket, address: string, port: number): void {
  client.setNoDelay(true);
  const refuse = () => {
    flow.destroy();
    if (!client.destroyed) client.resetAndDestroy();
  };
  client.on('error', () => flow.destroy());
  flow.on('error', refuse);
  flow.once('end', refuse);
  flow.write(`${JSON.stringify({ k: 'flow', address, port })}\n`);
  flow.once('data', (first: Buffer) => {
    flow.removeListener('end', refuse);
    if (first[0] !== joined) return refuse();
    if (first.length > 1) client.write(first.subarray(1));
    flow.pipe(client);
  });
  flow.once('close', () => client.destroySoon());
  client.once('close', () => flow.destroy());
  client.pipe(flow);
}

const joined = '+'.charCodeAt(0);

/** Makes `socketPath` once the app listens, and forwards what comes in there to the app. */
export async function serveApp(port: number, socketPath: string, alive: () => boolean): Promise<void> {
  while (alive() && !(await listens(port))) await wait(20);
  // Left by an earlier start of the same app.
  rmSync(socketPath, { force: true });
  const server = createServer({ allowHalfOpen: true }, (outside) => {
    const app = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    app.setNoDelay(true);
    outside.on('error', () => app.destroy());
    app.on('error', () => outside.destroy());
    outside.once('close', () => app.destroy());
    app.once('close', () => outside.destroySoon());
    outside.pipe(app).pipe(outside);
  });
  await listen(server, { path: socketPath });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function listen(server: Server, where: { port: number; host: string } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, resolve);
  });
}
