import type { Caller } from '../../emulator/policy/index.ts';

/** A type in Spark's own text form, upper case: `BIGINT`, `DECIMAL(10,2)`, `ARRAY<STRING>`, `STRUCT<a: INT>`, `TIMESTAMP`, `TIMESTAMP_NTZ`, `VOID`. */
export type SparkType = string;

export interface Column {
  name: string;
  type: SparkType;
  nullable: boolean;
  comment?: string;
}

/** Defaults of one session: what `USE` or the request sets. */
export interface SqlSession {
  catalog: string;
  schema: string;
  timeZone: string;
  /** Temporary views and variables. Whoever keeps a session keeps the one a result gives back. */
  state?: SessionState;
}

/** A view of one session. It reads with the rights of whoever asks, and nobody else can name it. */
export interface TemporaryView {
  name: string;
  query: string;
  columns: readonly Column[];
  defaults: { catalog: string; schema: string };
}

/** A session variable. Its value is kept as text that casts back to the type. */
export interface SessionVariable {
  name: string;
  type: SparkType;
  /** Text of the default expression; null for none. */
  default: string | null;
  value: string | null;
}

/** Plain data, never changed in place: a statement that changes it gives back another session. */
export interface SessionState {
  /** Kind and name of the principal; the state counts for no other caller. */
  owner: string;
  views: readonly TemporaryView[];
  variables: readonly SessionVariable[];
  /** What SET changed, by name in lower case; the time zone is the session's own. */
  parameters?: Readonly<Record<string, string>>;
  /** The time zone the session began with, once SET has changed it. */
  baseTimeZone?: string;
}

export interface SqlParameter {
  name?: string;
  /** 1-based, for `?`. */
  ordinal?: number;
  /** NULL when absent or null. */
  value?: string | null;
  /** Default STRING. */
  type?: string;
  /** Elements of an ARRAY; keys and values of a MAP in turn. Then there is no `value`. */
  items?: readonly SqlParameter[];
}

export interface StatementRequest {
  caller: Caller;
  text: string;
  session: SqlSession;
  parameters?: readonly SqlParameter[];
  limits?: { rows?: number; bytes?: number; milliseconds?: number };
  signal?: AbortSignal;
  /** Id shown to the client and kept in the journal; made when absent. */
  statementId?: string;
}

/**
 * Rows of a result, in batches of columns' values in Spark's logical form: null, boolean, number (INT, DOUBLE),
 * bigint (BIGINT), string (STRING, DECIMAL as text), Date-free: DATE as days since epoch (number), TIMESTAMP and
 * TIMESTAMP_NTZ as microseconds (bigint), BINARY as Buffer, ARRAY as array, STRUCT as object, MAP as array of [key, value].
 */
export type CellValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | CellValue[]
  | { [field: string]: CellValue };

export interface StatementResult {
  statementId: string;
  /** Empty for DDL and GRANT. */
  columns: Column[];
  rows: CellValue[][];
  /** True when a row or byte limit cut the result. */
  truncated: boolean;
  /** Session after the statement (`USE`). */
  session: SqlSession;
  affectedRows?: number;
}

/**
 * The warehouse: parses, checks, secures and runs one statement for one caller.
 * @throws SqlError with the platform's class, SQLSTATE and text; never with values of hidden rows.
 */
export interface Warehouse {
  execute(request: StatementRequest): Promise<StatementResult>;
  /** Loads rows of a CSV, JSON or Parquet file into an existing or new table, as the seeding admin. */
  loadFile(request: { caller: Caller; table: string; file: string }): Promise<{ rows: number }>;
  close(): Promise<void>;
}
