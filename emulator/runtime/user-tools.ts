import { execFile } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { privateFolder } from './build-state.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The user's PATH without what a package manager put in front of it to start us: `node_modules/.bin` folders
 * (among them the one with our own Node) and helpers inside node_modules.
 */
export function userPath(env: Env): string {
  const entries = (env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter);
  const own = entries.filter((entry) => isAbsolute(entry) && !/(^|\/)node_modules(\/|$)/.test(entry));
  return [...new Set(own)].join(delimiter);
}

/** Full path of a program, or undefined. A name with a slash is taken from `cwd`. */
export function findProgram(name: string, path: string, cwd = '/'): string | undefined {
  const candidates = name.includes('/')
    ? [isAbsolute(name) ? name : join(cwd, name)]
    : path
        .split(delimiter)
        .filter(Boolean)
        .map((folder) => join(folder, name));
  return candidates.find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** An interpreter of the user, behind any version manager's shim. */
export interface Interpreter {
  /** The real program, not the shim. */
  program: string;
  /** For example `22.16.0`. */
  version: string;
}

const probes = {
  node: ['-p', 'process.execPath + "\\n" + process.versions.node'],
  python: ['-c', 'import sys, platform; print(sys.executable); print(platform.python_version())'],
};
const pinFiles = ['.python-version', '.node-version', '.nvmrc', '.tool-versions'];

/**
 * Asks an interpreter for its real path and version: version managers put shims on the PATH that need the
 * user's HOME, which an app does not get. The answer is kept in `.brickbox/`, keyed by the shim and the
 * version pins of the folder, because asking costs a process start.
 */
export async function inspect(
  kind: 'node' | 'python',
  program: string,
  folder: string,
  env: Env,
): Promise<Interpreter | undefined> {
  const file = join(folder, '.brickbox', `${kind}.json`);
  const key = cacheKey(program, folder);
  const cached = readCache(file, key);
  if (cached) return cached;
  const output = await new Promise<string>((resolve) => {
    execFile(program, probes[kind], { cwd: folder, env: { ...env }, timeout: 10_000 }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  const [real, version] = output.trim().split('\n');
  if (!real || !version) return undefined;
  const found = { program: real, version };
  try {
    writeFileSync(join(privateFolder(folder), `${kind}.json`), `${JSON.stringify({ key, ...found })}\n`);
  } catch {
    // A folder we may not write to costs a question at each start, no more.
  }
  return found;
}

function cacheKey(program: string, folder: string): string {
  const { mtimeMs, size } = statSync(program);
  const pins = pinFiles.map((name) => {
    try {
      return readFileSync(join(folder, name), 'utf8');
    } catch {
      return '';
    }
  });
  return JSON.stringify([program, mtimeMs, size, pins]);
}

function readCache(file: string, key: string): Interpreter | undefined {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof kept !== 'object' || kept === null || !('key' in kept) || kept.key !== key) return undefined;
    if (!('program' in kept) || typeof kept.program !== 'string' || !isProgram(kept.program))
      return undefined;
    if (!('version' in kept) || typeof kept.version !== 'string') return undefined;
    return { program: kept.program, version: kept.version };
  } catch {
    return undefined;
  }
}
