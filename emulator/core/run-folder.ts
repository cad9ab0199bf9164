import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a private temporary folder that belongs to this process: its name says so. Folders of the kind that
 * belong to processes of this user which are gone, killed perhaps, are removed on the way.
 * @param kind letters; the folder is `brickbox-KIND-…`.
 */
export function makeRunFolder(kind: string): string {
  const base = tmpdir();
  const mark = `brickbox-${kind}-${machineMark()}-`;
  for (const name of readdirSync(base)) {
    const [, pid] = name.startsWith(mark) ? (/^(\d+)-/.exec(name.slice(mark.length)) ?? []) : [];
    if (pid !== undefined && !alive(Number(pid))) removeOwn(join(base, name));
  }
  return mkdtempSync(join(base, `${mark}${process.pid}-`));
}

/** Process numbers mean something only here: containers may share a temporary folder. */
function machineMark(): string {
  return createHash('sha256')
    .update(hostname() + processNamespace())
    .digest('hex')
    .slice(0, 6);
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

function removeOwn(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  const own = found?.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
  if (own) rmSync(folder, { recursive: true, force: true });
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
