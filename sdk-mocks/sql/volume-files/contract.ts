import type { Caller } from '../../../emulator/policy/index.ts';
import type { Entry } from '../../storage/index.ts';

/** A path as clients write it: `/Volumes/main/raw/landing/2024/a.csv`. */
export type VolumePath = string;

/** What is at a path, under the name clients know it by. */
export interface FileEntry extends Omit<Entry, 'path'> {
  path: VolumePath;
  /** Last part of the path. */
  name: string;
}

export type LinkAction = 'GET' | 'PUT' | 'DELETE';

/** A presigned URL: whoever has it may do this one thing until it expires, without any other credential. */
export interface Link {
  /** Path and query on the listener of the workspace. The token in it is a secret: never log it. */
  url: string;
  /** Virtual epoch milliseconds. */
  expiresAt: number;
}

/** What a link stands for, with the rights of its maker still checked when it is used. */
export interface Redeemed {
  caller: Caller;
  action: LinkAction;
  path: VolumePath;
  overwrite: boolean;
}

/**
 * Files of volumes for one caller at a time: READ VOLUME and WRITE VOLUME with USE CATALOG and USE SCHEMA are asked
 * before anything is told. Every method throws an ApiError: 400 for a path that is none, 403 naming the privilege, 404,
 * 409 for what exists (docs: Files API).
 */
export interface VolumeFiles {
  info(caller: Caller, path: VolumePath): FileEntry;
  read(caller: Caller, path: VolumePath): { entry: FileEntry; bytes: Buffer };
  write(
    caller: Caller,
    path: VolumePath,
    bytes: Buffer,
    options: { overwrite: boolean; contentType?: string },
  ): FileEntry;
  remove(caller: Caller, path: VolumePath): void;
  makeDirectory(caller: Caller, path: VolumePath): void;
  removeDirectory(caller: Caller, path: VolumePath): void;
  /** One page of a directory, by name. */
  list(caller: Caller, path: VolumePath, page: { after?: string; limit: number }): FileEntry[];
  /** Every file below a directory, or the file itself, by path. For COPY INTO and read_files. */
  filesAt(caller: Caller, path: VolumePath): FileEntry[];
  /** Asks the rights now, so that a refusal is told before anybody gets a URL. Lives `seconds` of sandbox time. */
  link(
    caller: Caller,
    action: LinkAction,
    path: VolumePath,
    options?: { overwrite?: boolean; seconds?: number },
  ): Link;
  /**
   * What the token of a link stands for; undefined for a token that was never given out, has expired, is for another
   * action, or whose maker is not active any more.
   */
  redeem(token: string, action: LinkAction): Redeemed | undefined;
}
