import { existsSync, readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from '../../core/index.ts';
import type { InsideLaunch, InsideView } from '../contract.ts';
import { type Hub, type HubParts, openHub } from './hub.ts';
import type { Setup } from './protocol.ts';

/** The namespaces an app gets. `--kill-child` takes the whole tree down when the launcher dies. */
export const unshareCommand = [
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
] as const;

// The same ending as this file: .ts from source, .js when built.
const init = fileURLToPath(
  new URL(`./ns-init${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
);

/**
 * Ports with an acceptor of their own. With nftables all other ports end at one more; without it a connection to
 * another port is refused without a record, so that ports an app's own helpers tend to listen on are left out.
 */
const acceptorPorts = [22, 25, 80, 443, 465, 587, 1433, 1521, 3306, 5432, 6379, 8443, 9092, 9093, 27017];

export interface StrictLaunches {
  wrap(launch: Launch, app: { name: string; port: number }): Promise<Launch>;
  /** Starts a command of the developer in a namespace like an app's. `end` removes what it left. */
  wrapCommand(launch: Launch, view: InsideView): Promise<InsideLaunch>;
  /** Socket of the app's newest start. */
  target(app: string): { socketPath: string } | undefined;
  close(): Promise<void>;
}

export function createStrictLaunches(
  parts: HubParts,
  options: {
    platformOrigins: () => readonly string[];
    readable?: () => readonly string[];
    hidden?: () => readonly string[];
  },
): StrictLaunches {
  const hubs = new Map<string, Hub>();
  const commands = new Set<Hub>();
  const setupOf = (launch: Launch, appPort: number | null, view: InsideView): Setup => {
    const bridged = [...new Set([...options.platformOrigins(), ...view.origins].map(portOf))].filter(
      (port) => port > 0,
    );
    return {
      ...launch,
      appPort,
      bridged,
      ports: acceptorPorts.filter((port) => port !== appPort && !bridged.includes(port)),
      masked: [...listeningSockets(), ...(options.hidden?.() ?? []).filter((folder) => existsSync(folder))],
      writable: process.getuid?.() === 0 ? writableFolders(launch) : null,
      readable: [...ownFolders(), ...(options.readable?.() ?? []), ...view.readable],
    };
  };
  return {
    async wrap(launch, app) {
      await hubs.get(app.name)?.close();
      const hub = await openHub(parts, app.name, setupOf(launch, app.port, nothingMore));
      hubs.set(app.name, hub);
      return launcher(hub, launch.cwd);
    },
    async wrapCommand(launch, view) {
      const hub = await openHub(parts, null, setupOf(launch, null, view), view.origins.map(portOf));
      commands.add(hub);
      const end = async () => {
        if (commands.delete(hub)) await hub.close();
      };
      return { launch: launcher(hub, launch.cwd), end };
    },
    target(app) {
      const hub = hubs.get(app);
      return hub && { socketPath: hub.appSocket };
    },
    async close() {
      await Promise.all([...hubs.values(), ...commands].map((hub) => hub.close()));
      commands.clear();
    },
  };
}

const nothingMore: InsideView = { origins: [], readable: [] };

const portOf = (origin: string): number => Number(new URL(origin).port);

/** What starts the init of a namespace. */
function launcher(hub: Hub, cwd: string): Launch {
  const node = [process.execPath, '--disable-warning=ExperimentalWarning'];
  return { command: [...unshareCommand, ...node, init, hub.folder], env: launcherEnv(), cwd };
}

/** What the launcher itself needs. The app's variables come to it over the socket. */
function launcherEnv(): Record<string, string> {
  const cache = getCompileCacheDir();
  return {
    PATH: launcherPath(),
    ...(cache !== undefined && { NODE_COMPILE_CACHE: dirname(cache) }),
  };
}

/** `ip` and `setpriv` are often outside an ordinary user's PATH. */
export const launcherPath = () => `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`;

/** A checkout and a Node under /tmp stay in place where /tmp is private, because apps may be started with them. */
function ownFolders(): string[] {
  const root = resolve(import.meta.dirname, '../../..');
  return [...new Set([root, dirname(process.execPath)])].filter((folder) => folder.startsWith('/tmp/'));
}

/** What an app of root may write: its own files, and the private home and temporary folder it was given. */
function writableFolders(launch: Launch): string[] {
  return [...new Set([launch.cwd, launch.env['HOME'], launch.env['TMPDIR']])].filter(
    (folder): folder is string =>
      folder !== undefined && folder !== '' && folder !== '/' && folder !== '/tmp',
  );
}

/**
 * Unix sockets with a path on which somebody listens: they lead out of a network namespace. A datagram socket
 * (/dev/log is one) needs no accepting.
 */
function listeningSockets(): string[] {
  const accepting = '00010000';
  const datagram = '0002';
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => (fields[3] === accepting || fields[4] === datagram) && fields[7]?.startsWith('/'))
    .map((fields) => fields.slice(7).join(' '));
}
