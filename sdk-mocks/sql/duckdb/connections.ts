import type {
  DuckDBConnection,
  DuckDBInstance,
  DuckDBPreparedStatement,
  DuckDBResult,
} from '@duckdb/node-api';

/** Values of parameters by name without `$`. All are text; the SQL casts them. */
export type ParameterValues = Readonly<Record<string, string | null>>;

interface Pooled {
  connection: DuckDBConnection;
  prepared: Map<string, DuckDBPreparedStatement>;
}

const preparedLimit = 200;

/**
 * Connections of one instance. A connection serves one statement at a time; prepared statements stay with it,
 * so a repeated statement is neither parsed nor planned by the engine again.
 */
export class Connections {
  readonly #instance: DuckDBInstance;
  readonly #setup: readonly string[];
  readonly #all: Pooled[] = [];
  readonly #free: Pooled[] = [];
  #closed = false;

  constructor(instance: DuckDBInstance, setup: readonly string[] = []) {
    this.#instance = instance;
    this.#setup = setup;
  }

  async #take(): Promise<Pooled> {
    const free = this.#free.pop();
    if (free) return free;
    const connection = await this.#instance.connect();
    for (const sql of this.#setup) await connection.run(sql);
    const pooled: Pooled = { connection, prepared: new Map() };
    this.#all.push(pooled);
    return pooled;
  }

  /** Lends a connection. `signal` interrupts what runs on it. */
  async use<T>(work: (lent: Lent) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const pooled = await this.#take();
    const interrupt = () => pooled.connection.interrupt();
    signal?.addEventListener('abort', interrupt, { once: true });
    try {
      return await work(new Lent(pooled));
    } finally {
      signal?.removeEventListener('abort', interrupt);
      if (!this.#closed) this.#free.push(pooled);
    }
  }

  close(): void {
    this.#closed = true;
    for (const { connection, prepared } of this.#all) {
      for (const statement of prepared.values()) statement.destroySync();
      connection.closeSync();
    }
    this.#instance.closeSync();
  }
}

/** A connection on loan. */
export class Lent {
  readonly #pooled: Pooled;

  constructor(pooled: Pooled) {
    this.#pooled = pooled;
  }

  get connection(): DuckDBConnection {
    return this.#pooled.connection;
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql);
  }

  /** Streams the rows of one statement, prepared once a connection. */
  async stream(sql: string, values: ParameterValues = {}): Promise<DuckDBResult> {
    const statement = await this.#prepare(sql);
    for (const [name, value] of Object.entries(values)) {
      const index = statement.parameterIndex(name);
      if (value === null) statement.bindNull(index);
      else statement.bindVarchar(index, value);
    }
    return statement.stream();
  }

  async #prepare(sql: string): Promise<DuckDBPreparedStatement> {
    const { prepared, connection } = this.#pooled;
    const known = prepared.get(sql);
    if (known) return known;
    const statement = await connection.prepare(sql);
    if (prepared.size >= preparedLimit) {
      const [oldest] = prepared;
      if (oldest) {
        oldest[1].destroySync();
        prepared.delete(oldest[0]);
      }
    }
    prepared.set(sql, statement);
    return statement;
  }
}
