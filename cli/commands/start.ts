import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { banner } from '../banner.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { detach } from '../detach.ts';
import { type HostOptions, loadFor, openHost, publishRun } from '../host.ts';
import { withHost } from '../host-options.ts';
import { type OutputOptions, print, type Result, withOutput } from '../output.ts';
import type { Run } from '../run-file.ts';
import { closeAndSay, untilEnd } from '../stay.ts';

interface Options extends HostOptions, OutputOptions {
  detach?: boolean;
}

export const registerStart: Register = (program, context) => {
  const command = withOutput(withHost(program.command('start')))
    .description('start the workspace, with the apps of a configuration when there is one')
    .option('--detach', 'start in the background and return when it is ready')
    .option('--workspace-only', 'start no app');
  command.addOption(command.createOption('--run-id <id>').hideHelp());
  command.addOption(command.createOption('--log <file>').hideHelp());
  examples(command, [
    'brickbox start',
    'brickbox start --detach --json',
    'brickbox start --config test/brickbox.yaml --detach && npm test; brickbox stop',
  ]);
  command.action((options: Options) => run(context, options, () => start(context, options)));
};

async function start(context: Context, options: Options): Promise<Result | undefined> {
  if (options.detach) {
    const id = randomBytes(4).toString('hex');
    return describe(await detach(context, options, id));
  }
  const ended = untilEnd(context);
  const loaded = await loadFor(context, options);
  const nothingSaid = loaded.file === undefined && options.app === undefined;
  const hostOptions = nothingSaid ? { ...options, workspaceOnly: true } : options;
  const host = await openHost(context, hostOptions, { onStop: () => ended.end() });
  let published: ReturnType<typeof publishRun> | undefined;
  try {
    published = publishRun(context, host, options);
    const result = describe(published.run);
    print(context.io, options, { ...result, text: banner(context.io, host) });
    await ended.promise;
  } finally {
    published?.remove();
    await closeAndSay(context, host);
  }
  // The log of a run that failed is evidence; that of one that ended well would stay in the folder for ever.
  if (options.log) rmSync(options.log, { force: true });
  return undefined;
}

/** What a script needs to use the run. The secret stays in the run file. */
function describe(run: Run): Result {
  const { id, pid, url, workspace_url, apps, folder, log } = run;
  return {
    json: { id, pid, url, workspace_url, apps, folder, log },
    text: [
      `Running as process ${pid} (run ${id}).`,
      ...apps.map(({ name, url }) => `  ${name}: ${url}`),
      `  workspace: ${workspace_url}`,
      ...(log === null ? [] : [`  log: ${log}`]),
      'Stop it with brickbox stop.',
    ].join('\n'),
  };
}
