import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SqlAnswer } from '../../emulator/index.ts';
import { type ActorOptions, whoOf, withActor } from '../actor.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { UsageError } from '../exit.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { parsePairs, table } from '../text.ts';
import { callFolder, collect } from '../where.ts';

interface Options extends RunOptions, OutputOptions, ActorOptions {
  file?: string;
  param?: string[];
}

export const registerSql: Register = (program, context) => {
  const command = withActor(withOutput(withRun(program.command('sql'))))
    .description('run one statement in the warehouse as somebody')
    .argument('[statement]', 'the statement, or - for standard input')
    .option('-f, --file <file>', 'read the statement from a file')
    .option('--param <name=value>', 'named parameter, repeatable', collect);
  examples(command, [
    'brickbox sql --as ana "SELECT region, count(*) FROM main.sales.orders GROUP BY region"',
    'brickbox sql --as-app orders -f report.sql --json',
    'brickbox sql --as ana --param region=EMEA "SELECT * FROM main.sales.orders WHERE region = :region"',
  ]);
  command.action((statement: string | undefined, options: Options) =>
    run(context, options, async () => {
      const who = whoOf(options);
      const text = statementText(context, statement, options.file);
      const { client } = findRun(context.io, options);
      const answer = await client.call('POST /v1/sql', {
        ...who,
        statement: text,
        ...(options.param && { parameters: parsePairs(options.param, '--param') }),
      });
      return { json: answer, text: readable(answer) };
    }),
  );
};

function statementText(context: Context, statement: string | undefined, file: string | undefined): string {
  if ((statement === undefined) === (file === undefined)) {
    throw new UsageError('Give the statement, or --file FILE, or - for standard input.');
  }
  if (file !== undefined) return readFileSync(resolve(callFolder(context.io), file), 'utf8');
  return statement === '-' || statement === undefined ? readFileSync(0, 'utf8') : statement;
}

function readable({ columns, rows, truncated, affected_rows }: SqlAnswer): string {
  if (columns.length === 0) {
    return affected_rows === undefined ? 'Done.' : `Done, ${affected_rows} rows affected.`;
  }
  const body = rows.map((row) => row.map(cellText));
  const count = `${rows.length} row${rows.length === 1 ? '' : 's'}${truncated ? ', cut off by a limit' : ''}`;
  return `${table(
    columns.map(({ name }) => name),
    body,
  )}\n(${count})`;
}

function cellText(cell: unknown): string {
  if (cell === null) return 'NULL';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
