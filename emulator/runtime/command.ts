import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppYaml } from '../config/index.ts';
import { BrickboxError } from '../core/index.ts';
import { findProgram } from './user-tools.ts';

/** What is in an app's folder, as far as building and starting care. */
export interface Project {
  folder: string;
  packageJson: { scripts: Readonly<Record<string, string>>; hasDependencies: boolean } | undefined;
  requirements: boolean;
  uv: boolean;
  pnpm: boolean;
}

/** @throws BrickboxError APP_PACKAGE_JSON when package.json is not valid JSON. */
export function readProject(folder: string): Project {
  const has = (name: string) => existsSync(join(folder, name));
  return {
    folder,
    packageJson: has('package.json') ? readPackageJson(join(folder, 'package.json')) : undefined,
    requirements: has('requirements.txt'),
    uv: has('pyproject.toml') && has('uv.lock'),
    pnpm: has('pnpm-lock.yaml'),
  };
}

function readPackageJson(file: string): Project['packageJson'] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new BrickboxError('APP_PACKAGE_JSON', 'package.json is not valid JSON.', {
      at: { file },
      fix: 'Correct it; npm run start would fail the same way.',
      cause,
    });
  }
  const field = (name: string): object => {
    const value: unknown =
      typeof content === 'object' && content !== null
        ? Object.getOwnPropertyDescriptor(content, name)?.value
        : {};
    return typeof value === 'object' && value !== null ? value : {};
  };
  const scripts = Object.fromEntries(
    Object.entries(field('scripts')).filter((one): one is [string, string] => typeof one[1] === 'string'),
  );
  const installs = [
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'workspaces',
    'peerDependencies',
  ];
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  const hasDependencies =
    installs.some((name) => Object.keys(field(name)).length > 0) || hooks.some((name) => name in scripts);
  return { scripts, hasDependencies };
}

/**
 * The command as words: the deployment's, else app.yaml's, else the platform's default (docs: Apps, deploy:
 * `npm run start` when there is a package.json, even beside Python files; else the first Python file).
 * No shell: only `$DATABRICKS_APP_PORT` is replaced, as plain text (code: databricks-cli libs/apps/runlocal).
 * @throws BrickboxError APP_NO_COMMAND when there is nothing to start.
 */
export function resolveCommand(
  project: Project,
  yaml: AppYaml | undefined,
  override: readonly string[] | undefined,
  port: number,
): string[] {
  const given = override ?? yaml?.command ?? defaultCommand(project);
  return given.map((word) => word.replaceAll('$DATABRICKS_APP_PORT', String(port)));
}

function defaultCommand(project: Project): string[] {
  if (project.packageJson) {
    if (project.packageJson.scripts['start'] !== undefined) return ['npm', 'run', 'start'];
    throw new BrickboxError('APP_NO_COMMAND', `package.json in ${project.folder} has no start script.`, {
      fix: 'Add "scripts": { "start": ... }, or a command to app.yaml.',
    });
  }
  const first = readdirSync(project.folder)
    .filter((name) => name.endsWith('.py'))
    .sort()[0];
  if (first !== undefined) return ['python', first];
  throw new BrickboxError('APP_NO_COMMAND', `There is nothing to start in ${project.folder}.`, {
    fix: 'Add an app.yaml with a command, a package.json with a start script, or a .py file.',
  });
}

/**
 * The program of a command on the app's PATH. `python` and `pip` fall back to `python3` and `pip3`, because
 * the platform always has both names.
 * @throws BrickboxError APP_PROGRAM_MISSING
 */
export function locateProgram(command: readonly string[], path: string, project: Project): string[] {
  const [name, ...rest] = command;
  if (name === undefined || name === '') {
    throw new BrickboxError('APP_NO_COMMAND', 'The command is empty.', {
      fix: 'Name a program in app.yaml.',
    });
  }
  const fallback = name === 'python' || name === 'pip' ? findProgram(`${name}3`, path) : undefined;
  const program = findProgram(name, path, project.folder) ?? fallback;
  if (program !== undefined) return [program, ...rest];
  const shellLike = /[|&;<>$`\s]/.test(name);
  throw new BrickboxError('APP_PROGRAM_MISSING', `The program ${name} of the command was not found.`, {
    fix: shellLike
      ? 'The platform starts the command without a shell: write each word as its own list entry.'
      : (installHints[name] ??
        (project.packageJson && !project.requirements
          ? `Install it on your PATH, or start it through npm run: node_modules/.bin is not on the PATH of an app.`
          : `Add the package that provides ${name} to requirements.txt, or install it on your PATH.`)),
  });
}

const installHints: Record<string, string> = {
  node: 'Install Node.js (the platform has 22.16); Brickbox never lends its own to an app.',
  npm: 'Install Node.js with npm (the platform has Node 22.16); Brickbox never lends its own to an app.',
  python: 'Install Python (the platform has 3.11).',
};
