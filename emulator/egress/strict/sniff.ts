import type { Socket } from 'node:net';
import { isValidHostname, normalizeHost } from '../policy/index.ts';

/** The name a client says it wants in its first bytes; null when there is none, undefined when more is needed. */
export function nameInFirstBytes(bytes: Buffer): string | null | undefined {
  if (bytes.length === 0) return undefined;
  return bytes[0] === 0x16 ? serverName(bytes) : hostHeader(bytes);
}

/** Server name of a TLS ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). */
function serverName(bytes: Buffer): string | null | undefined {
  if (bytes.length < 5) return undefined;
  const end = 5 + bytes.readUInt16BE(3);
  if (bytes.length < end) return end > longest ? null : undefined;
  const reader = new Reader(bytes.subarray(5, end));
  try {
    if (reader.take(1)[0] !== 1) return null;
    reader.take(3 + 2 + 32);
    reader.block(1);
    reader.block(2);
    reader.block(1);
    const extensions = new Reader(reader.block(2));
    while (extensions.left > 0) {
      const type = extensions.number();
      const body = extensions.block(2);
      if (type !== 0) continue;
      const list = new Reader(new Reader(body).block(2));
      return list.take(1)[0] === 0 ? valid(list.block(2).toString('latin1')) : null;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return null;
}

function hostHeader(bytes: Buffer): string | null | undefined {
  const text = bytes.toString('latin1');
  if (!/^[A-Z]{1,20}(\s|$)/.test(text)) return null;
  const host = /\r\nhost:[ \t]*([^\s:]+)(:\d+)?[ \t]*\r\n/i.exec(text)?.[1];
  if (host !== undefined) return valid(host);
  return text.includes('\r\n\r\n') || bytes.length > longest ? null : undefined;
}

const longest = 16 * 1024;

function valid(name: string): string | null {
  const host = normalizeHost(name);
  return isValidHostname(host) ? host : null;
}

/** Reads big-endian fields. @throws RangeError past the end. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Buffer {
    if (this.left < count) throw new RangeError('past the end');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(): number {
    return this.take(2).readUInt16BE();
  }

  /** A block with its length before it, in so many bytes. */
  block(lengthBytes: 1 | 2): Buffer {
    return this.take(this.take(lengthBytes).readUIntBE(0, lengthBytes));
  }
}

/** How long a client may take to say a name before it is refused without one. Milliseconds. */
const patience = 300;

/** Waits for the first bytes of a connection that has no name, and gives the name in them. The bytes are consumed. */
export function sniffName(socket: Socket, first: Buffer): Promise<string | null> {
  return new Promise((resolve) => {
    let seen = first;
    const done = (name: string | null) => {
      clearTimeout(timer);
      socket.removeListener('data', take);
      socket.removeListener('close', gone);
      socket.pause();
      resolve(name);
    };
    const look = () => {
      const name = nameInFirstBytes(seen);
      if (name !== undefined) done(name);
    };
    const take = (part: Buffer) => {
      seen = Buffer.concat([seen, part]);
      look();
    };
    const gone = () => done(null);
    const timer = setTimeout(() => done(null), patience);
    socket.on('data', take);
    socket.once('close', gone);
    socket.resume();
    look();
  });
}
