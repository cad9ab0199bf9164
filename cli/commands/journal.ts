import type { JournalLine } from '../client.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { count } from '../host-options.ts';
import { readableEntry } from '../journal-text.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { signalOf } from '../signal.ts';
import { collect } from '../where.ts';

interface Options extends RunOptions, OutputOptions {
  follow?: boolean;
  kind?: string[];
  persona?: string;
  forApp?: string;
  exchange?: string;
  limit: number;
}

export const registerJournal: Register = (program, context) => {
  const command = withOutput(withRun(program.command('journal')))
    .description('what happened: exchanges, calls, decisions with reasons, statements, egress, findings')
    .option('-f, --follow', 'go on until Ctrl-C; with --json one object a line')
    .option(
      '-k, --kind <kind>',
      'exchange, call, decision, statement, egress, app, token or finding; repeatable',
      collect,
    )
    .option('--persona <name>', 'only of this persona')
    .option('--for-app <name>', 'only of this app')
    .option('--exchange <id>', 'only of this request')
    .option('-n, --limit <entries>', 'the newest entries', count, 50);
  examples(command, [
    'brickbox journal --follow',
    'brickbox journal --persona ana --kind decision',
    'brickbox journal --kind finding --json',
  ]);
  command.action((options: Options) => run(context, options, () => journal(context, options)));
};

async function journal(context: Context, options: Options): Promise<Result | undefined> {
  const { client } = findRun(context.io, options);
  const query = {
    kinds: options.kind?.join(','),
    persona: options.persona,
    app: options.forApp,
    exchange: options.exchange,
    limit: options.limit,
  };
  if (!options.follow) {
    const answer = await client.call('GET /v1/journal', query);
    const dropped =
      answer.dropped > 0 ? [`(${answer.dropped} older entries were dropped to stay within bounds)`] : [];
    return { json: answer, text: [...dropped, ...answer.entries.map(readableEntry)].join('\n') };
  }
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  for await (const entry of client.follow('GET /v1/journal', given, signalOf(context))) {
    if (!isLine(entry)) continue;
    context.io.stdout.write(`${options.json ? JSON.stringify(entry) : readableEntry(entry)}\n`);
  }
  return undefined;
}

function isLine(entry: unknown): entry is JournalLine {
  return typeof entry === 'object' && entry !== null && 'kind' in entry && 'seq' in entry && 'at' in entry;
}
