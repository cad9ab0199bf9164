import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BrickboxError } from '../core/index.ts';
import { readBuildState, withBuildLock, writeBuildState } from './build-state.ts';
import type { Project } from './command.ts';
import { hashFiles, hashTree } from './fingerprint.ts';
import { type LogBuffer, lineSplitter } from './log-buffer.ts';
import { endGroup } from './process-group.ts';
import { findProgram } from './user-tools.ts';

/** What a build needs to know. */
export interface BuildContext {
  project: Project;
  mode: 'auto' | 'always' | 'never';
  /** Environment of install steps (package settings of the user) and of the build step (none of them). */
  installEnv: Readonly<Record<string, string>>;
  buildEnv: Readonly<Record<string, string>>;
  log: LogBuffer;
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

interface Step {
  name: string;
  /** Line a person sees while it runs. */
  title: string;
  commands: () => string[][];
  env: Readonly<Record<string, string>>;
  /** Fingerprint of what goes in and comes out; undefined: something that must come out is not there. */
  fingerprint: () => string | undefined;
}

/**
 * Installs and builds by the platform's rules (docs: Apps, deploy): npm or pnpm, then requirements.txt or uv,
 * then `npm run build`. Steps that are up to date are skipped.
 * @throws BrickboxError APP_BUILD_FAILED with the tail of the output, APP_PROGRAM_MISSING.
 */
export async function build(context: BuildContext): Promise<void> {
  if (context.mode === 'never') return;
  const { folder } = context.project;
  const pending = (step: Step, state: Record<string, string>) =>
    context.mode === 'always' || step.fingerprint() === undefined || state[step.name] !== step.fingerprint();
  const steps = planSteps(context);
  if (!steps.some((step) => pending(step, readBuildState(folder)))) return;
  await withBuildLock(
    folder,
    async () => {
      let changed = false;
      for (const step of steps) {
        const state = readBuildState(folder);
        // New packages can change what is built from unchanged sources.
        if (!pending(step, state) && !(changed && step.name === 'build')) continue;
        changed = true;
        context.onProgress(step.title);
        context.log.write('SYSTEM', step.title);
        for (const command of step.commands()) await run(command, step, context);
        const fingerprint = step.fingerprint();
        if (fingerprint !== undefined) writeBuildState(folder, { ...state, [step.name]: fingerprint });
      }
    },
    context.signal,
  );
}

/** The app's own Python environment. */
export const venvFolder = (folder: string) => join(folder, '.brickbox', 'venv');

function planSteps(context: BuildContext): Step[] {
  const { project } = context;
  const steps: Step[] = [];
  if (project.packageJson?.hasDependencies) steps.push(packagesStep(context));
  if (project.requirements) steps.push(pipStep(context));
  else if (project.uv) steps.push(uvStep(context));
  if (project.packageJson?.scripts['build'] !== undefined) {
    steps.push({
      name: 'build',
      title: 'Building app: npm run build',
      commands: () => [[need('npm', context), 'run', 'build']],
      env: context.buildEnv,
      fingerprint: () => hashTree(project.folder),
    });
  }
  return steps;
}

function packagesStep(context: BuildContext): Step {
  const { folder, pnpm } = context.project;
  const files = ['package.json', 'package-lock.json', 'pnpm-lock.yaml', '.npmrc', 'app.yaml', 'app.yml'];
  return {
    name: 'packages',
    title: `Installing packages: ${pnpm ? 'pnpm install --frozen-lockfile' : 'npm install'}`,
    commands: () => [
      pnpm
        ? [need('pnpm', context), 'install', '--frozen-lockfile']
        : [need('npm', context), 'install', '--no-audit', '--no-fund'],
    ],
    env: context.installEnv,
    fingerprint: () => (existsSync(join(folder, 'node_modules')) ? hashFiles(folder, files) : undefined),
  };
}

function pipStep(context: BuildContext): Step {
  const { folder } = context.project;
  const venv = venvFolder(folder);
  const python = join(venv, 'bin', 'python');
  return {
    name: 'python',
    title: 'Installing packages: pip install -r requirements.txt',
    commands: () => {
      const base = findPython(context.installEnv['PATH'] ?? '') ?? need('python3', context);
      rmSync(venv, { recursive: true, force: true });
      return [
        [base, '-m', 'venv', venv],
        [python, '-m', 'pip', 'install', '--disable-pip-version-check', '-r', 'requirements.txt'],
      ];
    },
    env: context.installEnv,
    fingerprint: () =>
      existsSync(python) ? hashFiles(folder, ['requirements.txt', 'app.yaml', 'app.yml']) : undefined,
  };
}

function uvStep(context: BuildContext): Step {
  const { folder } = context.project;
  const venv = venvFolder(folder);
  return {
    name: 'python',
    title: 'Installing packages: uv sync',
    commands: () => [[need('uv', context), 'sync']],
    env: { ...context.installEnv, UV_PROJECT_ENVIRONMENT: venv },
    fingerprint: () =>
      existsSync(join(venv, 'bin', 'python')) ? hashFiles(folder, ['pyproject.toml', 'uv.lock']) : undefined,
  };
}

/** The platform has Python 3.11: the same minor version is taken where the user has it. */
export function findPython(path: string): string | undefined {
  return findProgram('python3.11', path) ?? findProgram('python3', path) ?? findProgram('python', path);
}

function need(name: string, context: BuildContext): string {
  const program = findProgram(name, context.installEnv['PATH'] ?? '');
  if (program !== undefined) return program;
  const why =
    name === 'pnpm' ? ' because of pnpm-lock.yaml' : name === 'uv' ? ' because of uv.lock' : ' for this app';
  throw new BrickboxError(
    'APP_PROGRAM_MISSING',
    `The platform runs ${name}${why}, and it is not on your PATH.`,
    {
      fix: `Install ${name}, or set runtime: { build: never } in brickbox.yaml and install by yourself.`,
    },
  );
}

async function run(command: readonly string[], step: Step, context: BuildContext): Promise<void> {
  const { log, signal, onProgress } = context;
  signal.throwIfAborted();
  const [program = '', ...words] = command;
  const child = spawn(program, words, {
    cwd: context.project.folder,
    env: { ...step.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = () =>
    lineSplitter((line) => {
      log.write('BUILD', line);
      onProgress(line);
    });
  const outputs = [child.stdout, child.stderr].map((stream) => {
    const splitter = lines();
    stream.on('data', (chunk: Buffer) => splitter.write(chunk));
    return splitter;
  });
  const stop = () => {
    if (child.pid !== undefined) void endGroup(child.pid, '\0', 2000);
  };
  signal.addEventListener('abort', stop, { once: true });
  const result = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signalName) =>
      resolve(code === 0 ? undefined : signalName ? `signal ${signalName}` : `exit code ${code}`),
    );
  });
  signal.removeEventListener('abort', stop);
  for (const output of outputs) output.end();
  signal.throwIfAborted();
  if (result === undefined) return;
  throw new BrickboxError(
    'APP_BUILD_FAILED',
    `${step.title} failed (${result}). Its last lines:\n${log.tail(20, 'BUILD')}`,
    {
      fix: `Run it by hand in ${context.project.folder}, or skip it with runtime: { build: never } in brickbox.yaml.`,
    },
  );
}

/** Folder put in front of the app's PATH: the venv's programs, when there is a venv. */
export function venvPath(project: Project): string[] {
  const bin = join(venvFolder(project.folder), 'bin');
  return (project.requirements || project.uv) && existsSync(bin) ? [bin] : [];
}
