import type { CoverageRow } from '../../emulator/index.ts';
import { examples, type Register, run } from '../context.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { table } from '../text.ts';

interface Options extends OutputOptions {
  family?: string;
  built?: boolean;
}

export const registerCoverage: Register = (program, context) => {
  const command = withOutput(program.command('coverage'))
    .description('every operation of the workspace: whether it is built, how close, and what shows it')
    .option('--family <name>', 'only of this family')
    .option('--built', 'only what is built');
  examples(command, ['brickbox coverage --built', 'brickbox coverage --json --out coverage.json']);
  command.action((options: Options) =>
    run(context, options, async () => {
      const { coverageTable } = await context.platform();
      const all = await coverageTable();
      const operations = all.filter(
        ({ family, grade }) =>
          (options.family === undefined || family === options.family) && (!options.built || isBuilt(grade)),
      );
      return { json: { operations }, text: readable(operations) };
    }),
  );
};

function isBuilt(grade: string): boolean {
  return grade !== 'none' && grade !== 'unbuilt';
}

function readable(operations: readonly CoverageRow[]): string {
  const built = operations.filter(({ grade }) => isBuilt(grade)).length;
  const rows = operations.map(({ method, path, family, grade, evidence }) => [
    method,
    path,
    family ?? '',
    grade,
    evidence.join(' '),
  ]);
  return [
    table(['METHOD', 'PATH', 'FAMILY', 'GRADE', 'SHOWN BY'], rows),
    `${operations.length} operations, ${built} built`,
  ].join('\n');
}
