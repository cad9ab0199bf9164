import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BrickboxError } from '../emulator/core/index.ts';
import type { Context } from './context.ts';
import type { HostOptions } from './host.ts';
import { createProgress } from './io.ts';
import { findRuns, prepareRunsFolder, type Run } from './run-file.ts';
import { callFolder, runFolder } from './where.ts';

const pollEvery = 50;

/**
 * Starts `brickbox start` in the background and waits until it is ready.
 * @throws BrickboxError with the end of its log when it ends before that
 */
export async function detach(context: Context, options: HostOptions, id: string): Promise<Run> {
  const folder = runFolder(context.io, options);
  const log = join(prepareRunsFolder(context.io, folder), `${id}.log`);
  const [command = process.execPath, ...args] = context.self;
  const output = openSync(log, 'a', 0o600);
  const child = spawn(command, [...args, 'start', ...passOn(options), '--run-id', id, '--log', log], {
    cwd: callFolder(context.io),
    env: { ...context.io.env },
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  child.once('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? `code ${code}`}`;
  });

  const progress = createProgress(context.io);
  progress.step('Starting in the background');
  try {
    for (;;) {
      const run = findRuns(context.io, folder).find((candidate) => candidate.id === id);
      if (run) {
        child.removeAllListeners();
        child.unref();
        return run;
      }
      if (failure !== undefined) {
        throw new BrickboxError('START_FAILED', `The run did not start: ${failure}.\n${tail(log)}`, {
          fix: `The whole log is ${log}.`,
        });
      }
      await delay(pollEvery);
    }
  } finally {
    progress.done();
  }
}

function passOn(options: HostOptions): string[] {
  const pair = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [name, String(value)];
  return [
    ...pair('--config', options.config),
    ...(options.app ?? []).flatMap((app) => ['--app', app]),
    ...pair('--egress', options.egress),
    ...pair('--port', options.port),
    ...pair('--control-port', options.controlPort),
    ...(options.workspaceOnly ? ['--workspace-only'] : []),
  ];
}

function tail(file: string): string {
  const text = readFileSync(file, 'utf8').trimEnd();
  return text.split('\n').slice(-15).join('\n');
}
