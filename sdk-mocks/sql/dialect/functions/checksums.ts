import { fill } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { t } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import type { FunctionRule } from './define.ts';

/** The 256 remainders of the CRC-32 of IEEE 802.3, which `crc32` of Spark (java.util.zip.CRC32) uses. */
const table = Array.from({ length: 256 }, (_unused, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** Byte by byte over the hex digits; the engine has no sum of its own. */
const sum =
  "CASE WHEN $1 IS NOT NULL THEN xor(list_reduce(list_prepend(CAST(4294967295 AS BIGINT), list_transform(range(CAST(length($1) // 2 AS BIGINT)), lambda b: CAST('0x' || substr($1, 2 * b + 1, 2) AS BIGINT))), " +
  `lambda c, b: xor(c >> 8, CAST([${table.join(', ')}] AS BIGINT[])[(xor(c, b) & 255) + 1])), CAST(4294967295 AS BIGINT)) END`;

export const checksumsRules: FunctionRule[] = [
  rule('crc32', (call) => {
    arity(call, 1);
    const value = arg(call, 0);
    const bytes = value.type.kind === 'binary' ? value : cast(value, t.string);
    return made(call, fill(sum, [{ sql: `hex(${bytes.sql})` }]), t.bigint);
  }),
];
