import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import type { Launch } from '../core/index.ts';
import { type LogBuffer, lineSplitter } from './log-buffer.ts';
import { endGroup, guardGroup } from './process-group.ts';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Why it could not be started at all. */
  failure?: string;
}

/** A started app: a process group of its own, guarded against our sudden end. */
export class Child {
  readonly pid: number | undefined;
  /** Private HOME, the mark of all processes of this app. */
  readonly home: string;
  /** Settles once, when the first process has ended and its output is read. */
  readonly exited: Promise<Exit>;
  ended: Exit | undefined;
  readonly #guard: ChildProcess | undefined;

  constructor(launch: Launch, home: string, log: LogBuffer) {
    const [program = '', ...words] = launch.command;
    const child = spawn(program, words, {
      cwd: launch.cwd,
      env: { ...launch.env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.pid = child.pid;
    this.home = home;
    this.#guard = child.pid === undefined ? undefined : guardGroup(child.pid, dirname(home));
    const outputs = [child.stdout, child.stderr].map((stream) => {
      const splitter = lineSplitter((line) => log.write('APP', line));
      stream.on('data', (chunk: Buffer) => splitter.write(chunk));
      return splitter;
    });
    this.exited = new Promise((resolve) => {
      const finish = (exit: Exit) => {
        if (this.ended) return;
        this.ended = exit;
        for (const output of outputs) output.end();
        resolve(exit);
      };
      child.once('error', (error) => finish({ code: null, signal: null, failure: error.message }));
      child.once('close', (code, signal) => finish({ code, signal }));
      // A grandchild may keep the pipes open: the first process's end counts, after a moment for its last words.
      child.once('exit', (code, signal) => setTimeout(() => finish({ code, signal }), 250));
    });
  }

  /** Ends the whole group and the guard. True when it had to be killed. */
  async end(grace: number): Promise<boolean> {
    const killed = this.pid === undefined ? false : await endGroup(this.pid, this.home, grace);
    this.#guard?.kill('SIGKILL');
    if (this.pid !== undefined) await this.exited;
    return killed;
  }
}

/** `exit code 1`, `signal SIGSEGV`. */
export function exitText(exit: Exit): string {
  if (exit.failure !== undefined) return exit.failure;
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
