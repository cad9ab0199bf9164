import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../core/index.ts';
import type { LogLine } from './contract.ts';

const bounds = { lines: 10_000, bytes: 4 * 1024 * 1024, line: 64 * 1024 };

/** The newest log lines of one app, bounded by count and size. Values registered as secret are blotted out. */
export class LogBuffer {
  readonly #clock: Clock;
  #lines: LogLine[] = [];
  #head = 0;
  #bytes = 0;
  #secrets: readonly string[] = [];
  /** Lines written since the process that runs now was started. */
  #sinceStart = 0;
  readonly #listeners = new Set<(line: LogLine) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Values that must never appear in a line. Very short ones would blot out ordinary words and are left. */
  hide(secrets: readonly string[]): void {
    this.#secrets = secrets.filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length);
  }

  write(source: LogLine['source'], text: string): void {
    let message = text.length > bounds.line ? `${text.slice(0, bounds.line)} [line cut]` : text;
    for (const secret of this.#secrets) message = message.replaceAll(secret, '[secret]');
    const line: LogLine = { at: this.#clock.wall(), source, message };
    this.#lines.push(line);
    this.#sinceStart += 1;
    this.#bytes += message.length;
    while (this.#lines.length - this.#head > bounds.lines || this.#bytes > bounds.bytes) {
      this.#bytes -= this.#lines[this.#head]?.message.length ?? 0;
      this.#head += 1;
    }
    if (this.#head > 1000 && this.#head * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#head);
      this.#head = 0;
    }
    for (const listener of this.#listeners) listener(line);
  }

  /** The newest `limit` lines, oldest first. */
  lines(limit = bounds.lines): LogLine[] {
    return this.#lines.slice(Math.max(this.#head, this.#lines.length - limit));
  }

  /** A new process begins: what earlier ones printed explains nothing about it. */
  newProcess(): void {
    this.#sinceStart = 0;
  }

  /** The newest lines since the last start as text, for an error. */
  tail(limit: number, source?: LogLine['source']): string {
    return this.lines(this.#sinceStart)
      .filter((line) => source === undefined || line.source === source)
      .slice(-limit)
      .map((line) => `  ${line.message}`)
      .join('\n');
  }

  follow(listener: (line: LogLine) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Cuts a byte stream into lines. `end` hands over what has no line end yet. */
export function lineSplitter(onLine: (line: string) => void): { write(chunk: Buffer): void; end(): void } {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    write(chunk) {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) onLine(part.replace(/\r$/, ''));
      if (rest.length > bounds.line) {
        onLine(rest);
        rest = '';
      }
    },
    end() {
      rest += decoder.end();
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
