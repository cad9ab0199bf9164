import type { Clock } from '../../emulator/core/index.ts';
import { createHolds, type Store } from '../../emulator/state/index.ts';
import { type Entry, StorageError, type VolumeStorage } from './contract.ts';
import { createMemoryObjects, type Objects } from './objects.ts';

interface EntryRow {
  path: string;
  digest: string | null;
  size: number;
  content_type: string | null;
  modified_at: number;
}

const root: Entry = { path: '/', directory: true, size: 0, contentType: '', modifiedAt: 0 };

/** Volume files of one sandbox: names in its control database, bytes in `objects` (default: in memory). */
export function createStorage(options: { store: Store; clock: Clock; objects?: Objects }): VolumeStorage {
  const { store, clock, objects = createMemoryObjects() } = options;
  const inUse = () =>
    new Set(
      store
        .all<{ digest: string }>('SELECT DISTINCT digest FROM storage_entries WHERE digest IS NOT NULL')
        .map(({ digest }) => digest),
    );
  const holds = createHolds('storage', inUse, (digest) => objects.remove(digest));
  // Written before the row that names it and then cut off: nobody can ask for it.
  const used = inUse();
  for (const digest of objects.digests()) if (!used.has(digest)) objects.remove(digest);

  const row = (volume: string, path: string) =>
    store.get<EntryRow>('SELECT * FROM storage_entries WHERE volume = ? AND path = ?', volume, path);
  const entry = (volume: string, path: string): Entry | undefined => {
    if (path === '/') return root;
    const found = row(volume, path);
    return found && entryOf(found);
  };
  const file = (volume: string, path: string): EntryRow & { digest: string } => {
    const found = path === '/' ? { digest: null } : row(volume, path);
    if (!found) throw new StorageError('not_found');
    if (!('path' in found) || found.digest === null) throw new StorageError('is_directory');
    return { ...found, digest: found.digest };
  };
  const directory = (volume: string, path: string): void => {
    const found = entry(volume, path);
    if (!found) throw new StorageError('not_found');
    if (!found.directory) throw new StorageError('is_file');
  };
  const makeDirectory = (volume: string, path: string): void => {
    if (path === '/') return;
    const found = row(volume, path);
    if (found?.digest === null) return;
    if (found) throw new StorageError('is_file');
    makeDirectory(volume, parentOf(path));
    store.run(
      'INSERT INTO storage_entries (volume, path, parent, size, modified_at) VALUES (?, ?, ?, 0, ?)',
      volume,
      path,
      parentOf(path),
      clock.now(),
    );
  };

  return {
    name: holds.name,
    freeze: holds.freeze,
    thaw: holds.thaw,
    release: holds.release,
    entry,
    write(volume, path, bytes, { overwrite, contentType }) {
      const found = entry(volume, path);
      if (found?.directory) throw new StorageError('is_directory');
      if (found && !overwrite) throw new StorageError('exists');
      const before = found && file(volume, path).digest;
      const digest = objects.put(bytes);
      holds.added([digest]);
      const written: Entry = {
        path,
        directory: false,
        size: bytes.length,
        contentType: contentType ?? typeOf(path),
        modifiedAt: clock.now(),
      };
      store.transaction(() => {
        makeDirectory(volume, parentOf(path));
        store.run(
          `INSERT OR REPLACE INTO storage_entries (volume, path, parent, digest, size, content_type, modified_at)
            VALUES (?, ?, ?, ?, ?, ?, ?)`,
          volume,
          path,
          parentOf(path),
          digest,
          written.size,
          written.contentType,
          written.modifiedAt,
        );
      });
      if (before !== undefined) holds.dropped([before]);
      return written;
    },
    read: (volume, path) => objects.get(file(volume, path).digest),
    remove(volume, path) {
      const { digest } = file(volume, path);
      store.run('DELETE FROM storage_entries WHERE volume = ? AND path = ?', volume, path);
      holds.dropped([digest]);
    },
    makeDirectory: (volume, path) => store.transaction(() => makeDirectory(volume, path)),
    removeDirectory(volume, path) {
      directory(volume, path);
      const child = store.get(
        'SELECT path FROM storage_entries WHERE volume = ? AND parent = ? LIMIT 1',
        volume,
        path,
      );
      if (child) throw new StorageError('not_empty');
      store.run('DELETE FROM storage_entries WHERE volume = ? AND path = ?', volume, path);
    },
    list(volume, path, { after = '', limit }) {
      directory(volume, path);
      return store
        .all<EntryRow>(
          'SELECT * FROM storage_entries WHERE volume = ? AND parent = ? AND path > ? ORDER BY path LIMIT ?',
          volume,
          path,
          after,
          limit,
        )
        .map(entryOf);
    },
    filesBelow(volume, path) {
      directory(volume, path);
      const prefix = path === '/' ? '/' : `${path}/`;
      return store
        .all<EntryRow>(
          `SELECT * FROM storage_entries
            WHERE volume = ? AND digest IS NOT NULL AND substr(path, 1, length(?)) = ? ORDER BY path`,
          volume,
          prefix,
          prefix,
        )
        .map(entryOf);
    },
    forget(name) {
      const where = "volume = ? OR substr(volume, 1, length(?) + 1) = ? || '.'";
      const gone = store.all<{ digest: string }>(
        `SELECT DISTINCT digest FROM storage_entries WHERE digest IS NOT NULL AND (${where})`,
        name,
        name,
        name,
      );
      store.run(`DELETE FROM storage_entries WHERE ${where}`, name, name, name);
      holds.dropped(gone.map(({ digest }) => digest));
    },
  };
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function entryOf(row: EntryRow): Entry {
  return {
    path: row.path,
    directory: row.digest === null,
    size: row.size,
    contentType: row.content_type ?? '',
    modifiedAt: row.modified_at,
  };
}

const types: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
  html: 'text/html',
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
};

/** By the extension (assumed: the platform guesses the same way). */
function typeOf(path: string): string {
  return types[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream';
}
