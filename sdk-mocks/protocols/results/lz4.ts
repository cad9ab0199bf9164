/** Version 1, independent blocks of at most 4 MiB, no checksums: the header the service uses (recorded). */
const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73]);
const blockSize = 4 * 1024 * 1024;
/** The top bit of a block's length says that the block is stored, not compressed (docs: LZ4 frame format). */
const stored = 0x80000000;

/**
 * One LZ4 frame of stored blocks. Every decoder takes it; on loopback there is nothing to gain from compressing.
 */
export function lz4Frame(bytes: Buffer): Buffer {
  const parts: Buffer[] = [header];
  for (let at = 0; at < bytes.length; at += blockSize) {
    const block = bytes.subarray(at, at + blockSize);
    parts.push(u32(block.length + stored), block);
  }
  parts.push(u32(0));
  return Buffer.concat(parts);
}

function u32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
