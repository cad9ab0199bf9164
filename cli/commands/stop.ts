import { setTimeout as delay } from 'node:timers/promises';
import { BrickboxError } from '../../emulator/core/index.ts';
import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { alive } from '../run-file.ts';

/** SIGTERM, 15 s, SIGKILL is what an app may take (docs: Apps best practices); the run adds a little of its own. */
const patience = 20_000;

export const registerStop: Register = (program, context) => {
  const command = withOutput(withRun(program.command('stop'))).description('end the run of this folder');
  examples(command, ['brickbox stop', 'brickbox stop --run 1a2b3c4d']);
  command.action((options: RunOptions & OutputOptions) =>
    run(context, options, async () => {
      const { client, run: found } = findRun(context.io, options);
      await client.call('POST /v1/stop');
      if (found) await gone(found.pid);
      const what = found ? `run ${found.id}` : client.url;
      return {
        json: { stopped: found?.id ?? client.url },
        text: `Stopped ${what}. Its world was in memory and is gone.`,
      };
    }),
  );
};

async function gone(pid: number): Promise<void> {
  const until = performance.now() + patience;
  while (alive(pid)) {
    if (performance.now() > until) {
      throw new BrickboxError('STOP_SLOW', `Process ${pid} was told to end and still runs after 20 s.`, {
        fix: `End it with: kill ${pid}`,
      });
    }
    await delay(25);
  }
}
