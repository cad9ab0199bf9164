import { BrickboxError } from '../core/index.ts';
import { Child, exitText } from './child.ts';
import type { AppProcess, AppTarget, LogLine, RuntimeOptions } from './contract.ts';
import { type Listener, listenerText } from './listeners.ts';
import { LogBuffer } from './log-buffer.ts';
import { type Prepared, prepare } from './prepare.ts';
import { crashed, listenersOfApp, waitReady } from './wait-ready.ts';

/** Makes the process of an app; nothing runs before `start`. */
export function createAppProcess(options: RuntimeOptions): AppProcess {
  return new Runner(options);
}

const longestBackoff = 30_000;
/** An app that ran this long starts with a fresh count of restarts. */
const stableAfter = 60_000;

class Runner implements AppProcess {
  readonly #options: RuntimeOptions;
  readonly #log: LogBuffer;
  #state: AppProcess['state'] = 'stopped';
  #prepared: Prepared | undefined;
  #child: Child | undefined;
  #abort: AbortController | undefined;
  /** Starts and stops take turns. */
  #turn: Promise<unknown> = Promise.resolve();
  #restarts = 0;
  #stops = 0;
  #readyAt = 0;
  #timers = new Set<NodeJS.Timeout>();
  #reported = new Set<string>();

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#log = new LogBuffer(options.clock);
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): AppProcess['state'] {
    return this.#state;
  }

  get port(): number {
    return this.#prepared?.port ?? 0;
  }

  get pid(): number | undefined {
    return this.#child?.ended ? undefined : this.#child?.pid;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#prepared?.env ?? {};
  }

  get notes(): readonly string[] {
    return this.#prepared?.notes ?? [];
  }

  target(): AppTarget | undefined {
    return this.#state === 'running' ? this.#prepared?.target : undefined;
  }

  start(): Promise<void> {
    return this.#take(async () => {
      if (this.#state === 'running') return;
      this.#restarts = 0;
      await this.#end();
      await this.#deploy();
    });
  }

  stop(): Promise<void> {
    this.#stops += 1;
    this.#abort?.abort(stopped(this.name));
    return this.#take(async () => {
      const was = this.#state;
      await this.#end();
      this.#state = 'stopped';
      if (was !== 'stopped') this.#event('stopped', 'The app was stopped.');
    });
  }

  /** A stop that comes meanwhile is the last word: nothing would end the app that a closed sandbox starts. */
  async restart(): Promise<void> {
    const down = this.stop();
    const stops = this.#stops;
    await down;
    if (this.#stops === stops) await this.start();
  }

  logs(limit?: number): LogLine[] {
    return this.#log.lines(limit);
  }

  followLogs(listener: (line: LogLine) => void): () => void {
    return this.#log.follow(listener);
  }

  #take(run: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(run);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #deploy(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    try {
      this.#state = 'deploying';
      this.#event('deploying', 'Installing and building.');
      this.#prepared = await prepare(this.#options, this.#log, abort.signal);
      await this.#launch(this.#prepared, abort.signal);
    } catch (error) {
      const failure: unknown = abort.signal.aborted ? abort.signal.reason : error;
      const report = failure instanceof Error ? failure.message : String(failure);
      await this.#end();
      this.#state = abort.signal.aborted ? 'stopped' : 'crashed';
      if (!abort.signal.aborted) this.#event('failed', report);
      throw failure;
    }
  }

  async #launch(prepared: Prepared, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    this.#state = 'starting';
    this.#event('starting', `Starting on port ${prepared.port}.`);
    signal.throwIfAborted();
    this.#log.newProcess();
    const child = new Child(prepared.launch, prepared.home, this.#log);
    this.#child = child;
    const visible = this.#options.gate.mode !== 'strict';
    await waitReady(child, prepared, {
      name: this.name,
      limit: (settings?.start_timeout_seconds ?? 600) * 1000,
      visible,
      log: this.#log,
      signal,
      onElsewhere: (listeners) => this.#waitingElsewhere(listeners, prepared.port),
    });
    this.#state = 'running';
    this.#readyAt = this.#options.clock.wall();
    this.#event('ready', `App started successfully on port ${prepared.port}.`);
    if (visible) {
      this.#checkListeners(child, prepared.port);
      // Metrics and debug listeners often come a moment after the first one.
      this.#later(2000, () => this.#checkListeners(child, prepared.port));
    }
    void child.exited.then(() => this.#take(() => this.#onExit(child)));
  }

  /** A running app ended by itself: report, then start it again after a pause, a bounded number of times. */
  async #onExit(child: Child): Promise<void> {
    if (this.#child !== child || this.#state !== 'running') return;
    this.#state = 'crashed';
    const error = crashed(this.name, child, this.#log);
    const how = child.ended ? exitText(child.ended) : 'unknown reason';
    this.#event('crashed', `The app ended (${how}).`);
    this.#options.log.error(error.toText());
    await child.end(this.#grace);
    if (this.#options.clock.wall() - this.#readyAt >= stableAfter) this.#restarts = 0;
    const allowed = this.#options.settings?.restarts ?? 5;
    if (this.#restarts >= allowed) {
      this.#event('gave_up', `The app stays down after ${this.#restarts} restarts.`);
      return;
    }
    const pause = Math.min(longestBackoff, (this.#options.backoff ?? 1000) * 2 ** this.#restarts);
    this.#restarts += 1;
    this.#event('restarting', `Restart ${this.#restarts} of ${allowed} in ${pause / 1000} s.`);
    this.#later(pause, () => void this.#take(() => this.#recover(child)).catch(() => {}));
  }

  async #recover(child: Child): Promise<void> {
    if (this.#child !== child || this.#state !== 'crashed' || !this.#prepared) return;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      await this.#launch(this.#prepared, abort.signal);
    } catch (error) {
      if (abort.signal.aborted) return;
      const again = this.#child;
      if (!again?.ended) {
        await this.#end();
        this.#state = 'crashed';
        this.#event('failed', error instanceof Error ? error.message : String(error));
        return;
      }
      this.#state = 'running';
      this.#readyAt = this.#options.clock.wall();
      await this.#onExit(again);
    }
  }

  /** Ends what runs and removes the private folders. */
  async #end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const [child, prepared] = [this.#child, this.#prepared];
    this.#child = undefined;
    this.#reported.clear();
    if (child) {
      const killed = await child.end(this.#grace);
      if (killed) {
        const limit = this.#grace / 1000;
        this.#event('killed', `The app did not end within ${limit} s of SIGTERM and was killed.`);
      }
    }
    prepared?.cleanUp();
  }

  get #grace(): number {
    return (this.#options.settings?.stop_timeout_seconds ?? 15) * 1000;
  }

  #waitingElsewhere(listeners: string, port: number): void {
    const line = `The app listens on ${listeners}, not on 127.0.0.1:${port} (DATABRICKS_APP_PORT). Still waiting.`;
    this.#log.write('SYSTEM', line);
    this.#options.onProgress?.(line);
    this.#options.log.warn(line);
  }

  /** A listener that others on the network could reach, or that the platform would not route to, is a finding. */
  #checkListeners(child: Child, port: number): void {
    if (this.#child !== child || child.ended) return;
    for (const listener of listenersOfApp(child) ?? []) this.#report(listener, port);
  }

  #report(listener: Listener, port: number): void {
    const loopback = /^127\.|^::1$/.test(listener.address);
    if (loopback && listener.port === port) return;
    const where = listenerText(listener);
    if (this.#reported.has(where)) return;
    this.#reported.add(where);
    const reach = loopback
      ? 'The platform routes requests to the app port only.'
      : 'Here the network can reach it and send any identity header it likes.';
    const line = `The app ${this.name} listens on ${where}. ${reach}`;
    this.#log.write('SYSTEM', line);
    this.#options.journal.append({
      kind: 'finding',
      severity: loopback ? 'info' : 'warning',
      finding: loopback ? 'app_listens_on_other_port' : 'app_listens_on_other_address',
      app: this.name,
      message: line,
      fix: `Listen on 127.0.0.1:${port}: take the address from UVICORN_HOST (or its like) and the port from DATABRICKS_APP_PORT.`,
    });
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }

  #event(event: string, message: string): void {
    this.#log.write('SYSTEM', message);
    // The log has blotted out secrets; an error's text may quote the app's output.
    const clean = this.#log.lines(1)[0]?.message ?? message;
    this.#options.journal.append({ kind: 'app', app: this.name, event, message: clean });
  }
}

function stopped(name: string): BrickboxError {
  return new BrickboxError('APP_STOPPED', `The app ${name} was stopped before it was ready.`);
}
