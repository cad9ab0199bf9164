import type { Command } from 'commander';
import { BrickboxError } from '../emulator/core/index.ts';
import { type ControlClient, createClient } from './client.ts';
import type { Io } from './io.ts';
import { findRuns, type Run } from './run-file.ts';
import { runFolder, type WhereOptions } from './where.ts';

export interface RunOptions extends Pick<WhereOptions, 'config'> {
  run?: string;
}

/** Adds what says which run is meant. */
export function withRun(command: Command): Command {
  return command
    .option('--config <file>', 'the run of this configuration')
    .option('--run <id>', 'the run with this id, when a folder has several');
}

/** The run file, when the run is known by one. */
export interface Found {
  client: ControlClient;
  run: Run | undefined;
}

/**
 * The run that is meant: `BRICKBOX_URL` of the environment, else the only run of the folder.
 * @throws BrickboxError when there is none, or more than one
 */
export function findRun(io: Io, options: RunOptions): Found {
  const url = io.env['BRICKBOX_URL'];
  if (url && options.run === undefined && options.config === undefined) {
    const token = io.env['BRICKBOX_TOKEN'];
    if (!token) {
      throw new BrickboxError('TOKEN_MISSING', 'BRICKBOX_URL is set, but BRICKBOX_TOKEN is not.', {
        fix: 'Set both, as brickbox env prints them, or unset BRICKBOX_URL.',
      });
    }
    return { client: createClient(url, token), run: undefined };
  }
  const folder = runFolder(io, options);
  const all = findRuns(io, folder);
  const runs = options.run === undefined ? all : all.filter(({ id }) => id === options.run);
  const [run] = runs;
  if (!run) {
    throw new BrickboxError(
      'NO_RUN',
      options.run === undefined
        ? `Nothing runs in ${folder}.`
        : `There is no run "${options.run}" in ${folder}.`,
      { fix: 'Start one with brickbox dev or brickbox start, or call from the folder of the run.' },
    );
  }
  if (runs.length > 1) {
    const ids = runs.map(({ id, pid }) => `${id} (process ${pid})`).join(', ');
    throw new BrickboxError('SEVERAL_RUNS', `Several runs belong to ${folder}: ${ids}.`, {
      fix: 'Say which one with --run ID.',
    });
  }
  return { client: createClient(run.url, run.token), run };
}
