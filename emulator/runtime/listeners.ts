import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP listener of a process. */
export interface Listener {
  address: string;
  port: number;
}

/** Processes that belong to an app: its process group, and whoever carries its private HOME. Linux only, else undefined. */
export function processesOf(group: number, home: string): number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => groupOf(pid) === group || hasHome(pid, home));
  } catch {
    return undefined;
  }
}

/** Process group of a living process; zombies count as gone. */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : Number(group);
  } catch {
    return undefined;
  }
}

function hasHome(pid: number, home: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`HOME=${home}`);
  } catch {
    return false;
  }
}

/** TCP listeners of these processes; undefined where they cannot be seen (no /proc, another user's process). */
export function listenersOf(pids: readonly number[]): Listener[] | undefined {
  if (process.platform !== 'linux') return undefined;
  const sockets = pids.map(socketInodes);
  if (sockets.includes(undefined)) return undefined;
  const inodes = new Set(sockets.flatMap((one) => one ?? []));
  const found = ['tcp', 'tcp6'].flatMap((table) => readTable(`/proc/net/${table}`));
  return found.filter(({ inode }) => inodes.has(inode)).map(({ address, port }) => ({ address, port }));
}

function socketInodes(pid: number): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES' ? undefined : [];
  }
}

/** Rows in state LISTEN (0A) of a /proc/net table. */
function readTable(file: string): (Listener & { inode: string })[] {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [address, port] = (fields[1] ?? '').split(':');
      const inode = fields[9];
      if (fields[3] !== '0A' || !address || !port || !inode) return [];
      return [{ address: decodeAddress(address), port: Number.parseInt(port, 16), inode }];
    });
}

/** The kernel prints addresses as 32-bit words in host order; every machine we run on is little-endian. */
export function decodeAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  if (groups.every((group) => group === '0')) return '::';
  if (groups.slice(0, 7).every((group) => group === '0')) return `::${groups[7]}`;
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') {
    return bytes.slice(12).join('.');
  }
  return groups.join(':');
}

/** `127.0.0.1:8000`, `[::]:8000`. */
export function listenerText({ address, port }: Listener): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
