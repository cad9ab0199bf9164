import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { BrickboxError } from '../emulator/core/index.ts';
import { UsageError } from './exit.ts';
import type { Io } from './io.ts';
import { callFolder } from './where.ts';

/** What a command found: for machines, and for people. */
export interface Result {
  json: object;
  text: string;
  /** Default 0. */
  exitCode?: number;
}

export interface OutputOptions {
  json?: boolean;
  out?: string;
}

/** Adds `--json` and `--out` to a command. */
export function withOutput(command: Command): Command {
  return command
    .option('--json', 'print the result as JSON on the last line of stdout')
    .option('--out <file>', 'write the same JSON alone into a file');
}

/** Prints a result in the form that was asked for. */
export function print(io: Io, options: OutputOptions, result: Result): void {
  const json = JSON.stringify(result.json);
  if (options.out !== undefined) writeOut(io, options.out, json);
  if (options.json) io.stdout.write(`${json}\n`);
  else if (result.text !== '') io.stdout.write(`${result.text}\n`);
}

/** Prints an error: text on stderr, and with `--json` an object on the last line of stdout too. */
export function printError(io: Io, options: OutputOptions, error: unknown): void {
  const shape = errorShape(error);
  io.stderr.write(`${error instanceof BrickboxError ? error.toText() : shape.message}\n`);
  if (!(error instanceof BrickboxError) && io.env['BRICKBOX_DEBUG'] && error instanceof Error) {
    io.stderr.write(`${error.stack ?? ''}\n`);
  }
  const json = JSON.stringify({ error: shape });
  if (options.json) io.stdout.write(`${json}\n`);
  try {
    if (options.out !== undefined) writeOut(io, options.out, json);
  } catch {
    // The error above is the one to report; it may be the very same.
  }
}

function errorShape(error: unknown): { code: string; message: string; fix?: string } {
  if (error instanceof BrickboxError) {
    return { code: error.code, message: error.message, ...(error.fix && { fix: error.fix }) };
  }
  if (error instanceof UsageError) return { code: 'USAGE', message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'INTERNAL', message: `Brickbox failed: ${message}. BRICKBOX_DEBUG=1 shows where.` };
}

function writeOut(io: Io, file: string, json: string): void {
  const path = resolve(callFolder(io), file);
  try {
    writeFileSync(path, `${json}\n`);
  } catch (cause) {
    throw new BrickboxError('OUT_FILE', `The result could not be written to ${path}.`, {
      fix: 'Name a file in a folder that exists and can be written.',
      cause,
    });
  }
}
