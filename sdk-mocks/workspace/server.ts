import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from '../../emulator/core/index.ts';
import type { Faults } from '../../emulator/faults/index.ts';
import { createCatalogue } from './catalogue/index.ts';
import type { Family, HostServices } from './define.ts';
import { strikeIdentity } from './identity-fault.ts';
import { createMemory } from './memory.ts';
import type { Call, House } from './pipeline/context.ts';
import { commonHeaders } from './pipeline/encode.ts';
import { runPipeline } from './pipeline/pipeline.ts';
import { createRouter } from './router.ts';
import { defaultSettings, type WorkspaceSettings } from './settings.ts';
import { serveStorageLink } from './storage-links.ts';

export interface WorkspaceOptions {
  services: HostServices;
  families: readonly Family[];
  faults: Faults;
  /** Default: a free one. */
  port?: number;
  /** `Host` values to accept beside the loopback one, for example the realistic name. */
  hosts?: readonly string[];
  settings?: Partial<WorkspaceSettings>;
  /** Wire protocols on the same listener. Asked first; whoever answers true has answered. */
  protocols?: { handle(req: IncomingMessage, res: ServerResponse): Promise<boolean> };
}

/** The HTTP face of the fake workspace. */
export interface Workspace {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly port: number;
  /** The same request handler, for another listener of this workspace (TLS). It checks `Host` itself. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  addHost(host: string): void;
  /** Ends open connections and forgets what families kept in memory. */
  close(): Promise<void>;
}

/**
 * Starts the workspace on 127.0.0.1.
 * @throws BrickboxError PORT_TAKEN
 */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const memory = createMemory();
  const house: House = {
    services: { ...options.services, memory },
    router: createRouter(options.families),
    catalogue: createCatalogue(),
    faults: options.faults,
    settings: { ...defaultSettings, ...options.settings },
  };
  const hosts = new Set(options.hosts?.map((host) => host.toLowerCase()));
  const handle = (req: IncomingMessage, res: ServerResponse) =>
    answer(req, res, hosts, house, options.protocols);
  const stopFollowing = options.services.store.onSwap(() => memory.clear());

  const server = createServer({ keepAliveTimeout: 5 * 60_000 }, handle);
  const port = await listenOnLoopback(server, options.port ?? 0, 'the workspace');
  hosts.add(`127.0.0.1:${port}`);

  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    handle,
    addHost: (host) => void hosts.add(host.toLowerCase()),
    close() {
      stopFollowing();
      return new Promise((resolve) => {
        server.close(() => resolve());
        memory.clear();
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  req: IncomingMessage,
  res: ServerResponse,
  hosts: ReadonlySet<string>,
  house: House,
  protocols: WorkspaceOptions['protocols'],
): Promise<void> {
  const call = newCall(req, res);
  if (!call || !hosts.has((req.headers.host ?? '').toLowerCase())) {
    refuseHost(req, res);
    return;
  }
  if (await serveStorageLink(req, res, house)) return;
  if (await protocols?.handle(req, res)) return;
  if (!call.path.startsWith('/api/') && (await servedByIdentity(call, house))) return;
  await runPipeline(call, house);
}

/** Discovery, OAuth endpoints and our sign-in pages are identity's, and need no token. */
async function servedByIdentity(call: Call, house: House): Promise<boolean> {
  const { req, res } = call;
  const { identity } = house.services.ports;
  for (const [name, value] of Object.entries(commonHeaders(house, house.services.secrets.uuid()))) {
    res.setHeader(name, value);
  }
  try {
    if (await strikeIdentity(call, res, house.faults)) return true;
    return await identity.handle(req, res);
  } catch (error) {
    house.services.log.error(`identity failed at ${req.url?.split('?')[0]}: ${String(error)}`);
    if (res.headersSent) res.destroy();
    else res.writeHead(500).end();
    return true;
  }
}

/** Undefined for a request target that is not a plain path (`*`, or an absolute URL as a proxy would get). */
function newCall(req: IncomingMessage, res: ServerResponse): Call | undefined {
  const { url = '', method = 'GET' } = req;
  if (!url.startsWith('/')) return undefined;
  const mark = url.indexOf('?');
  return {
    req,
    res,
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    started: performance.now(),
    requestId: '',
    caller: null,
    match: null,
    operation: null,
    scopes: null,
    input: undefined,
    body: Buffer.alloc(0),
    reply: null,
    failure: null,
    dropped: false,
  };
}

/** DNS rebinding: a page of another name must not reach us through a browser. Not a platform answer. */
function refuseHost(req: IncomingMessage, res: ServerResponse): void {
  const text = `This is a Brickbox workspace and it does not answer to the host '${req.headers.host ?? ''}'.\n`;
  res.writeHead(421, { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' });
  res.end(text);
}
