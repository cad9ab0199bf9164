import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const skipped = new Set(['node_modules', '__pycache__', 'venv', 'coverage']);

/** Hash of the contents of these files of a folder; a missing one counts as such. */
export function hashFiles(folder: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) {
    hash.update(`\0${name}\0`);
    try {
      hash.update(readFileSync(join(folder, name)));
    } catch {
      hash.update('absent');
    }
  }
  return hash.digest('hex');
}

/**
 * Hash of the list of source files with size and time of change: cheap, and any edit changes it. Hidden
 * files, installed packages and logs are not source. Build output counts, so that deleting it builds again.
 */
export function hashTree(folder: string): string {
  const hash = createHash('sha256');
  const walk = (relative: string) => {
    const entries = readdirSync(join(folder, relative), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.') || skipped.has(entry.name) || entry.name.endsWith('.log')) continue;
      const path = join(relative, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(join(folder, path));
        hash.update(`${path}\0${size}\0${mtimeMs}\n`);
      }
    }
  };
  walk('');
  return hash.digest('hex');
}
