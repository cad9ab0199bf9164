import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { table } from '../text.ts';

export const registerAdvice: Register = (program, context) => {
  const command = withOutput(withRun(program.command('advice'))).description(
    'scopes declared, used and missing, and calls that name no partner, as this run saw them',
  );
  examples(command, ['brickbox advice', 'brickbox advice --json']);
  command.action((options: RunOptions & OutputOptions) =>
    run(context, options, async () => {
      const { client } = findRun(context.io, options);
      const answer = await client.call('GET /v1/advice');
      return {
        json: answer,
        text: answer.apps
          .flatMap(({ app, scopes, withoutAttribution }) => [
            `${app}`,
            `  used     ${scopes.used.join(', ') || 'none so far'}`,
            `  unused   ${scopes.unused.join(', ') || 'none'}`,
            ...(scopes.missing.length === 0 ? ['  missing  none'] : []),
            ...scopes.missing.map(
              ({ scope, operation, calls }) => `  missing  ${scope} for ${operation} (${calls} calls)`,
            ),
            ...(withoutAttribution.length === 0
              ? []
              : [
                  '  calls without <isv>_<product>/<version> in the User-Agent:',
                  table(
                    [],
                    withoutAttribution.map(({ client: by, operation, calls }) => [
                      `    ${by}`,
                      operation,
                      String(calls),
                    ]),
                  ),
                ]),
          ])
          .join('\n'),
      };
    }),
  );
};
