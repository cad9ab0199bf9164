import type { Writable } from 'node:stream';

/** The terminal, or what stands in for it. */
export interface Io {
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean };
  env: Readonly<NodeJS.ProcessEnv>;
  /** Folder the process was started in. */
  cwd: string;
}

/** Emphasis, or nothing where colour is not wanted. */
export interface Style {
  accent(text: string): string;
  strong(text: string): string;
  quiet(text: string): string;
}

/** One accent colour; none without a terminal, with `NO_COLOR`, or on a dumb terminal. */
export function styleOf(io: Io, stream: Io['stdout'] = io.stdout): Style {
  const colour = stream.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
  const wrap = (on: number, off: number) => (text: string) =>
    colour && text ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { accent: wrap(36, 39), strong: wrap(1, 22), quiet: wrap(2, 22) };
}

/** Shows that long work goes on: one changing line on a terminal, plain lines elsewhere. Always on stderr. */
export interface Progress {
  step(line: string): void;
  /** Clears the changing line. */
  done(): void;
}

export function createProgress(io: Io, quiet = false): Progress {
  if (quiet) return { step() {}, done() {} };
  const live = io.stderr.isTTY === true && io.env['TERM'] !== 'dumb' && !io.env['CI'];
  return {
    step(line) {
      io.stderr.write(live ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    done() {
      if (live) io.stderr.write('\r\u001b[2K');
    },
  };
}
