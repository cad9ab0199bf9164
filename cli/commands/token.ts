import { type ActorOptions, whoOf, withActor } from '../actor.ts';
import { examples, type Register, run } from '../context.ts';
import { UsageError } from '../exit.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { parseDuration } from '../text.ts';
import { collect } from '../where.ts';

interface Options extends RunOptions, OutputOptions, ActorOptions {
  scope?: string[];
  lifetime?: string;
  pat?: boolean;
}

export const registerToken: Register = (program, context) => {
  const command = withActor(withOutput(withRun(program.command('token'))))
    .description('a token for the workspace')
    .option('--scope <name>', 'repeatable; default: all-apis', collect)
    .option('--lifetime <duration>', 'for example 15m')
    .option('--pat', 'a personal access token instead of an OAuth token');
  examples(command, ['brickbox token --as ana', 'brickbox token --as-app orders --scope sql --lifetime 5m']);
  command.action((options: Options) =>
    run(context, options, async () => {
      const who = whoOf(options);
      const { client } = findRun(context.io, options);
      const more = {
        ...(options.scope && { scopes: options.scope }),
        ...(options.lifetime !== undefined && {
          lifetime: Math.max(1, Math.round(parseDuration(options.lifetime) / 1000)),
        }),
      };
      if (!options.pat) {
        const answer = await client.call('POST /v1/tokens', { ...who, ...more });
        return { json: answer, text: answer.access_token };
      }
      if (who.as === undefined) throw new UsageError('--pat is for --as.');
      const { token } = await client.call('POST /v1/pats', { as: who.as, ...more });
      return { json: { access_token: token, token_type: 'Bearer' }, text: token };
    }),
  );
};
