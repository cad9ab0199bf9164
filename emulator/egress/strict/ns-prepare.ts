import { execFileSync } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { Setup } from './protocol.ts';

/** The name server of the namespace. Any address would do: all of them end here. */
export const nameServer = '10.0.2.3';

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Opens the folder the run's folder is in, as a mount of its own: the sockets stay reachable and can be made
 * and removed when that folder is hidden from the app and the rest is read-only.
 * @returns the run's folder by way of the open descriptor.
 */
export function holdFolder(folder: string): string {
  const parent = dirname(folder);
  run('mount', '--make-rprivate', '/');
  run('mount', '--bind', parent, parent);
  const held = openSync(parent, constants.O_RDONLY | constants.O_DIRECTORY);
  return join(`/proc/self/fd/${held}`, basename(folder));
}

/** Network and mounts of the namespace. @throws Error naming the step that failed. */
export function prepare(folder: string, setup: Setup): void {
  run('ip', 'link', 'set', 'lo', 'up');
  // "AnyIP": every address is ours, so that any connection arrives at an acceptor of ours.
  run('ip', 'route', 'add', 'local', '0.0.0.0/0', 'dev', 'lo');
  if (existsSync('/proc/sys/net/ipv6')) run('ip', '-6', 'route', 'add', 'local', '::/0', 'dev', 'lo');
  writeFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', '0');
  useOwnResolver(folder);
  if (setup.writable) readOnly(setup.writable, setup.readable, dirname(folder));
  for (const path of ['/run/systemd/resolve', '/run/nscd', '/var/run/nscd', ...setup.masked]) mask(path);
  mask(dirname(folder));
}

function useOwnResolver(folder: string): void {
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`);
  if (existsSync('/etc/resolv.conf')) run('mount', '--bind', file, '/etc/resolv.conf');
}

/**
 * An empty folder over a folder, /dev/null over a file or socket. What is gone, also meanwhile, needs no mask;
 * nor does what this user cannot look up.
 */
function mask(path: string): void {
  const found = look(path);
  if (!found) return;
  try {
    if (found.isDirectory()) run('mount', '-t', 'tmpfs', '-o', 'size=4k,mode=0755', 'none', path);
    else run('mount', '--bind', '/dev/null', path);
  } catch (error) {
    if (look(path)) throw error;
  }
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return undefined;
    throw error;
  }
}

/** Everything read-only except the given folders and a private /tmp: an app of root is root in its files. */
function readOnly(writable: readonly string[], readable: readonly string[], hubs: string): void {
  // Mounts of their own, so that they stay writable when the rest is not.
  for (const folder of [...writable, ...readable]) run('mount', '--bind', folder, folder);
  const inTmp = [...writable, ...readable].filter((folder) => folder.startsWith('/tmp/'));
  const held = inTmp.map((folder) => ({ folder, fd: openSync(folder, constants.O_RDONLY) }));
  for (const point of mountPoints()) {
    const kernel = /^\/(proc|sys|dev)(\/|$)/.test(point);
    const own = writable.includes(point) || point === hubs || point === '/etc/resolv.conf';
    if (!kernel && !own) run('mount', '-o', 'remount,bind,ro', point);
  }
  run('mount', '-t', 'tmpfs', '-o', 'mode=1777', 'none', '/tmp');
  for (const { folder, fd } of held) {
    mkdirSync(folder, { recursive: true });
    // By descriptor, because the name now means the new folder; -c keeps mount from looking it up.
    run('mount', '-c', '--bind', `/proc/${process.pid}/fd/${fd}`, folder);
    closeSync(fd);
  }
}

function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n');
  const points = lines.map((line) => (line.split(' ')[4] ?? '/').replace(/\\040/g, ' '));
  return [...new Set(points)];
}

/** The gate is proven before the app starts: a name and an address that must not be reached. @throws Error */
export async function canary(): Promise<void> {
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([nameServer]);
  const found = await resolver.resolve4('egress-canary.invalid').catch(() => []);
  if (found.length > 0) throw new Error('the canary name was resolved');
  const outcome = await new Promise<string>((resolve) => {
    const socket = connect(443, '192.0.2.1');
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer')));
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('end', () => resolve('end'));
    socket.resume();
  });
  if (outcome !== 'ECONNRESET') throw new Error(`the canary address answered with ${outcome}`);
}
