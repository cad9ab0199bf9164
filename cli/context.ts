import type { Command } from 'commander';
import { exitCodes, UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { type OutputOptions, print, printError, type Result } from './output.ts';
import type { Platform } from './platform.ts';

/** What every command gets. */
export interface Context {
  io: Io;
  /** Loads the public API: some hundred milliseconds, so only for commands that need it. */
  platform(): Promise<Platform>;
  /** Command line that starts this program again, for `--detach`. */
  self: readonly string[];
  /** Tells when the user or the system asks the program to end. */
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void): () => void;
  /** Set by commands, read by the entry. */
  exitCode: number;
}

/**
 * Runs a command's work and prints what it found or why it failed.
 * @param own exit code for errors of ours
 */
export async function run(
  context: Context,
  options: OutputOptions,
  work: () => Promise<Result | undefined> | Result | undefined,
  own: number = exitCodes.failed,
): Promise<void> {
  try {
    const result = await work();
    if (!result) return;
    print(context.io, options, result);
    context.exitCode = result.exitCode ?? exitCodes.ok;
  } catch (error) {
    printError(context.io, options, error);
    context.exitCode = error instanceof UsageError && own === exitCodes.failed ? exitCodes.usage : own;
  }
}

/** Adds the examples below the options of a command's help. */
export function examples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
}

/** A command file: adds its command to the program. */
export type Register = (program: Command, context: Context) => void;
