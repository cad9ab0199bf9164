/**
 * The X.509 extension that keeps a certificate authority to a few names (RFC 5280 §4.2.1.10). The library has no
 * class for it, so its few bytes of DER are written here.
 */
export const nameConstraintsOid = '2.5.29.30';

/** Loopback only: 127.0.0.0/8 and ::1/128, as address then mask. */
const loopback: readonly Buffer[] = [
  Buffer.from([127, 0, 0, 0, 255, 0, 0, 0]),
  Buffer.concat([Buffer.alloc(15), Buffer.from([1]), Buffer.alloc(16, 255)]),
];

/** DER of the constraint: exactly these DNS names, each with its subdomains, and loopback addresses. */
export function nameConstraints(names: readonly string[]): Buffer {
  const dns = names.map((name) => der(0x30, der(0x82, Buffer.from(name, 'ascii'))));
  const ip = loopback.map((range) => der(0x30, der(0x87, range)));
  return der(0x30, der(0xa0, Buffer.concat([...dns, ...ip])));
}

/** One DER element: tag, length, content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}
