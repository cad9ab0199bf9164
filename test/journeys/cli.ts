import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from './house.ts';

const launcher = repository('cli/launch.cjs');

/** How a command ended. */
export interface Done {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** Last line of stdout, as `--json` prints it. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes.
  json: any;
}

export interface CliOptions {
  cwd: string;
  env?: Record<string, string>;
  /** Arguments of Node before the launcher. */
  node?: readonly string[];
}

/** A command that runs. */
export interface Running {
  child: ChildProcess;
  pid: number;
  done: Promise<Done>;
  /** Waits until stdout and stderr together match. Fails when the command ends before. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts the `brickbox` command of this checkout as a user would, without what the test runner's own variables say. */
export function start(args: readonly string[], { cwd, env = {}, node = [] }: CliOptions): Running {
  return run([process.execPath, ...node, launcher, ...args], { cwd, env });
}

/** Runs `brickbox` to its end. */
export const brickbox = (args: readonly string[], options: CliOptions): Promise<Done> =>
  start(args, options).done;

/** Starts any program with a clean environment of the user's. */
export function run(
  argv: readonly string[],
  { cwd, env = {} }: { cwd: string; env?: Record<string, string> },
): Running {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, {
    cwd,
    env: { ...userEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  let ended = false;
  const watchers = new Set<() => void>();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    changed();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    changed();
  });
  const done = new Promise<Done>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal, stdout, stderr, json: lastJson(stdout) });
      changed();
    });
  });
  return {
    child,
    pid: child.pid ?? 0,
    done,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer);
          watchers.delete(look);
          act();
        };
        const look = () => {
          const found = pattern.exec(stdout + stderr);
          if (found) settle(() => resolve(found));
          else if (ended)
            settle(() => reject(new Error(`It ended without saying ${pattern}:\n${stdout}${stderr}`)));
        };
        const late = () => reject(new Error(`It did not say ${pattern} within 15 s:\n${stdout}${stderr}`));
        const timer = setTimeout(() => settle(late), 15_000);
        watchers.add(look);
        look();
      }),
  };
}

/** The environment of a user who runs nothing of ours yet: the runner's own variables would change what is tested. */
function userEnv(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(BRICKBOX_|DATABRICKS_|npm_|PNPM_|VITEST|VITE_|NODE_(?!COMPILE_CACHE)|INIT_CWD|TEST$|DEV$|PROD$|MODE$)/i.test(
        name,
      ),
  );
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function lastJson(stdout: string): unknown {
  try {
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } catch {
    return undefined;
  }
}

/** A folder with these files, outside the repository. */
export function folderWith(files: Record<string, string>): { folder: string; remove(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'brickbox-journey-')));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) };
}

/**
 * What a run left in its TMPDIR. The folder of strict egress is the user's and stays, with what its probe proved;
 * what runs put into it does not.
 */
export function leftIn(temp: string): string[] {
  return readdirSync(temp).flatMap((name) =>
    name.startsWith('brickbox-strict-')
      ? readdirSync(join(temp, name)).filter((inside) => inside.startsWith('ns-'))
      : name === '.keep'
        ? []
        : [name],
  );
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
