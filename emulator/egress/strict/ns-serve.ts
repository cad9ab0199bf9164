import { createSocket } from 'node:dgram';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { addressAnswer, failureAnswer, readQuestion } from './dns-message.ts';
import { acceptorOf, otherPorts, turnedPort } from './ns-nft.ts';
import { processOf } from './ns-process.ts';
import type { NameAnswer } from './protocol.ts';

type Ask = (name: string, type: string, process: string | null) => Promise<NameAnswer>;
type OpenFlow = () => Socket;

/**
 * Answers DNS on port 53 of every address, over UDP and TCP: hard-coded resolvers end here too.
 * @returns the addresses it gave out that are the sandbox's own; it grows.
 */
export async function serveNames(ask: Ask): Promise<ReadonlySet<string>> {
  const platform = new Set<string>();
  const answer = async (message: Buffer, program: () => string | null): Promise<Buffer | undefined> => {
    const question = readQuestion(message);
    if (!question) return undefined;
    const local = question.name === 'localhost' || question.name.endsWith('.localhost');
    const known: NameAnswer = local
      ? { id: 0, address: '127.0.0.1', platform: true }
      : await ask(question.name, question.type, program());
    if ('address' in known && known.platform) platform.add(known.address);
    if ('failure' in known) return failureAnswer(question, known.failure);
    return addressAnswer(question, question.type === 'A' ? known.address : undefined);
  };

  const udp = createSocket({ type: 'udp4' });
  udp.on('message', (message, from) => {
    void answer(message, () => processOf('udp', from.port)).then(
      (bytes) => bytes && udp.send(bytes, from.port, from.address, () => {}),
    );
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(53, '0.0.0.0', resolve);
  });

  const tcp = createServer((socket) => {
    let pending = Buffer.alloc(0);
    const program = () => processOf('tcp', socket.remotePort ?? 0);
    socket.on('error', () => socket.destroy());
    socket.on('data', (part) => {
      pending = Buffer.concat([pending, part]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const message = pending.subarray(2, 2 + pending.readUInt16BE(0));
        pending = pending.subarray(2 + message.length);
        void answer(message, program).then((bytes) =>
          bytes ? socket.write(framed(bytes)) : socket.destroy(),
        );
      }
    });
  });
  await listen(tcp, { port: 53, host: '0.0.0.0' });
  return platform;
}

function framed(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
}

export interface AcceptorParts {
  /** Connections are turned to ports of ours, all of them; else we listen on the ports themselves. */
  turned: boolean;
  /** Addresses of the sandbox itself: their clients need not be known. */
  platform: ReadonlySet<string>;
  openFlow: OpenFlow;
}

/** Accepts connections to any address; the local address of one is where it wanted to go. */
export async function serveAcceptors(ports: readonly number[], parts: AcceptorParts): Promise<void> {
  const accept = async (listening: number, portOf: (client: Socket) => Promise<number | undefined>) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      client.on('error', () => client.destroy());
      const address = (client.localAddress ?? '').replace(/^::ffff:/, '');
      const process = parts.platform.has(address) ? null : processOf('tcp', client.remotePort ?? 0);
      void portOf(client).then((port) => {
        if (!client.destroyed) carry(client, parts.openFlow(), { address, port: port ?? 0, process });
      });
    });
    await listen(server, { port: listening, host: '::' });
  };
  for (const [index, port] of ports.entries()) {
    await accept(parts.turned ? acceptorOf(index) : port, async () => port);
  }
  if (parts.turned) await accept(otherPorts, (client) => turnedPort(client.remotePort ?? 0));
}

/** The sandbox's own loopback ports, on the same ports in here. */
export async function serveBridges(ports: readonly number[], openFlow: OpenFlow): Promise<void> {
  for (const port of ports) {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) => {
      carry(client, openFlow(), { address: '127.0.0.1', port, process: null });
    });
    await listen(server, { port, host: '127.0.0.1' });
  }
}

interface Destination {
  address: string;
  port: number;
  process: string | null;
}

/** The gate answers a flow with one `+` when it is joined to its destination; else the client is reset. */
function carry(client: Socket, flow: Socket, to: Destination): void {
  client.setNoDelay(true);
  const refuse = () => {
    flow.destroy();
    if (!client.destroyed) client.resetAndDestroy();
  };
  client.on('error', () => flow.destroy());
  flow.on('error', refuse);
  flow.once('end', refuse);
  flow.write(`${JSON.stringify({ k: 'flow', ...to })}\n`);
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
