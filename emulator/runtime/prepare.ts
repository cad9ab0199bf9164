import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { readAppYaml } from '../config/index.ts';
import { BrickboxError, type Launch } from '../core/index.ts';
import { build, findPython, venvPath } from './build.ts';
import { locateProgram, type Project, readProject, resolveCommand } from './command.ts';
import type { AppTarget, RuntimeOptions } from './contract.ts';
import { appEnvironment, authorEnv, installEnvironment } from './environment.ts';
import type { LogBuffer } from './log-buffer.ts';
import { freePort } from './readiness.ts';
import { findProgram, inspect, userPath } from './user-tools.ts';

/** Everything decided about one start of an app. */
export interface Prepared {
  launch: Launch;
  port: number;
  target: AppTarget;
  /** Variables of the app; those that strict egress gives its launcher are not the app's. */
  env: Readonly<Record<string, string>>;
  /** Private folder that holds HOME and TMPDIR; marks the processes of this app. */
  home: string;
  notes: readonly string[];
  /** Removes the private folder. */
  cleanUp(): void;
}

/** Reads the app, installs, builds, and works out command and environment. @throws BrickboxError */
export async function prepare(
  options: RuntimeOptions,
  log: LogBuffer,
  signal: AbortSignal,
): Promise<Prepared> {
  const { folder, gate, settings } = options;
  const userEnv = options.userEnv ?? process.env;
  const project = readProject(folder);
  const yaml = readAppYaml(folder);
  const author = authorEnv(options, yaml);
  log.hide([options.clientSecret, ...author.secret.map((name) => author.env[name] ?? '')]);
  const inside = gate.mode === 'strict';
  const port = inside ? 8000 : await freePort();
  const command = resolveCommand(project, yaml, options.app.config?.command, port);
  const tools = await userTools(project, command, userPath(userEnv), userEnv);

  const rooms = privateRooms();
  const place = {
    port,
    listen: inside ? ('0.0.0.0' as const) : ('127.0.0.1' as const),
    home: rooms.home,
    temp: rooms.temp,
    userPath: tools.path,
  };
  try {
    await build({
      project,
      mode: settings?.build ?? 'auto',
      installEnv: installEnvironment(userEnv, tools.path, author.env),
      buildEnv: buildEnvironment(appEnvironment(options, { ...place, pathFirst: [] }, author.env)),
      log,
      onProgress: options.onProgress ?? (() => {}),
      signal,
    });
    const env = appEnvironment(options, { ...place, pathFirst: venvPath(project) }, author.env);
    const launch = { command: locateProgram(command, env['PATH'] ?? '', project), env, cwd: folder };
    const wrapped = await gate.wrap(launch, { name: options.name, port });
    const notes = [...(yaml?.warnings ?? []), ...tools.notes];
    return {
      launch: wrapped,
      port,
      target: targetOf(options, port),
      env: inside ? env : wrapped.env,
      home: rooms.home,
      notes,
      cleanUp: rooms.cleanUp,
    };
  } catch (error) {
    rooms.cleanUp();
    throw error;
  }
}

/** A namespace has its way in from when the gate has wrapped the launch. */
function targetOf({ gate, target }: RuntimeOptions, port: number): AppTarget {
  const found = target?.() ?? (gate.mode === 'strict' ? undefined : { host: '127.0.0.1', port });
  if (found) return found;
  throw new BrickboxError('APP_NO_TARGET', 'An app in a namespace needs a way in.', { kind: 'internal' });
}

/** The build has the author's variables but neither the app's identity nor its place in the workspace. */
function buildEnvironment(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^DATABRICKS_(CLIENT_|HOST$|APP_URL$)/.test(name)),
  );
}

function privateRooms(): { home: string; temp: string; cleanUp(): void } {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'brickbox-app-')));
  const home = join(base, 'home');
  const temp = join(base, 'tmp');
  mkdirSync(home);
  mkdirSync(temp);
  // npm would otherwise look for its own updates at each start and fill the egress report with it.
  writeFileSync(join(home, '.npmrc'), 'update-notifier=false\nfund=false\naudit=false\n');
  return { home, temp, cleanUp: () => rmSync(base, { recursive: true, force: true, maxRetries: 3 }) };
}

/** The user's interpreters: their real folders on the PATH, and notes where they differ from the platform's. */
async function userTools(
  project: Project,
  command: readonly string[],
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ path: string; notes: string[] }> {
  const program = command[0] ?? '';
  const usesNode = project.packageJson !== undefined || /^(node|npm|npx|pnpm)$/.test(program);
  const python = project.requirements
    ? findPython(path)
    : (findProgram('python', path) ?? findProgram('python3', path));
  const usesPython = !usesNode || project.requirements || project.uv;
  const node = usesNode ? findProgram('node', path) : undefined;
  const toolEnv = { ...env, PATH: path };
  const [nodeFound, pythonFound] = await Promise.all([
    node === undefined ? undefined : inspect('node', node, project.folder, toolEnv),
    python === undefined || !usesPython ? undefined : inspect('python', python, project.folder, toolEnv),
  ]);
  const folders = [
    ...realFolder(node, nodeFound?.program),
    ...realFolder(python, project.requirements || project.uv ? undefined : pythonFound?.program),
  ];
  const notes: string[] = [];
  if (nodeFound && nodeFound.version.split('.')[0] !== '22') {
    notes.push(`The app runs on Node ${nodeFound.version}; the platform has 22.16.`);
  }
  if (pythonFound && !project.uv && !pythonFound.version.startsWith('3.11.')) {
    notes.push(`The app runs on Python ${pythonFound.version}; the platform has 3.11.`);
  }
  return { path: [...new Set([...folders, ...path.split(delimiter)])].join(delimiter), notes };
}

/** Folder of the interpreter behind a version manager's shim; nothing when there is no shim. */
function realFolder(found: string | undefined, real: string | undefined): string[] {
  if (found === undefined || real === undefined || found === real) return [];
  return realpathSync(found) === realpathSync(real) ? [] : [dirname(real)];
}
