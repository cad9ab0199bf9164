import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { table } from '../text.ts';
import { registerReports } from './egress-report.ts';

export const registerEgress: Register = (program, context) => {
  const egress = program
    .command('egress')
    .description('outbound attempts of the apps, what is declared and what is used');
  examples(egress, [
    'brickbox egress',
    'brickbox egress report --format markdown',
    'brickbox egress check --declare api.example.com',
  ]);
  registerReports(egress, context);
  const command = withOutput(withRun(egress.command('list', { isDefault: true }))).description(
    'outbound attempts of the apps',
  );
  examples(command, ['brickbox egress', 'brickbox egress --json']);
  command.action((options: RunOptions & OutputOptions) =>
    run(context, options, async () => {
      const report = await findRun(context.io, options).client.call('GET /v1/egress');
      const rows = report.attempts.map(({ host, port, protocol, app, verdict, rule, count }) => [
        host,
        port === null ? '' : String(port),
        protocol,
        app ?? '',
        String(count),
        verdict,
        rule,
      ]);
      return {
        json: report,
        text: [
          `mode ${report.mode}${report.mode === 'cooperative' ? ' (advisory)' : ''}`,
          '',
          rows.length === 0
            ? 'No outbound attempt so far.'
            : table(['HOST', 'PORT', 'PROTOCOL', 'APP', 'COUNT', 'VERDICT', 'RULE'], rows),
          '',
          `declared, not used: ${report.declared_unused.join(', ') || 'none'}`,
          `used, not declared: ${report.used_undeclared.join(', ') || 'none'}`,
        ].join('\n'),
      };
    }),
  );
};
