import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { styleOf } from '../io.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { readableDuration, table } from '../text.ts';

export const registerStatus: Register = (program, context) => {
  const command = withOutput(withRun(program.command('status'))).description(
    'what runs: addresses, apps, personas, clock, findings',
  );
  examples(command, ['brickbox status', 'brickbox status --json']);
  command.action((options: RunOptions & OutputOptions) =>
    run(context, options, async () => {
      const { client, run: found } = findRun(context.io, options);
      const status = await client.call('GET /v1/status');
      const { url } = await client.call('POST /v1/console');
      const style = styleOf(context.io);
      const { findings, clock, journal } = status;
      const rows = [
        ...status.apps.map((app) => [app.name, app.url, app.state]),
        ['workspace', status.workspace_url, ''],
        ['console', url, ''],
      ];
      const dropped = journal.dropped > 0 ? ` (${journal.dropped} older ones dropped)` : '';
      return {
        json: {
          ...status,
          url: client.url,
          console_url: url,
          ...(found && { run: found.id, pid: found.pid }),
        },
        text: [
          table([], rows),
          '',
          `personas  ${status.personas.map(({ alias }) => alias).join(', ') || 'none'}`,
          `clock     ${new Date(clock.now).toISOString()}${clock.offset > 0 ? `, ${readableDuration(clock.offset)} ahead` : ''}`,
          `journal   ${journal.last} entries${dropped}`,
          `findings  ${findings.leak} leak, ${findings.warning} warning, ${findings.info} info`,
          `egress    ${status.egress_mode}`,
          `loosened  ${status.loosened.join(', ') || 'nothing'}`,
          ...status.notes.map((note) => style.quiet(note)),
        ].join('\n'),
      };
    }),
  );
};
