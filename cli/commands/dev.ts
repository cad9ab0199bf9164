import { resolve } from 'node:path';
import { BrickboxError } from '../../emulator/core/index.ts';
import { banner } from '../banner.ts';
import { type Context, examples, type Register, run } from '../context.ts';
import { type Host, type HostOptions, openHost, publishRun } from '../host.ts';
import { withHost } from '../host-options.ts';
import { printLogs } from '../print-logs.ts';
import { closeAndSay, untilEnd } from '../stay.ts';
import { watchSources } from '../watch.ts';

interface Options extends HostOptions {
  watch: boolean;
  logs: boolean;
}

export const registerDev: Register = (program, context) => {
  const command = withHost(program.command('dev'))
    .description('run the app of this folder, watch its files, print URLs and personas')
    .option('--no-watch', 'do not restart the app when a file changes')
    .option('--no-logs', 'do not print what the app prints');
  examples(command, [
    'brickbox dev',
    'brickbox dev --app ./frontend --app ./backend',
    'brickbox dev --egress strict',
  ]);
  command.action((options: Options) => run(context, {}, () => dev(context, options)));
};

async function dev(context: Context, options: Options): Promise<undefined> {
  const ended = untilEnd(context);
  const host = await openHost(context, options, { onStop: () => ended.end() });
  let published: ReturnType<typeof publishRun> | undefined;
  const ends: (() => void)[] = [];
  try {
    published = publishRun(context, host, options);
    // Before the banner: a file that changes as soon as it says "ready" counts.
    if (options.watch) ends.push(...watchApps(context, host));
    context.io.stdout.write(`${banner(context.io, host)}\n\n`);
    if (options.logs) ends.push(printLogs(context.io, host.sandbox));
    await ended.promise;
  } finally {
    for (const end of ends) end();
    published?.remove();
    await closeAndSay(context, host);
  }
}

/** Restarts an app when its files change; says so when the configuration does. */
function watchApps(context: Context, { sandbox, loaded }: Host): (() => void)[] {
  const { stderr } = context.io;
  return sandbox.apps.map((app) => {
    const folder = resolve(loaded.folder, loaded.config.apps[app.name]?.source_code_path ?? '.');
    let restarting = Promise.resolve();
    return watchSources(folder, (path) => {
      if (loaded.file !== undefined && resolve(folder, path) === loaded.file) {
        stderr.write(
          `${path} changed. Personas, seed and resources are read at the start: stop and run dev again.\n`,
        );
        return;
      }
      stderr.write(`${path} changed: restarting ${app.name}\n`);
      restarting = restarting
        .then(() => app.restart())
        .catch((error: unknown) => {
          const text = error instanceof BrickboxError ? error.toText() : String(error);
          stderr.write(`${app.name} did not start again: ${text}\n`);
        });
    });
  });
}
