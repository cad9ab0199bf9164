import {
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createClock, Disposables, silentLog } from '../../core/index.ts';
import { createJournal, type ExchangeEntry } from '../../journal/index.ts';
import type { Decision, Policy } from '../../policy/index.ts';
import type { AppBackend, GatewayOptions } from '../contract.ts';
import { createGateway } from '../gateway.ts';
import { ana, createFakeIdentity, robot } from './fake-identity.ts';

export type AppHandler = (req: IncomingMessage, res: ServerResponse) => void;

interface WorldOptions
  extends Partial<Pick<GatewayOptions, 'settings' | 'upstream' | 'scopes' | 'sandboxId'>> {
  app?: AppHandler;
  appServer?: Server;
  name?: string;
  /** Unix socket instead of a port. */
  socketPath?: string;
}

/** Answers with what it received, as the sample echo app does. */
export const echo: AppHandler = (req, res) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    res.setHeader('Content-Type', 'application/json');
    res.end(
      JSON.stringify({
        method: req.method,
        url: req.url,
        headers: req.headers,
        raw: req.rawHeaders,
        body: Buffer.concat(chunks).toString('latin1'),
      }),
    );
  });
};

const allowedByDefault = new Set([ana.name, robot.name]);

/** A gateway over real sockets, in front of a real little app, with a fake identity and policy. */
export async function createWorld(options: WorldOptions = {}) {
  const disposables = new Disposables();
  const clock = createClock();
  const journal = createJournal(clock, () => 1);
  const scopes = options.scopes ?? ['iam.current-user:read', 'iam.access-control:read', 'sql'];
  const identity = createFakeIdentity(clock, ['openid', 'profile', 'email', 'offline_access', ...scopes]);
  const canUse = new Set(allowedByDefault);

  const appServer = options.appServer ?? createServer(options.app ?? echo);
  await new Promise<void>((resolve) =>
    options.socketPath
      ? appServer.listen(options.socketPath, resolve)
      : appServer.listen(0, '127.0.0.1', resolve),
  );
  disposables.defer(() => {
    appServer.closeAllConnections();
    return new Promise((resolve) => appServer.close(resolve));
  });
  const name = options.name ?? 'orders';
  const backend = {
    name,
    current: 'running' as ReturnType<AppBackend['state']>,
    reachable: true,
    state: () => backend.current,
    target: () => (backend.reachable ? where : undefined),
  };
  const where = options.socketPath
    ? { socketPath: options.socketPath }
    : { host: '127.0.0.1', port: (appServer.address() as AddressInfo).port };
  const policy = fakePolicy(canUse);
  const gateway = await createGateway({
    backend,
    client: identity.client,
    scopes,
    identity,
    policy,
    journal,
    clock,
    log: silentLog,
    workspaceOrigin: 'http://127.0.0.1:9',
    sandboxId: options.sandboxId ?? 'sb1',
    settings: options.settings ?? {},
    upstream: options.upstream ?? 'node',
  });
  disposables.use(gateway);

  const exchanges = () =>
    journal
      .entries({ kinds: ['exchange'] })
      .filter((entry): entry is ExchangeEntry => entry.kind === 'exchange');

  return {
    gateway,
    identity,
    clock,
    journal,
    backend,
    canUse,
    policy,
    appServer,
    where,
    exchanges,
    findings: () => journal.entries({ kinds: ['finding'] }),
    /** Waits until `count` exchanges have ended. */
    ended: (count: number) =>
      new Promise<ExchangeEntry[]>((resolve) => {
        if (exchanges().length >= count) return resolve(exchanges());
        const stop = journal.follow(() => {
          if (exchanges().length < count) return;
          stop();
          resolve(exchanges());
        });
      }),
    signedIn: async (principal = ana) => (await gateway.session(principal)).cookie,
    get: (path: string, headers: Record<string, string | string[]> = {}) =>
      send(gateway.origin, path, { headers }),
    send: (path: string, more: RequestOptions, body?: string | Buffer) =>
      send(gateway.origin, path, more, body),
    [Symbol.asyncDispose]: () => disposables.dispose(),
  };
}

export interface Reply {
  status: number;
  headers: IncomingMessage['headers'];
  raw: string[];
  trailers: NodeJS.Dict<string>;
  body: string;
}

/** One request, without following redirects and without any header of its own making. */
export function send(
  origin: string,
  path: string,
  more: RequestOptions = {},
  body?: string | Buffer,
): Promise<Reply> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const out = request({ hostname, port, path, agent: false, ...more }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          raw: answer.rawHeaders,
          trailers: answer.trailers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    out.on('error', reject);
    out.end(body);
  });
}

/** Writes bytes and collects all that comes back until the other side closes. */
export function rawExchange(origin: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: hostname, port: Number(port) });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(bytes, 'latin1');
  });
}

/** The value of a Set-Cookie header by cookie name, ready for a Cookie header; undefined when absent or deleted. */
export function cookieOf(reply: Reply, suffix: 'session' | 'csrf'): string | undefined {
  const all = reply.headers['set-cookie'] ?? [];
  const found = all.find((cookie) => (cookie.split('=')[0] ?? '').endsWith('_csrf') === (suffix === 'csrf'));
  const pair = found?.split(';')[0];
  return pair && !pair.endsWith('=') ? pair : undefined;
}

function fakePolicy(canUse: ReadonlySet<string>): Policy & { version: number } {
  const notHere = (): never => {
    throw new Error('The gateway has no business calling this.');
  };
  const none = { set: notHere, add: notHere, remove: notHere, get: notHere };
  return {
    principalExists: notHere,
    securables: {
      register: notHere,
      unregister: notHere,
      exists: notHere,
      owner: notHere,
      setOwner: notHere,
      rename: notHere,
    },
    grants: { grant: notHere, revoke: notHere, on: notHere },
    permissions: none,
    version: 1,
    authorizer: {
      check(caller, privilege, ref): Decision {
        if (canUse.has(caller.principal.name)) return { allow: true, reason: 'direct CAN_USE' };
        return {
          allow: false,
          reason: 'no permission',
          missing: { privilege, securable: ref },
          explanation: {
            who: `user ${caller.principal.name}`,
            rule: `${privilege} on app ${ref.name} is not granted.`,
            fix: `Add ${caller.principal.name} to the permissions of app ${ref.name}.`,
          },
        };
      },
      checkPrincipal: notHere,
      visible: notHere,
      isMetastoreAdmin: notHere,
    },
  };
}
