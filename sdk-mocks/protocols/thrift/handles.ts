import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../emulator/identity/index.ts';
import type { ThriftStruct } from './codec/index.ts';

/** Id and secret of a session or operation. Only who knows both, and is its owner, may use it. */
export interface Handle {
  /** UUID as text. Node's driver insists on a valid one (code: databricks-sql-nodejs). */
  id: string;
  secret: Buffer;
}

export function identifier({ id, secret }: Handle): ThriftStruct {
  return { guid: Buffer.from(id.replaceAll('-', ''), 'hex'), secret };
}

/** UUID text of the 16 bytes of a handle; hexadecimal for anything else. */
export function idOf(guid: Buffer): string {
  const hex = guid.toString('hex');
  if (guid.length !== 16) return hex.slice(0, 64);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export function sameSecret(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Sessions and operations belong to a principal, whichever of its tokens it calls with. */
export function ownerOf({ principal }: Caller): string {
  return `${principal.kind} ${principal.name}`;
}
