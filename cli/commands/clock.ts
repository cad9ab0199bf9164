import type { ClockView } from '../../emulator/index.ts';
import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { parseDuration, readableDuration } from '../text.ts';

type Options = RunOptions & OutputOptions;

export const registerClock: Register = (program, context) => {
  const clock = program.command('clock').description('virtual time: sessions and tokens expire by it');
  const get = withOutput(withRun(clock.command('get', { isDefault: true }))).description('what time it is');
  get.action((options: Options) =>
    run(context, options, async () =>
      describe(await findRun(context.io, options).client.call('GET /v1/clock')),
    ),
  );
  const advance = withOutput(withRun(clock.command('advance')))
    .description('move time forward')
    .argument('<duration>', '90s, 15m, 2h, 1h30m or 1d');
  advance.action((duration: string, options: Options) =>
    run(context, options, async () => {
      const milliseconds = parseDuration(duration);
      const { client } = findRun(context.io, options);
      return describe(await client.call('POST /v1/clock/advance', { milliseconds }));
    }),
  );
  examples(clock, ['brickbox clock', 'brickbox clock advance 2h']);
  examples(advance, ['brickbox clock advance 61m']);
};

function describe(view: ClockView): Result {
  const ahead = view.offset > 0 ? `, ${readableDuration(view.offset)} ahead of the wall clock` : '';
  return { json: view, text: `${new Date(view.now).toISOString()}${ahead}` };
}
