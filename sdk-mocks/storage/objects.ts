import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BrickboxError } from '../../emulator/core/index.ts';

/** Bytes by their SHA-256 digest. The same bytes are kept once, however many files hold them. */
export interface Objects {
  /** Returns the digest once the bytes are kept (with a folder: safe on disk). */
  put(bytes: Buffer): string;
  /** @throws BrickboxError when the object is missing, which is a defect. */
  get(digest: string): Buffer;
  /** Nothing happens when it does not exist. */
  remove(digest: string): void;
  digests(): string[];
}

export function createMemoryObjects(): Objects {
  const kept = new Map<string, Buffer>();
  return {
    put(bytes) {
      const digest = digestOf(bytes);
      if (!kept.has(digest)) kept.set(digest, Buffer.from(bytes));
      return digest;
    },
    get(digest) {
      const bytes = kept.get(digest);
      if (!bytes) throw missing(digest);
      return bytes;
    },
    remove: (digest) => void kept.delete(digest),
    digests: () => [...kept.keys()],
  };
}

/**
 * Objects as files of a private folder. A file appears under its name only when it is whole: temporary file, fsync,
 * rename, fsync of the folder. What a crash left unfinished is removed at the start.
 */
export function createFolderObjects(folder: string): Objects {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = new Set<string>();
  for (const name of readdirSync(folder)) {
    if (/^[0-9a-f]{64}$/.test(name)) known.add(name);
    else rmSync(join(folder, name), { force: true });
  }
  return {
    put(bytes) {
      const digest = digestOf(bytes);
      if (known.has(digest)) return digest;
      const temporary = join(folder, `${digest}.part`);
      writeWhole(temporary, bytes);
      renameSync(temporary, join(folder, digest));
      syncFolder(folder);
      known.add(digest);
      return digest;
    },
    get(digest) {
      if (!known.has(digest)) throw missing(digest);
      return readFileSync(join(folder, digest));
    },
    remove(digest) {
      known.delete(digest);
      rmSync(join(folder, digest), { force: true });
    },
    digests: () => [...known],
  };
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function writeWhole(file: string, bytes: Buffer): void {
  const descriptor = openSync(file, 'w', 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function missing(digest: string): BrickboxError {
  return new BrickboxError('STORAGE_OBJECT', `The object ${digest.slice(0, 12)} of a volume is missing.`, {
    kind: 'internal',
  });
}
