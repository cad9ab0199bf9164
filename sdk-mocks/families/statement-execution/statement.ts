import type { Explanation } from '../../../emulator/core/index.ts';
import type { ColumnInfo } from './json/columns.ts';
import type { JsonCell } from './json/encode.ts';

/** A result as it is delivered inline. */
export interface InlineResult {
  /** Empty for statements without a result set. */
  columns: ColumnInfo[];
  rows: JsonCell[][];
  truncated: boolean;
  /** Characters of all cells, for the memory bound. */
  size: number;
}

/** What went wrong. `code` is a ServiceErrorCode of the API. */
export interface StatementFailure {
  code: 'BAD_REQUEST' | 'INTERNAL_ERROR' | 'NOT_FOUND';
  message: string;
  sqlState: string | undefined;
  explanation: Explanation | undefined;
}

/** Where a statement stands; the last four are final. */
export type StatementStatus =
  | { state: 'PENDING' }
  | { state: 'RUNNING' }
  | { state: 'SUCCEEDED'; result: InlineResult }
  | { state: 'FAILED'; failure: StatementFailure }
  | { state: 'CANCELED' }
  | { state: 'CLOSED' };

/** One statement, from its request until its result is forgotten. It belongs to the principal who sent it. */
export class Statement {
  readonly id: string;
  /** Kind and name of the principal. */
  readonly owner: string;
  /** Settles when the status is final. Never rejects. */
  readonly finished: Promise<void>;
  #status: StatementStatus = { state: 'PENDING' };
  #finish: () => void = () => {};
  readonly #controller = new AbortController();

  constructor(id: string, owner: string) {
    this.id = id;
    this.owner = owner;
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get status(): StatementStatus {
    return this.#status;
  }

  /** Aborts when the statement is cancelled or closed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get final(): boolean {
    return this.#status.state !== 'PENDING' && this.#status.state !== 'RUNNING';
  }

  /** Moves on, unless the statement has reached its end already. */
  become(status: StatementStatus): void {
    if (this.final) return;
    this.#status = status;
    if (this.final) this.#finish();
  }

  /** Stops it if it still runs. A finished statement stays as it is. */
  cancel(): void {
    this.become({ state: 'CANCELED' });
    this.#controller.abort();
  }

  /** Stops it and drops its result. */
  close(): void {
    this.#status = { state: 'CLOSED' };
    this.#finish();
    this.#controller.abort();
  }
}
