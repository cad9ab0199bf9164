import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { table } from '../text.ts';

export const registerPersona: Register = (program, context) => {
  const command = withOutput(withRun(program.command('persona'))).description('the people of this world');
  examples(command, ['brickbox persona', 'brickbox persona --json']);
  command.action((options: RunOptions & OutputOptions) =>
    run(context, options, async () => {
      const { personas } = await findRun(context.io, options).client.call('GET /v1/status');
      const rows = personas.map(({ alias, user_name, display_name, groups, sees }) => [
        alias,
        user_name,
        display_name,
        groups.join(', '),
        sees ?? '',
      ]);
      return {
        json: { personas },
        text: table(['PERSONA', 'USER NAME', 'NAME', 'GROUPS', 'SEES'], rows),
      };
    }),
  );
};
