import type { Handle } from './handles.ts';
import type { ResultSet } from './result-set.ts';
import type { StatementFailure } from './status.ts';

export type OperationState =
  | { state: 'running' }
  | { state: 'finished'; result: ResultSet; affectedRows: number | undefined }
  | { state: 'failed'; failure: StatementFailure }
  | { state: 'timed out'; failure: StatementFailure }
  | { state: 'canceled' };

/** One statement or metadata call of a session, from its start until it is closed. */
export class Operation {
  readonly handle: Handle;
  readonly type: number;
  /** Virtual epoch milliseconds. */
  readonly startedAt: number;
  lastUsed: number;
  completedAt: number | undefined;
  /** Settles when it has come to an end. Never rejects. */
  readonly finished: Promise<void>;
  #state: OperationState = { state: 'running' };
  #finish: () => void = () => {};
  readonly #controller = new AbortController();

  constructor(handle: Handle, type: number, now: number) {
    this.handle = handle;
    this.type = type;
    this.startedAt = now;
    this.lastUsed = now;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get state(): OperationState {
    return this.#state;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Moves to its end, unless it is there already. */
  end(state: OperationState, now: number): void {
    if (this.#state.state !== 'running') return;
    this.#state = state;
    this.completedAt = now;
    this.#finish();
  }

  /** Stops it if it runs. A finished one stays readable. */
  cancel(now: number): void {
    this.end({ state: 'canceled' }, now);
    this.#controller.abort();
  }
}
