import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Context } from '../../cli/context.ts';
import type { LoadedConfig, Platform } from '../../cli/platform.ts';
import { runProgram } from '../../cli/program.ts';
import { configSchema } from '../../emulator/config/index.ts';
import { checkDeclarations, formatReport } from '../../emulator/egress/index.ts';
import { createControl } from '../../emulator/index.ts';
import { type FakeSandbox, fakeSandbox } from './fake-sandbox.ts';

class Captured extends Writable {
  text = '';
  isTTY = false;
  #waiting: { needle: string; found: () => void }[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void) {
    this.text += chunk.toString();
    this.#waiting = this.#waiting.filter(({ needle, found }) => {
      if (!this.text.includes(needle)) return true;
      found();
      return false;
    });
    done();
  }

  /** Waits until a text was printed. */
  until(needle: string): Promise<void> {
    if (this.text.includes(needle)) return Promise.resolve();
    return new Promise((found) => this.#waiting.push({ needle, found }));
  }
}

export interface FakeCli extends AsyncDisposable {
  readonly folder: string;
  readonly sandbox: FakeSandbox;
  readonly stdout: Captured;
  readonly stderr: Captured;
  readonly context: Context;
  env: NodeJS.ProcessEnv;
  /** Configuration the fake `loadConfig` gives. */
  loaded: LoadedConfig;
  /** Runs one command line; returns exit code and what this command printed. */
  run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string; last: unknown }>;
  /** Ctrl-C. */
  interrupt(): void;
}

/** The command line over a fake sandbox, with the real control API between them. */
export function fakeCli(): FakeCli {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-cli-'));
  const sandbox = fakeSandbox();
  const stdout = new Captured();
  const stderr = new Captured();
  const listeners = new Set<(signal: 'SIGINT') => void>();
  const platform: Platform = {
    formatReport,
    checkDeclarations,
    createSandbox: async () => sandbox,
    createControl,
    loadConfig: () => cli.loaded,
    coverageTable: () => [
      {
        id: 'a.get',
        method: 'GET',
        path: '/api/2.0/a',
        family: 'a',
        grade: 'exact',
        evidence: ['a.client.test.ts'],
      },
      { id: 'b.get', method: 'GET', path: '/api/2.0/b', family: null, grade: 'unbuilt', evidence: [] },
    ],
  };
  const cli: FakeCli = {
    folder,
    sandbox,
    stdout,
    stderr,
    env: { PATH: process.env['PATH'], XDG_STATE_HOME: join(folder, 'state') },
    loaded: {
      config: configSchema.parse({ apps: { orders: {} } }),
      file: join(folder, 'brickbox.yaml'),
      folder,
      notes: ['a note'],
    },
    context: {
      io: {
        stdout,
        stderr,
        get env() {
          return cli.env;
        },
        cwd: folder,
      },
      platform: async () => platform,
      self: [process.execPath],
      onSignal: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      exitCode: 0,
    },
    async run(...argv) {
      const before = { stdout: stdout.text.length, stderr: stderr.text.length };
      const context = { ...cli.context, exitCode: 0 };
      await runProgram(context, argv);
      const printed = stdout.text.slice(before.stdout);
      return {
        code: context.exitCode,
        stdout: printed,
        stderr: stderr.text.slice(before.stderr),
        last: parsed(printed.trimEnd().split('\n').at(-1) ?? ''),
      };
    },
    interrupt() {
      for (const listener of listeners) listener('SIGINT');
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return cli;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
