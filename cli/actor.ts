import type { Command } from 'commander';
import type { Who } from './client.ts';
import { UsageError } from './exit.ts';

export interface ActorOptions {
  as?: string;
  asApp?: string;
}

/** Adds `--as` and `--as-app`: who acts. */
export function withActor(command: Command): Command {
  return command
    .option('--as <persona>', 'persona alias, user name or service principal')
    .option('--as-app <name>', "the app's own service principal");
}

/** @throws UsageError unless exactly one is given */
export function whoOf({ as, asApp }: ActorOptions): Who {
  if (as !== undefined && asApp === undefined) return { as };
  if (asApp !== undefined && as === undefined) return { as_app: asApp };
  throw new UsageError('Say who acts: --as PERSONA or --as-app NAME.');
}
