import { existsSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BrickboxError } from '../../emulator/core/index.ts';
import { examples, type Register, run } from '../context.ts';
import { type OutputOptions, withOutput } from '../output.ts';
import { starterConfig } from '../starter-config.ts';
import { callFolder } from '../where.ts';

export const registerInit: Register = (program, context) => {
  const command = withOutput(program.command('init')).description(
    'write a commented brickbox.yaml for this folder; an existing one is kept',
  );
  examples(command, ['brickbox init']);
  command.action((options: OutputOptions) =>
    run(context, options, () => {
      const folder = callFolder(context.io);
      const existing = ['brickbox.yaml', 'brickbox.yml'].find((name) => existsSync(join(folder, name)));
      if (existing !== undefined) {
        throw new BrickboxError('CONFIG_EXISTS', `${existing} is already there and stays as it is.`, {
          fix: 'Edit it, or move it away and run brickbox init again.',
        });
      }
      const file = join(folder, 'brickbox.yaml');
      const isApp = ['app.yaml', 'app.yml', 'package.json', 'requirements.txt', 'pyproject.toml'].some(
        (name) => existsSync(join(folder, name)),
      );
      // `wx`: a file that appeared in the meantime is not overwritten either.
      writeFileSync(file, starterConfig(isApp ? appName(basename(folder)) : undefined), { flag: 'wx' });
      return { json: { file }, text: `Wrote ${file}. Next: brickbox dev.` };
    }),
  );
};

/** A folder's name as an app's name: lower-case letters, digits and -, 2 to 30 characters. */
export function appName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 30)
    .replaceAll(/-+$/g, '');
  return name.length >= 2 ? name : 'my-app';
}
