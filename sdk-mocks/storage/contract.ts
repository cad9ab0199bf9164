import type { Freezable } from '../../emulator/state/index.ts';

/** A file or directory of a volume. */
export interface Entry {
  /** Inside the volume, `/` first: `/raw/a.csv`. */
  path: string;
  directory: boolean;
  /** Bytes; 0 for a directory. */
  size: number;
  contentType: string;
  /** Virtual epoch milliseconds. */
  modifiedAt: number;
}

/** Why a path cannot be used as asked. The callers turn it into the answer of their protocol. */
export type StorageProblem = 'exists' | 'not_found' | 'is_directory' | 'is_file' | 'not_empty';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly problem: StorageProblem;

  constructor(problem: StorageProblem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * Files of volumes, by the volume's full lower-case name. Knows nothing of rights: those who call it have asked.
 * Every method throws a StorageError.
 */
export interface VolumeStorage extends Freezable {
  /** Directories above the file are made, as an object store shows them. */
  write(
    volume: string,
    path: string,
    bytes: Buffer,
    options: { overwrite: boolean; contentType?: string },
  ): Entry;
  /** A file or directory, undefined when there is none. `/` is the volume itself. */
  entry(volume: string, path: string): Entry | undefined;
  /** The whole file. */
  read(volume: string, path: string): Buffer;
  remove(volume: string, path: string): void;
  /** Makes parents too; nothing happens when it exists. */
  makeDirectory(volume: string, path: string): void;
  /** Only an empty one. */
  removeDirectory(volume: string, path: string): void;
  /** What is directly in a directory, by name, after the path `after`. */
  list(volume: string, path: string, page: { after?: string; limit: number }): Entry[];
  /** Every file below a directory, by path. */
  filesBelow(volume: string, path: string): Entry[];
  /** Forgets a volume, or all volumes below a catalog or schema. */
  forget(name: string): void;
}
