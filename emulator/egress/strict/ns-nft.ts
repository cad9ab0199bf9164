import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/**
 * With nftables every port is covered, UDP is seen, and the app may listen where it likes: connections to other
 * addresses are turned to ports of ours far above those of apps. Without it acceptors take the ports themselves.
 */

/** Acceptor of the n-th known port. */
const firstAcceptor = 61_000;
/** Acceptor of all other ports. */
export const otherPorts = 61_999;

export const acceptorOf = (index: number): number => firstAcceptor + index;

const ruleset = (ports: readonly number[]) => `
table inet brickbox {
  map flows { type inet_service : inet_service; flags dynamic,timeout; timeout 60s; size 65535; }
  set udp4 { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 60s; size 4096; }
  set udp6 { type ipv6_addr . inet_service; flags dynamic,timeout; timeout 60s; size 4096; }
  chain turn {
    type nat hook output priority -100; policy accept;
    ip daddr 127.0.0.0/8 return
    ip6 daddr ::1 return
    tcp dport 53 dnat to :53
${ports.map((port, index) => `    tcp dport ${port} dnat to :${acceptorOf(index)}`).join('\n')}
    meta l4proto tcp update @flows { tcp sport : tcp dport } dnat to :${otherPorts}
  }
  chain watch {
    type filter hook output priority -150; policy accept;
    ip daddr 127.0.0.0/8 accept
    ip6 daddr ::1 accept
    udp dport 53 accept
    udp sport 53 accept
    icmp type echo-request drop
    icmpv6 type echo-request drop
    meta nfproto ipv4 meta l4proto udp update @udp4 { ip daddr . udp dport }
    meta nfproto ipv6 meta l4proto udp update @udp6 { ip6 daddr . udp dport }
  }
}
`;

/** Loads the rules. False where nft is missing or refused: the caller then listens on the ports themselves. */
export function turnAllPorts(ports: readonly number[]): boolean {
  try {
    execFileSync('nft', ['-f', '-'], { input: ruleset(ports), stdio: ['pipe', 'ignore', 'ignore'] });
    return true;
  } catch {
    return false;
  }
}

/** Port a connection was made to, by its source port; undefined when it is no longer known. */
export async function turnedPort(source: number): Promise<number | undefined> {
  const found = await elements('map', 'flows');
  for (const element of found) {
    const [key, port] = Array.isArray(element) ? element : [];
    if (plainValue(key) === source && typeof port === 'number') return port;
  }
  return undefined;
}

/** Milliseconds between looks at the kernel's count of datagrams that found no listener. */
const udpInterval = 200;

/**
 * Tells of each address and port the app sent datagrams to, once. Nothing answers them.
 * @returns looks at once, for the end of the app.
 */
export function watchUdp(seen: (address: string, port: number) => void): () => Promise<void> {
  const told = new Set<string>();
  let last = unheard();
  // One look at a time: the last one must wait for what an earlier one is still reading.
  let turn = Promise.resolve();
  const look = () => {
    turn = turn.then(read);
    return turn;
  };
  const read = async () => {
    const count = unheard();
    if (count !== last) {
      last = count;
      for (const element of [...(await elements('set', 'udp4')), ...(await elements('set', 'udp6'))]) {
        const value = plainValue(element);
        const [address, port] = concatOf(value);
        if (typeof address !== 'string' || typeof port !== 'number' || told.has(`${address} ${port}`))
          continue;
        told.add(`${address} ${port}`);
        seen(address, port);
      }
    }
  };
  const again = () => setTimeout(() => void look().then(again), udpInterval);
  again();
  return look;
}

/** Datagrams without a listener, IPv4 and IPv6, since the namespace was made. */
function unheard(): number {
  const v4 = readFileSync('/proc/net/snmp', 'utf8').match(/^Udp: \d+ (\d+)/m)?.[1];
  const v6 = readFileSync('/proc/net/snmp6', 'utf8').match(/^Udp6NoPorts\s+(\d+)/m)?.[1];
  return Number(v4 ?? 0) + Number(v6 ?? 0);
}

async function elements(kind: 'map' | 'set', name: string): Promise<unknown[]> {
  try {
    const { stdout } = await promisify(execFile)('nft', ['-j', 'list', kind, 'inet', 'brickbox', name]);
    const listed: { nftables?: Record<string, { elem?: unknown[] } | undefined>[] } = JSON.parse(stdout);
    return (listed.nftables ?? []).flatMap((entry) => entry[kind]?.elem ?? []);
  } catch {
    return [];
  }
}

/** nft writes an element with a timeout as `{elem: {val}}`. */
function plainValue(element: unknown): unknown {
  if (typeof element !== 'object' || element === null || !('elem' in element)) return element;
  const { elem } = element;
  return typeof elem === 'object' && elem !== null && 'val' in elem ? elem.val : undefined;
}

function concatOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('concat' in value)) return [];
  return Array.isArray(value.concat) ? value.concat : [];
}
