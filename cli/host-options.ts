import type { Command } from 'commander';
import { UsageError } from './exit.ts';
import { withWhere } from './where.ts';

/** Options of every command that starts a sandbox. */
export function withHost(command: Command): Command {
  return withWhere(command)
    .option(
      '--egress <mode>',
      'auto, strict or cooperative instead of the configuration; strict fails when it cannot be met',
    )
    .option('--port <number>', 'port of the workspace (default: a free one)', portNumber)
    .option(
      '--control-port <number>',
      'port of the control API and console (default: a free one)',
      portNumber,
    );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`"${text}" is not a port number.`);
  }
  return port;
}

export function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new UsageError(`"${text}" is not a whole number above 0.`);
  return number;
}
