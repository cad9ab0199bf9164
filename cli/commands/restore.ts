import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';

type Options = RunOptions & OutputOptions;

export const registerRestore: Register = (program, context) => {
  const command = withOutput(withRun(program.command('restore')))
    .description('bring a kept state back')
    .argument('<name>');
  examples(command, ['brickbox restore before-migration']);
  command.action((name: string, options: Options) =>
    run(context, options, async () => {
      const { client } = findRun(context.io, options);
      const answer = await client.call('POST /v1/snapshots/{name}/restore', { name });
      return { json: answer, text: `The world is as it was in "${name}".` };
    }),
  );
};
