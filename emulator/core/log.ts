/** Lines for people. Never pass tokens, secrets or row values. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
  /** Detail for maintainers, off unless asked for. */
  debug(message: string): void;
}

export const silentLog: Log = { info() {}, warn() {}, error() {}, debug() {} };
