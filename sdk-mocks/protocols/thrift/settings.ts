/** Named limits of the Thrift service. Milliseconds are wall time where something waits, virtual time where it expires. */
export interface ThriftSettings {
  /** Largest request, bytes. */
  maxRequestBytes: number;
  /** How long ExecuteStatement waits for its statement (assumed; drivers cannot cancel before it answers). */
  executeHold: number;
  /** How long GetOperationStatus waits: the Python driver asks again at once (code: databricks-sql-python). */
  pollHold: number;
  /** A session that nobody used for so long is closed, virtual time (assumed). */
  sessionIdle: number;
  /** A finished operation that nobody asked for so long is closed, virtual time (assumed). */
  operationIdle: number;
  /** Largest page of rows, bytes, whatever the client allows. */
  pageBytes: number;
  /** Results above this many bytes go by URL where the client can download (assumed; the platform's own is not known). */
  cloudFetchBytes: number;
  /** Bytes of one downloaded file. */
  fileBytes: number;
  /** Links of one page. */
  filesPerPage: number;
  /** Sessions that may be open at once, of one principal. */
  maxSessions: number;
}

export const defaultThriftSettings: ThriftSettings = {
  maxRequestBytes: 20 * 1024 * 1024,
  executeHold: 5_000,
  pollHold: 2_000,
  sessionIdle: 8 * 60 * 60_000,
  operationIdle: 60 * 60_000,
  pageBytes: 16 * 1024 * 1024,
  cloudFetchBytes: 10 * 1024 * 1024,
  fileBytes: 8 * 1024 * 1024,
  filesPerPage: 4,
  maxSessions: 1_000,
};
