import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The program behind a socket of this namespace, as `node (12)`, by the socket's own port; the number is the one
 * the app itself sees. Null when the socket is gone, or its holder cannot be read.
 */
export function processOf(protocol: 'tcp' | 'udp', port: number): string | null {
  try {
    const inode = inodeOf(protocol, port) ?? inodeOf(`${protocol}6`, port);
    if (inode === undefined) return null;
    const link = `socket:[${inode}]`;
    const pid = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name, link));
    return pid === undefined ? null : `${programOf(pid)} (${pid})`;
  } catch {
    return null;
  }
}

function inodeOf(table: string, port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(suffix) && fields[9] !== '0') return fields[9];
  }
  return undefined;
}

function holds(pid: string, link: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlink(`/proc/${pid}/fd/${fd}`) === link);
  } catch {
    return false;
  }
}

function readlink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function programOf(pid: string): string {
  const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return basename(program) || readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
}
