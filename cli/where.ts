import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Io } from './io.ts';

/** What to run: `--config`, `--app`, or the folder the command was called from. */
export interface WhereOptions {
  config?: string;
  app?: string[];
}

/**
 * Folder the command was called from. A package manager starts scripts in the package's root and keeps the
 * caller's folder in `INIT_CWD`; outside a script that variable is a leftover and does not count.
 */
export function callFolder({ env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  const fromScript = env['npm_lifecycle_event'] !== undefined || env['PNPM_SCRIPT_SRC_DIR'] !== undefined;
  return fromScript && env['INIT_CWD'] ? env['INIT_CWD'] : cwd;
}

/** Folder a run belongs to: the configuration's, else that of the first app, else where it was called from. */
export function runFolder(io: Pick<Io, 'env' | 'cwd'>, options: WhereOptions): string {
  const from = callFolder(io);
  if (options.config !== undefined) return dirname(resolve(from, options.config));
  const first = options.app?.[0];
  return first === undefined ? from : resolve(from, first);
}

/** Adds `--config` and `--app`: what to run. */
export function withWhere(command: Command): Command {
  return command
    .option('--config <file>', 'configuration to run (default: brickbox.yaml of this folder)')
    .option('--app <dir>', 'folder of an app to run, repeatable', collect);
}

/** For options that can be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
