import { type Context, examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { count } from '../host-options.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { signalOf } from '../signal.ts';

interface Options extends RunOptions, OutputOptions {
  follow?: boolean;
  limit: number;
}

export const registerLogs: Register = (program, context) => {
  const command = withOutput(withRun(program.command('logs')))
    .description('what an app printed')
    .argument('[app]', 'default: the first app')
    .option('-f, --follow', 'go on until Ctrl-C; with --json one object a line')
    .option('-n, --limit <lines>', 'the newest lines', count, 200);
  examples(command, ['brickbox logs', 'brickbox logs orders --follow']);
  command.action((app: string | undefined, options: Options) =>
    run(context, options, () => logs(context, app, options)),
  );
};

async function logs(
  context: Context,
  app: string | undefined,
  options: Options,
): Promise<Result | undefined> {
  const { client } = findRun(context.io, options);
  const name = app ?? (await client.call('GET /v1/status')).apps[0]?.name;
  if (name === undefined) return { json: { lines: [] }, text: 'No app runs here.' };
  const input = { name, limit: options.limit };
  if (!options.follow) {
    const { lines } = await client.call('GET /v1/apps/{name}/logs', input);
    return { json: { app: name, lines }, text: lines.map(({ message }) => message).join('\n') };
  }
  for await (const line of client.follow('GET /v1/apps/{name}/logs', input, signalOf(context))) {
    const text = options.json ? JSON.stringify(line) : messageOf(line);
    context.io.stdout.write(`${text}\n`);
  }
  return undefined;
}

function messageOf(line: unknown): string {
  return typeof line === 'object' && line !== null && 'message' in line ? String(line.message) : '';
}
