import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Folder of ours inside an app's folder; it ignores itself in git. */
export function privateFolder(folder: string): string {
  const path = join(folder, '.brickbox');
  mkdirSync(path, { recursive: true });
  try {
    writeFileSync(join(path, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is already there.
  }
  return path;
}

/** Fingerprints of the steps that were done, by step. */
export function readBuildState(folder: string): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(readFileSync(join(folder, '.brickbox', 'build.json'), 'utf8'));
    if (typeof kept !== 'object' || kept === null) return {};
    return Object.fromEntries(
      Object.entries(kept).filter((one): one is [string, string] => typeof one[1] === 'string'),
    );
  } catch {
    return {};
  }
}

export function writeBuildState(folder: string, state: Readonly<Record<string, string>>): void {
  const file = join(privateFolder(folder), 'build.json');
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}

/**
 * Two sandboxes may start the same app: only one of them installs and builds at a time. The lock names its
 * process, so that one left by a dead process is taken over.
 */
export async function withBuildLock<T>(
  folder: string,
  run: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const file = join(privateFolder(folder), 'build.lock');
  while (!takeLock(file)) await delay(50, undefined, { signal });
  try {
    return await run();
  } finally {
    rmSync(file, { force: true });
  }
}

function takeLock(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = readOwner(file);
    if (owner !== undefined && !alive(owner)) rmSync(file, { force: true });
    return false;
  }
}

function readOwner(file: string): number | undefined {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    return owner > 0 ? owner : undefined;
  } catch {
    return undefined;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
