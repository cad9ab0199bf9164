import { type ActorOptions, whoOf, withActor } from '../actor.ts';
import type { ControlClient } from '../client.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { UsageError } from '../exit.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, type Result, withOutput } from '../output.ts';
import { collect } from '../where.ts';

/** What curl itself exits with when --fail meets an HTTP error. */
const httpErrorCode = 22;

interface Options extends RunOptions, OutputOptions, ActorOptions {
  request?: string;
  header?: string[];
  data?: string;
  include?: boolean;
  fail?: boolean;
  to?: string;
  workspace?: boolean;
  anonymous?: boolean;
}

interface Reply {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: Buffer;
}

export const registerCurl: Register = (program, context) => {
  const command = withActor(withOutput(withRun(program.command('curl'))))
    .description('a request to an app through its gateway, or to the workspace, as somebody')
    .argument('<path>', 'starts with /')
    .option('--anonymous', 'not signed in')
    .option('--to <app>', 'the app that is asked (default: the first)')
    .option('--workspace', 'ask the workspace instead of an app')
    .option('-X, --request <method>', 'default: GET, with --data POST')
    .option('-H, --header <line>', 'NAME: VALUE, repeatable', collect)
    .option('-d, --data <text>', 'body')
    .option('-i, --include', 'print status and headers too')
    .option('--fail', 'exit with 22 for a status of 400 or above');
  examples(command, [
    'brickbox curl --as ana /api/orders',
    'brickbox curl --as guest -i /',
    'brickbox curl --as ana --workspace /api/2.0/preview/scim/v2/Me',
  ]);
  command.action((path: string, options: Options) =>
    run(context, options, () => curl(context, path, options)),
  );
};

async function curl(context: Context, path: string, options: Options): Promise<Result> {
  if (!path.startsWith('/')) throw new UsageError(`The path starts with /, got "${path}".`);
  const { client } = findRun(context.io, options);
  const reply = options.workspace
    ? await askWorkspace(client, path, options)
    : await askApp(client, path, options);
  const body = reply.body.toString('utf8');
  const head = [
    `${reply.status} ${reply.statusText}`.trimEnd(),
    ...reply.headers.map(([name, value]) => `${name}: ${value}`),
    '',
  ];
  return {
    json: { status: reply.status, headers: reply.headers, body },
    text: options.include ? [...head, body].join('\n') : body,
    exitCode: options.fail && reply.status >= 400 ? httpErrorCode : 0,
  };
}

async function askApp(client: ControlClient, path: string, options: Options): Promise<Reply> {
  const answer = await client.call('POST /v1/fetch', {
    ...(options.anonymous ? { anonymous: true } : whoOf(options)),
    path,
    method: methodOf(options),
    headers: headersOf(options),
    ...(options.to !== undefined && { app: options.to }),
    ...(options.data !== undefined && { body: Buffer.from(options.data).toString('base64') }),
  });
  return {
    status: answer.status,
    statusText: answer.status_text,
    headers: answer.headers,
    body: Buffer.from(answer.body, 'base64'),
  };
}

async function askWorkspace(client: ControlClient, path: string, options: Options): Promise<Reply> {
  const { workspace_url } = await client.call('GET /v1/status');
  const token = options.anonymous
    ? undefined
    : (await client.call('POST /v1/tokens', { ...whoOf(options) })).access_token;
  const response = await fetch(new URL(path, workspace_url), {
    method: methodOf(options),
    redirect: 'manual',
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headersOf(options) },
    ...(options.data !== undefined && { body: options.data }),
  });
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers],
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function methodOf({ request, data }: Options): string {
  return (request ?? (data === undefined ? 'GET' : 'POST')).toUpperCase();
}

function headersOf({ header, data }: Options): Record<string, string> {
  const given = Object.fromEntries(
    (header ?? []).map((line) => {
      const at = line.indexOf(':');
      if (at < 1) throw new UsageError(`--header needs "NAME: VALUE", got "${line}".`);
      return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const type = data !== undefined && /^\s*[[{]/.test(data) ? 'application/json' : undefined;
  return { ...(type && { 'content-type': type }), ...given };
}
