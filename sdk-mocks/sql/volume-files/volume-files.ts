import { ApiError, type Clock, type Secrets } from '../../../emulator/core/index.ts';
import { type Caller, denialSentence, type Policy } from '../../../emulator/policy/index.ts';
import { type Entry, StorageError, type StorageProblem, type VolumeStorage } from '../../storage/index.ts';
import { type Catalog, fullName } from '../catalog/index.ts';
import type { FileEntry, LinkAction, VolumeFiles } from './contract.ts';
import { Links } from './links.ts';
import { type ParsedPath, parseVolumePath } from './path.ts';

export interface VolumeFilesOptions {
  catalog: Catalog;
  policy: Policy;
  storage: VolumeStorage;
  clock: Clock;
  secrets: Secrets;
  /** Whether a principal may still act. A link of one who may not is dead. */
  active: (principal: string) => boolean;
}

interface Opened extends ParsedPath {
  /** Full name of the volume. */
  key: string;
}

/** The volumes of one sandbox behind their rights. */
export function createVolumeFiles(options: VolumeFilesOptions): VolumeFiles {
  const { catalog, policy, storage } = options;
  const links = new Links(options.clock, options.secrets);

  /** Rights first: who may not know a volume is told the same whether it exists or not. */
  const open = (caller: Caller, privilege: 'READ VOLUME' | 'WRITE VOLUME', path: string): Opened => {
    const parsed = parseVolumePath(path);
    const key = fullName(parsed.volume);
    const ref = { kind: 'VOLUME' as const, name: key };
    const exists = catalog.volume(parsed.volume) !== undefined;
    const decision = policy.authorizer.check(caller, privilege, ref);
    if (!decision.allow) {
      const message = denialSentence(decision);
      throw new ApiError(403, 'PERMISSION_DENIED', message, { explanation: decision.explanation });
    }
    if (!exists) throw new ApiError(404, 'NOT_FOUND', `Volume '${key}' does not exist.`);
    return { ...parsed, key };
  };
  const shown = ({ volume }: ParsedPath, entry: Entry): FileEntry => {
    const top = `/Volumes/${volume.catalog}/${volume.schema}/${volume.name}`;
    const path = entry.path === '/' ? top : top + entry.path;
    return { ...entry, path, name: path.slice(path.lastIndexOf('/') + 1) };
  };
  const found = (at: Opened): Entry => {
    const entry = storage.entry(at.key, at.inside);
    if (!entry) throw new StorageError('not_found');
    return entry;
  };

  const files: VolumeFiles = {
    info: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'READ VOLUME', path);
        return shown(at, found(at));
      }),
    read: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'READ VOLUME', path);
        const bytes = storage.read(at.key, at.inside);
        return { entry: shown(at, found(at)), bytes };
      }),
    write: (caller, path, bytes, how) =>
      answering(path, () => {
        const at = open(caller, 'WRITE VOLUME', path);
        return shown(at, storage.write(at.key, at.inside, bytes, how));
      }),
    remove: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'WRITE VOLUME', path);
        storage.remove(at.key, at.inside);
      }),
    makeDirectory: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'WRITE VOLUME', path);
        storage.makeDirectory(at.key, at.inside);
      }),
    removeDirectory: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'WRITE VOLUME', path);
        if (at.inside === '/')
          throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'The root of a volume cannot be deleted.');
        storage.removeDirectory(at.key, at.inside);
      }),
    list: (caller, path, { after, limit }) =>
      answering(path, () => {
        const at = open(caller, 'READ VOLUME', path);
        const from = after === undefined ? {} : { after: parseVolumePath(after).inside };
        return storage.list(at.key, at.inside, { ...from, limit }).map((entry) => shown(at, entry));
      }),
    filesAt: (caller, path) =>
      answering(path, () => {
        const at = open(caller, 'READ VOLUME', path);
        const entry = found(at);
        const below = entry.directory ? storage.filesBelow(at.key, at.inside) : [entry];
        return below.map((one) => shown(at, one));
      }),
    link(caller, action, path, { overwrite = false, seconds } = {}) {
      answering(path, () => {
        const at = open(caller, action === 'GET' ? 'READ VOLUME' : 'WRITE VOLUME', path);
        const entry = action === 'PUT' ? storage.entry(at.key, at.inside) : found(at);
        if (entry?.directory) throw new StorageError('is_directory');
        if (action === 'PUT' && entry && !overwrite) throw new StorageError('exists');
      });
      return links.make({ caller, action, path, overwrite }, seconds);
    },
    redeem(token: string, action: LinkAction) {
      const link = links.find(token, action);
      return link && options.active(link.caller.principal.name) ? link : undefined;
    },
  };
  return files;
}

/** Status, code and text of each problem (docs: Files API; texts assumed). */
const answers: Readonly<Record<StorageProblem, [status: number, code: string, text: string]>> = {
  exists: [409, 'ALREADY_EXISTS', 'The file being created already exists.'],
  not_found: [404, 'NOT_FOUND', 'The file or directory being accessed is not found.'],
  is_directory: [409, 'ALREADY_EXISTS', 'There is a directory at this path, where a file is meant.'],
  is_file: [409, 'ALREADY_EXISTS', 'There is a file at this path, where a directory is meant.'],
  not_empty: [400, 'DIRECTORY_NOT_EMPTY', 'The directory is not empty. Delete its contents first.'],
};

function answering<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const [status, code, text] = answers[error.problem];
    throw new ApiError(status, code, `${text} Path: ${path}`);
  }
}
