import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';

type Options = RunOptions & OutputOptions;

export const registerReset: Register = (program, context) => {
  const command = withOutput(withRun(program.command('reset'))).description('back to the seed');
  examples(command, ['brickbox reset']);
  command.action((options: Options) =>
    run(context, options, async () => {
      const answer = await findRun(context.io, options).client.call('POST /v1/reset');
      return { json: answer, text: 'The world is back at its seed.' };
    }),
  );
};
