import Database from 'better-sqlite3';

/** A value SQLite keeps. Booleans are stored as 0 and 1 by the caller. */
export type SqlValue = string | number | bigint | Buffer | null;
export type Row = Record<string, SqlValue>;

/** Tables of one folder. `sql` creates them; it runs once on a fresh database, in the order of registration. */
export interface Migration {
  /** Unique and stable, for example `policy/1`. */
  name: string;
  sql: string;
}

/**
 * A SQLite database whose file can be swapped under its users (reset, restore). Users keep the `Store`, never
 * a statement or a handle, and drop what they cached in `onSwap`.
 */
export interface Store {
  /** Counts swaps. Object ids repeat after a reset, so journal rows carry this number. */
  readonly epoch: number;
  /** Grows whenever content may have gone back to what it was: by a swap, or by a rolled back transaction. */
  readonly generation: number;
  /** All rows. Statements are cached by text, so keep texts constant and pass values as parameters. */
  all<T extends object = Row>(sql: string, ...params: SqlValue[]): T[];
  get<T extends object = Row>(sql: string, ...params: SqlValue[]): T | undefined;
  run(sql: string, ...params: SqlValue[]): { changes: number; lastInsertRowid: number | bigint };
  /** Runs `work` in one transaction; nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  /** Bytes of the whole database: an image. */
  serialize(): Buffer;
  /** Replaces the content by an image made by `serialize` and adds one to `epoch`. */
  swap(image: Buffer): void;
  onSwap(listener: () => void): () => void;
  close(): void;
}

/**
 * Opens a store in memory, or on `file` (WAL, synchronous=FULL) when the sandbox persists.
 * @throws Error of SQLite when a migration is wrong.
 */
export function openStore(options: {
  migrations: readonly Migration[];
  file?: string;
  image?: Buffer;
}): Store {
  let db = open(options.image ?? options.file ?? ':memory:');
  let statements = new Map<string, Database.Statement>();
  let epoch = 0;
  let generation = 0;
  const listeners = new Set<() => void>();
  migrate(db, options.migrations);

  const prepare = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };

  const transaction = <T>(work: () => T): T => {
    if (db.inTransaction) return work();
    try {
      return db.transaction(work)();
    } catch (error) {
      generation += 1;
      throw error;
    }
  };

  return {
    get epoch() {
      return epoch;
    },
    get generation() {
      return generation;
    },
    all: <T extends object = Row>(sql: string, ...params: SqlValue[]) => prepare(sql).all(...params) as T[],
    get: <T extends object = Row>(sql: string, ...params: SqlValue[]) =>
      prepare(sql).get(...params) as T | undefined,
    run: (sql, ...params) => prepare(sql).run(...params),
    transaction,
    serialize: () => db.serialize(),
    swap(image) {
      statements = new Map();
      db.close();
      db = open(image);
      epoch += 1;
      generation += 1;
      for (const listener of listeners) listener();
    },
    onSwap(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => db.close(),
  };
}

function open(source: Buffer | string): Database.Database {
  const db = new Database(source);
  if (typeof source === 'string' && source !== ':memory:') {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
  }
  db.pragma('foreign_keys = ON');
  return db;
}

function migrate(db: Database.Database, migrations: readonly Migration[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS brickbox_migrations (name TEXT PRIMARY KEY) STRICT');
  const done = new Set(db.prepare('SELECT name FROM brickbox_migrations').pluck().all());
  const mark = db.prepare('INSERT INTO brickbox_migrations (name) VALUES (?)');
  for (const { name, sql } of migrations) {
    if (done.has(name)) continue;
    db.transaction(() => {
      db.exec(sql);
      mark.run(name);
    })();
  }
}
