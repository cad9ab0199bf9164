import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';

type Options = RunOptions & OutputOptions;

export const registerSnapshot: Register = (program, context) => {
  const command = withOutput(withRun(program.command('snapshot')))
    .description('keep the present state under a name; without a name, list what is kept')
    .argument('[name]');
  examples(command, ['brickbox snapshot before-migration', 'brickbox snapshot']);
  command.action((name: string | undefined, options: Options) =>
    run(context, options, async () => {
      const { client } = findRun(context.io, options);
      if (name === undefined) {
        const answer = await client.call('GET /v1/snapshots');
        return { json: answer, text: answer.snapshots.join('\n') || 'No snapshot is kept.' };
      }
      const answer = await client.call('POST /v1/snapshots', { name });
      return { json: answer, text: `Kept as "${name}". Snapshots live as long as the run.` };
    }),
  );
};
