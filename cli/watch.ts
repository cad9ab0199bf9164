import { type FSWatcher, watch } from 'node:fs';
import { sep } from 'node:path';

/** Parts of a path that are results, not sources: a change there starts nothing. */
const ignored = new Set([
  'node_modules',
  '.brickbox',
  '.git',
  '.venv',
  '__pycache__',
  '.pytest_cache',
  '.cache',
  'coverage',
]);

/** True when a change of this path (relative to the watched folder) is of interest. */
export function isSource(path: string): boolean {
  const parts = path.split(sep);
  const name = parts.at(-1) ?? '';
  return !parts.some((part) => ignored.has(part)) && !/(~|\.swp|\.tmp|\.log|\.pyc)$/.test(name);
}

/**
 * Calls `onChange` once for a burst of changes below a folder, after `quiet` milliseconds without one, with the
 * path that changed last. Returns the function that ends it.
 */
export function watchSources(folder: string, onChange: (path: string) => void, quiet = 200): () => void {
  let timer: NodeJS.Timeout | undefined;
  const watcher: FSWatcher = watch(folder, { recursive: true }, (_event, name) => {
    if (name === null || !isSource(name)) return;
    clearTimeout(timer);
    timer = setTimeout(() => onChange(name), quiet);
  });
  // A folder that disappears ends the watching, not the program.
  watcher.on('error', () => watcher.close());
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
