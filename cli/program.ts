import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { registerAdvice } from './commands/advice.ts';
import { registerClock } from './commands/clock.ts';
import { registerCoverage } from './commands/coverage.ts';
import { registerCurl } from './commands/curl.ts';
import { registerDev } from './commands/dev.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEgress } from './commands/egress.ts';
import { registerEnv } from './commands/env.ts';
import { registerExec } from './commands/exec.ts';
import { registerFault } from './commands/fault.ts';
import { registerInit } from './commands/init.ts';
import { registerJournal } from './commands/journal.ts';
import { registerLogs } from './commands/logs.ts';
import { registerPersona } from './commands/persona.ts';
import { registerReset } from './commands/reset.ts';
import { registerRestore } from './commands/restore.ts';
import { registerSnapshot } from './commands/snapshot.ts';
import { registerSql } from './commands/sql.ts';
import { registerStart } from './commands/start.ts';
import { registerStatus } from './commands/status.ts';
import { registerStop } from './commands/stop.ts';
import { registerToken } from './commands/token.ts';
import type { Context, Register } from './context.ts';
import { exitCodes, UsageError } from './exit.ts';

/** Headings of the help, in the order in which somebody needs them. */
const groups: readonly { title: string; commands: readonly Register[] }[] = [
  {
    title: 'Run',
    commands: [registerDev, registerStart, registerExec, registerStatus, registerLogs, registerStop],
  },
  {
    title: 'Be somebody',
    commands: [registerPersona, registerEnv, registerToken, registerSql, registerCurl],
  },
  {
    title: 'See what happened',
    commands: [registerJournal, registerAdvice, registerEgress, registerCoverage],
  },
  {
    title: 'Change the world',
    commands: [registerReset, registerSnapshot, registerRestore, registerClock, registerFault],
  },
  { title: 'Set up', commands: [registerInit, registerDoctor] },
];

/** The command line, without running anything. */
export function createProgram(context: Context): Command {
  const { io } = context;
  const program = new Command('brickbox')
    .description('Local emulator and test sandbox for Databricks Apps. No account, no Docker, no network.')
    .version(version(), '-V, --version')
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for what there is)')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride();
  program.addHelpText(
    'after',
    `
Examples:
  $ brickbox dev                          run the app of this folder
  $ brickbox exec -- npm test             run tests in a world of their own
  $ brickbox sql --as ana "SELECT 1"      ask the running world as somebody`,
  );
  for (const { title, commands } of groups) {
    program.commandsGroup(`${title}:`);
    for (const register of commands) register(program, context);
  }
  return program;
}

/** Runs one command line. The exit code is in the context. Never throws. */
export async function runProgram(context: Context, argv: readonly string[]): Promise<void> {
  const program = createProgram(context);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const own = argv[0] === 'exec' ? exitCodes.own : exitCodes.usage;
    if (error instanceof CommanderError) {
      // Commander has printed its message; help and version end here with 0.
      context.exitCode = error.exitCode === 0 ? exitCodes.ok : own;
    } else if (error instanceof UsageError) {
      context.io.stderr.write(`${error.message}\n`);
      context.exitCode = own;
    } else {
      throw error;
    }
  }
}

function version(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read === 'object' && read !== null && 'version' in read) return String(read.version);
  }
  return 'unknown';
}
