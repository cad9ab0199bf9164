import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Io } from './io.ts';

/** What other commands need to reach a run. Holds its secret: mode 0600. */
const runSchema = z.object({
  version: z.literal(1),
  id: z.string(),
  pid: z.number().int(),
  url: z.string(),
  token: z.string(),
  folder: z.string(),
  started_at: z.string(),
  workspace_url: z.string(),
  apps: z.array(z.object({ name: z.string(), url: z.string() })),
  /** Profiles of the personas and apps, for SDKs and tools. */
  databricks_config_file: z.string(),
  /** Where a detached run writes what it prints. */
  log: z.string().nullable(),
});

export type Run = z.output<typeof runSchema>;

/**
 * Folder of the run files: `.brickbox/run` of the folder, or a folder of the user's state directory when that
 * one cannot be written (XDG base directories).
 */
function runsFolder(io: Pick<Io, 'env'>, folder: string): string {
  const own = join(folder, '.brickbox', 'run');
  if (existsSync(own) ? writable(own) : writable(folder)) return own;
  return elsewhere(io, folder);
}

/** Makes the folder, kept out of version control. */
export function prepareRunsFolder(io: Pick<Io, 'env'>, folder: string): string {
  const runs = runsFolder(io, folder);
  mkdirSync(runs, { recursive: true, mode: 0o700 });
  const ignore = join(folder, '.brickbox', '.gitignore');
  if (runs.startsWith(join(folder, '.brickbox')) && !existsSync(ignore)) writeFileSync(ignore, '*\n');
  return runs;
}

/** Writes a file only the user can read, in one step, so that nobody sees half of it. */
export function writePrivate(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

export function writeRun(runs: string, run: Run): string {
  const path = join(runs, `${run.id}.json`);
  writePrivate(path, `${JSON.stringify(run, null, 2)}\n`);
  return path;
}

/** Runs of a folder that are alive, oldest first. Files of runs that died are removed. */
export function findRuns(io: Pick<Io, 'env'>, folder: string): Run[] {
  const places = new Set([join(folder, '.brickbox', 'run'), elsewhere(io, folder)]);
  return [...places]
    .flatMap((place) => (existsSync(place) ? readPlace(place) : []))
    .sort((a, b) => a.started_at.localeCompare(b.started_at));
}

function readPlace(place: string): Run[] {
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const path = join(place, name);
      const run = readRun(path);
      if (run && alive(run.pid)) return [run];
      if (run) {
        rmSync(path, { force: true });
        rmSync(run.databricks_config_file, { force: true });
      }
      return [];
    });
}

/** A file that another program wrote, or half of one, is not a run. */
function readRun(path: string): Run | undefined {
  try {
    return runSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function elsewhere({ env }: Pick<Io, 'env'>, folder: string): string {
  const state = env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state');
  const real = existsSync(folder) ? realpathSync(folder) : folder;
  return join(state, 'brickbox', 'run', createHash('sha256').update(real).digest('hex').slice(0, 16));
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
