import { BrickboxError } from '../../emulator/core/index.ts';
import { brickboxEnv, inheritedDatabricks } from '../child-env.ts';
import { examples, type Register, run } from '../context.ts';
import { findRun, type RunOptions, withRun } from '../find-run.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { profileName } from '../profiles.ts';

interface Options extends RunOptions, OutputOptions {
  as?: string;
  asApp?: string;
}

export const registerEnv: Register = (program, context) => {
  const command = withOutput(withRun(program.command('env')))
    .description('the lines to export, so that tools of this shell use the run')
    .option('--as <persona>', 'who the default Databricks profile is (default: the first persona)')
    .option('--as-app <name>', "the app's service principal as the default profile");
  examples(command, ['eval "$(brickbox env --as ana)"', 'brickbox env --as-app orders --json']);
  command.action((options: Options) =>
    run(context, options, async () => {
      const { client, run: found } = findRun(context.io, options);
      const status = await client.call('GET /v1/status');
      const configFile = found?.databricks_config_file ?? context.io.env['DATABRICKS_CONFIG_FILE'];
      if (configFile === undefined) {
        throw new BrickboxError('CONFIG_FILE_UNKNOWN', 'This run has no Databricks configuration file.', {
          fix: 'Call brickbox env from the folder of a run, without BRICKBOX_URL.',
        });
      }
      const env = brickboxEnv({
        controlUrl: client.url,
        controlToken: client.token,
        workspaceUrl: status.workspace_url,
        apps: status.apps,
        configFile,
        profile: profileFor(status, options),
      });
      const unset = inheritedDatabricks(context.io.env).filter((name) => !(name in env));
      return {
        json: { env, unset },
        text: [
          ...unset.map((name) => `unset ${name}`),
          ...Object.entries(env).map(([name, value]) => `export ${name}=${quote(value)}`),
        ].join('\n'),
      };
    }),
  );
};

function profileFor(
  status: { personas: { alias: string }[]; apps: { name: string }[] },
  { as, asApp }: Options,
): string | undefined {
  const aliases = status.personas.map(({ alias }) => alias);
  if (asApp !== undefined) {
    const there = status.apps.some(({ name }) => name === asApp);
    if (!there)
      throw unknown(
        asApp,
        status.apps.map(({ name }) => name),
      );
    return profileName(aliases.includes(asApp) ? `app-${asApp}` : asApp);
  }
  if (as !== undefined && !aliases.includes(as)) throw unknown(as, aliases);
  const alias = as ?? aliases[0];
  return alias === undefined ? undefined : profileName(alias);
}

function unknown(name: string, known: readonly string[]): BrickboxError {
  return new BrickboxError('UNKNOWN_PERSONA', `There is no "${name}" in this world.`, {
    fix: `There is: ${known.join(', ') || 'nobody'}.`,
  });
}

/** Single quotes keep everything but themselves from the shell. */
function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
