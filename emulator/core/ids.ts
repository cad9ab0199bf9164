import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Deterministic object ids: the same seed gives the same sequence. Never use these as secrets. */
export interface Ids {
  /** RFC 4122 shaped id (version 4 bits set), deterministic per `kind` and call order. */
  uuid(kind: string): string;
  /** `n` lower-case hexadecimal digits, n <= 64. */
  hex(kind: string, n: number): string;
  /** Decimal id of 16 digits that fits a JSON number (< 2^53). */
  number(kind: string): number;
  /** Where every sequence stands; `return` goes back there, so that after a reset the same objects get the same ids. */
  mark(): IdsMark;
  return(mark: IdsMark): void;
}

/** Opaque position of an id source. */
export type IdsMark = ReadonlyMap<string, number>;

/** Makes the id source of one sandbox from a seed. */
export function createIds(seed: string): Ids {
  let counters = new Map<string, number>();
  const next = (kind: string): Buffer => {
    const count = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, count);
    return createHash('sha256').update(`${seed}\0${kind}\0${count}`).digest();
  };
  return {
    uuid(kind) {
      const bytes = next(kind).subarray(0, 16);
      bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
      bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
      const hex = bytes.toString('hex');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    hex: (kind, n) => next(kind).toString('hex').slice(0, n),
    number: (kind) => 1_000_000_000_000_000 + Number(next(kind).readBigUInt64BE() % 8_000_000_000_000_000n),
    mark: () => new Map(counters),
    return(mark) {
      counters = new Map(mark);
    },
  };
}

/** Random values that must not be guessed: tokens, secrets, codes, cookies, request ids. */
export interface Secrets {
  /** `n` bytes as lower-case hexadecimal (2n digits) from the system's CSPRNG. */
  hex(n: number): string;
  bytes(n: number): Buffer;
  uuid(): string;
}

export const systemSecrets: Secrets = {
  hex: (n) => randomBytes(n).toString('hex'),
  bytes: (n) => randomBytes(n),
  uuid: () => randomUUID(),
};

/** Stored form of an opaque token or secret: SHA-256, hexadecimal. */
export function hashSecret(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
