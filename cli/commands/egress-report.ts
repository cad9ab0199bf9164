import { type Command, Option } from 'commander';
import { type Context, examples, run } from '../context.ts';
import { exitCodes } from '../exit.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';

type Format = 'table' | 'json' | 'markdown' | 'junit';

/** `egress report` and `egress check`, below the command that shows the attempts. */
export function registerReports(egress: Command, context: Context): void {
  const read = async (options: RunOptions) => {
    const view = await findRun(context.io, options).client.call('GET /v1/egress');
    const { declared, declared_unused: declaredUnused, used_undeclared: usedUndeclared, ...rest } = view;
    return { ...rest, declared, declaredUnused, usedUndeclared };
  };

  const report = withRun(egress.command('report')).description(
    'the same as a document, with a suggested declaration',
  );
  report.addOption(
    new Option('--format <format>', 'form of the report')
      .choices(['table', 'json', 'markdown', 'junit'])
      .default('table'),
  );
  examples(report, ['brickbox egress report', 'brickbox egress report --format junit > egress.xml']);
  report.action((options: RunOptions & { format: Format }) =>
    run(context, {}, async () => {
      const { formatReport } = await context.platform();
      return { json: {}, text: formatReport(await read(options), options.format).trimEnd() };
    }),
  );

  const check = withOutput(withRun(egress.command('check')))
    .description(
      `compare a list of domains with what the apps used: ${exitCodes.findings} is the exit code of a difference`,
    )
    .requiredOption('--declare <hosts>', 'required domains, separated by commas');
  examples(check, ['brickbox egress check --declare api.example.com,cdn.example.com']);
  check.action((options: RunOptions & OutputOptions & { declare: string }) =>
    run(context, options, async () => {
      const { checkDeclarations } = await context.platform();
      const found = await read(options);
      const result = checkDeclarations(found, options.declare.split(','));
      const advisory = found.mode !== 'strict';
      return {
        json: { ...result, mode: found.mode, advisory },
        exitCode: result.ok ? exitCodes.ok : exitCodes.findings,
        text: [
          ...result.warnings.map((warning) => `warning: ${warning}`),
          ...(advisory ? [`mode ${found.mode} (advisory): what passes it by is not in this list`] : []),
          `used, not declared: ${result.usedUndeclared.join(', ') || 'none'}`,
          `declared, not used: ${result.declaredUnused.join(', ') || 'none'}`,
        ].join('\n'),
      };
    }),
  );
}
