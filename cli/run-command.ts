import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { BrickboxError } from '../emulator/core/index.ts';
import type { Context } from './context.ts';
import { exitCodes } from './exit.ts';

export interface CommandOutcome {
  /** The command's code, 128 + n after signal n, 126 or 127 when it could not be started. */
  exitCode: number;
  signal: NodeJS.Signals | null;
}

/** Runs a command on this terminal and hands our signals on to it. */
export function runCommand(
  context: Context,
  argv: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<CommandOutcome> {
  const [command, ...args] = argv;
  if (command === undefined) {
    throw new BrickboxError('COMMAND_MISSING', 'There is no command to run.', {
      fix: 'Write it after --, for example: brickbox exec -- npm test.',
    });
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    const unsubscribe = context.onSignal((signal) => child.kill(signal));
    child.once('error', (error) => {
      unsubscribe();
      context.io.stderr.write(`brickbox: "${command}" could not be started: ${error.message}\n`);
      const missing = 'code' in error && error.code === 'ENOENT';
      resolve({ exitCode: missing ? exitCodes.notFound : exitCodes.notExecutable, signal: null });
    });
    child.once('exit', (code, signal) => {
      unsubscribe();
      resolve({ exitCode: signal ? 128 + constants.signals[signal] : (code ?? exitCodes.own), signal });
    });
  });
}
