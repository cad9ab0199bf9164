import type { Explanation } from '../../../emulator/core/index.ts';
import type { ColumnInfo } from './columns.ts';

/** A cell of `data_array`: text, or null for NULL. */
export type JsonCell = string | null;

/** One part of a result, encoded: a file complete in itself. */
export interface Chunk {
  rowOffset: number;
  rowCount: number;
  /** Bytes before compression. */
  byteCount: number;
  /** As they go over the wire. */
  bytes: Buffer;
  contentType: string;
}

/** A result as it is kept and delivered. */
export interface Delivered {
  format: 'JSON_ARRAY' | 'ARROW_STREAM' | 'CSV';
  /** Empty for statements without a result set. */
  columns: ColumnInfo[];
  rowCount: number;
  truncated: boolean;
  compression: 'LZ4_FRAME' | 'NONE' | undefined;
  /** Characters or bytes of all cells, for the memory bound. */
  size: number;
  content:
    | { kind: 'none' }
    | { kind: 'rows'; rows: JsonCell[][] }
    | { kind: 'attachment'; chunk: Chunk }
    | { kind: 'files'; chunks: Chunk[] };
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
  | { state: 'SUCCEEDED'; result: Delivered }
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
