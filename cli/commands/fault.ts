import type { FaultsView } from '../../emulator/index.ts';
import { examples, type Register, run } from '../context.ts';
import { UsageError } from '../exit.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { parseDuration, table } from '../text.ts';

type Options = RunOptions & OutputOptions;

interface AddOptions extends Options {
  operation?: string;
  method?: string;
  path?: string;
  when?: string;
  status?: string;
  errorCode?: string;
  message?: string;
  body?: string;
  header?: string[];
  latency?: string;
  drop?: boolean;
  times?: string;
}

export const registerFault: Register = (program, context) => {
  const fault = program
    .command('fault')
    .description('make the workspace slow, throttled or broken, to test what the app does then');
  const list = withOutput(withRun(fault.command('list', { isDefault: true }))).description(
    'rules in force and how often each has struck',
  );
  list.action((options: Options) =>
    run(context, options, async () =>
      describe(await findRun(context.io, options).client.call('GET /v1/faults')),
    ),
  );
  const add = withOutput(withRun(fault.command('add')))
    .description('add a rule; the first that matches a request strikes')
    .option('--operation <id>', 'only this operation, for example statement_execution.execute_statement')
    .option('--method <method>', 'only this HTTP method')
    .option('--path <pattern>', 'only these paths; * stands for any characters')
    .option('--when <moment>', 'before the caller is known, instead of the operation, or after its effect')
    .option('--status <status>', 'answer this HTTP status')
    .option('--error-code <code>', 'error_code of the answer')
    .option('--message <text>', 'message of the answer')
    .option('--body <json>', 'exact JSON body of the answer')
    .option('--header <name: value>', 'header of the answer; repeatable', collect, [])
    .option('--latency <duration>', 'wait first: 250ms, 2s')
    .option('--drop', 'cut the connection without an answer')
    .option('--times <n>', 'strike so often, then be used up');
  add.action((options: AddOptions) =>
    run(context, options, async () => {
      const rule = toRule(options);
      return describe(await findRun(context.io, options).client.call('POST /v1/faults', rule));
    }),
  );
  const clear = withOutput(withRun(fault.command('clear')))
    .description('remove a rule, or all of them')
    .argument('[id]', 'of "brickbox fault"');
  clear.action((id: string | undefined, options: Options) =>
    run(context, options, async () => {
      const { client } = findRun(context.io, options);
      return describe(
        id === undefined
          ? await client.call('DELETE /v1/faults')
          : await client.call('DELETE /v1/faults/{id}', { id }),
      );
    }),
  );
  const throttle =
    "brickbox fault add --path '/api/2.0/sql/*' --status 429 --header 'retry-after: 1' --times 2";
  const slow = 'brickbox fault add --operation scim.me --latency 2s';
  examples(fault, [throttle, slow, 'brickbox fault', 'brickbox fault clear']);
  examples(add, [throttle, slow, 'brickbox fault add --when after --drop --times 1']);
};

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

function toRule(options: AddOptions): Record<string, unknown> {
  const { operation, method, path, when, status, errorCode, message, latency, drop, times } = options;
  return {
    match: { operation, method, path },
    when,
    effect: {
      status: wholeNumber('--status', status),
      error_code: errorCode,
      message,
      body: json(options.body),
      headers: headers(options.header ?? []),
      latency: latency === undefined ? undefined : milliseconds(latency),
      drop,
    },
    times: wholeNumber('--times', times),
  };
}

function milliseconds(text: string): number {
  const short = /^(\d+)ms$/.exec(text);
  return short ? Number(short[1]) : parseDuration(text);
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new UsageError(`${option} is a whole number, not "${text}".`);
  return Number(text);
}

function json(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--body is a JSON object, not "${text}".`);
  }
}

function headers(lines: readonly string[]): Record<string, string> | undefined {
  if (lines.length === 0) return undefined;
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new UsageError(`--header is "name: value", not "${line}".`);
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function describe(view: FaultsView): Result {
  const rows = view.faults.map(({ id, match, when, effect, times, struck }) => [
    id,
    match.operation ?? ([match.method, match.path].filter(Boolean).join(' ') || 'every request'),
    when,
    effectText(effect),
    times === undefined ? String(struck) : `${struck} of ${times}`,
  ]);
  return {
    json: view,
    text: rows.length === 0 ? 'No fault rule.' : table(['ID', 'REQUESTS', 'WHEN', 'EFFECT', 'STRUCK'], rows),
  };
}

function effectText(effect: FaultsView['faults'][number]['effect']): string {
  const parts = [
    effect.latency !== undefined && `wait ${effect.latency} ms`,
    effect.drop && 'drop',
    effect.status !== undefined && `answer ${effect.status}`,
    effect.status === undefined && effect.body && 'answer a body',
  ];
  return parts.filter(Boolean).join(', ');
}
