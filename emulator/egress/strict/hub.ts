import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Addresses } from '../addresses.ts';
import { type Carrier, join as joinSockets } from '../answer/carrier.ts';
import { type Decide, isLoopback } from '../policy/index.ts';
import { readLines } from './lines.ts';
import { type InsideMessage, insideMessage, type NameAnswer, type Setup } from './protocol.ts';
import { sniffName } from './sniff.ts';

export interface HubParts {
  carrier: Carrier;
  decide: Decide;
  addresses: Addresses;
  dnsFailure: 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED';
  /** Wall time, milliseconds. */
  wall(): number;
}

/** The outside end of one namespace: a private folder with its sockets. */
export interface Hub {
  readonly folder: string;
  /** Appears when the app listens. */
  readonly appSocket: string;
  close(): Promise<void>;
}

/** One connect asks for A and AAAA: a name that was just refused is not recorded again. */
const quietAfterDenial = 1000;

/**
 * The folder of this user's hubs. Every namespace hides it as a whole, so that no app reaches the sockets of
 * another run, also of one that starts later.
 * @throws Error when somebody else owns it.
 */
export function hubsFolder(): string {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `brickbox-strict-${uid}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return folder;
  throw new Error(`${folder} is not a private folder of this user: remove it`);
}

/** Removes folders in which nobody listens any more: their run was killed before its app started, or after. */
async function sweepHubs(hubs: string): Promise<void> {
  const left = readdirSync(hubs).filter((name) => name.startsWith('ns-'));
  await Promise.all(
    left.map(async (name) => {
      const folder = join(hubs, name);
      if (await isDead(join(folder, 'gate.sock'))) rmSync(folder, { recursive: true, force: true });
    }),
  );
}

/** Refused means that no process has the socket; one that is not there yet is somebody's who just begins. */
function isDead(gate: string): Promise<boolean> {
  if (!existsSync(gate)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const probe = connect(gate, () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'));
  });
}

/**
 * Opens the sockets of one start and serves its namespace.
 * @param app whose attempts they are; null for a command of the developer.
 * @param reachable loopback ports that only this namespace reaches, beside those of the sandbox.
 */
export async function openHub(
  parts: HubParts,
  app: string | null,
  setup: Setup,
  reachable: readonly number[] = [],
): Promise<Hub> {
  const hubs = hubsFolder();
  await sweepHubs(hubs);
  const folder = mkdtempSync(join(hubs, 'ns-'));
  const open = new Set<Socket>();
  const denied = new Map<string, number>();
  let ready = false;

  const nameAnswer = (id: number, name: string, process: string | null): NameAnswer => {
    const last = denied.get(name) ?? Number.NEGATIVE_INFINITY;
    const quiet = !ready || parts.wall() - last < quietAfterDenial || name.endsWith('.arpa');
    const attempt = { app, host: name, port: null, protocol: 'dns', process };
    const { verdict, platform } = quiet ? parts.decide(name, null) : parts.carrier.judgeName(attempt);
    if (verdict !== 'denied') return { id, address: parts.addresses.of(name), platform };
    denied.set(name, parts.wall());
    return { id, failure: name.endsWith('.arpa') ? 'NXDOMAIN' : parts.dnsFailure };
  };

  const flow = async (
    socket: Socket,
    rest: Buffer,
    to: { address: string; port: number; process: string | null },
  ) => {
    const { address, port } = to;
    const own = isLoopback(address) && reachable.includes(port);
    const platform = own ? connect({ host: '127.0.0.1', port }) : parts.carrier.platform(address, port);
    if (platform) {
      if (rest.length > 0) socket.unshift(rest);
      socket.write('+');
      return joinSockets(socket, platform);
    }
    if (!ready || isLoopback(address)) return socket.destroy();
    const bare = parts.addresses.nameOf(address) === undefined;
    const refused = bare && parts.decide(address, port).verdict === 'denied';
    const said = refused ? await sniffName(socket, rest) : null;
    if (!refused && rest.length > 0) socket.unshift(rest);
    const note = said === null ? undefined : `the client asked for ${said}`;
    const attempt = { app, host: address, port, protocol: 'tcp', process: to.process };
    const judged = parts.carrier.judge(attempt, note);
    if (!judged.route || judged.route.by === 'refused') return socket.destroy();
    socket.write('+');
    if (!parts.carrier.carry(judged, socket)) socket.destroy();
  };

  const handle = (socket: Socket, message: InsideMessage, stop: () => Buffer) => {
    if (message.k === 'hello') {
      // A restarted app says hello again, and its canary is again not an attempt of the app.
      ready = false;
      socket.write(`${JSON.stringify(setup)}\n`);
    } else if (message.k === 'ready') ready = true;
    else if (message.k === 'dns')
      socket.write(`${JSON.stringify(nameAnswer(message.id, message.name, message.process))}\n`);
    else if (message.k === 'udp') {
      const { address, port } = message;
      parts.carrier.judgeUncarried({ app, host: address, port, protocol: 'udp', process: null });
    } else flow(socket, stop(), message).catch(() => socket.destroy());
  };

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    readLines(socket, (value, stop) => handle(socket, insideMessage.parse(value), stop));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(join(folder, 'gate.sock'), resolve);
  });

  return {
    folder,
    appSocket: join(folder, 'app.sock'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        for (const socket of open) socket.destroy();
      }),
  };
}
