import type { Store } from '../state/index.ts';

/** A cache over rows of the control database that can never be older than the database. */
export interface Versioned<Cache> {
  /** Number of the present content. Never repeats for different content within one process. */
  readonly version: number;
  /** The cache of the present content; a fresh one after every change, rollback or swap. */
  cache(): Cache;
  /** Runs `work` in a transaction that carries a new version, and returns its result. */
  change<Result>(work: (version: number) => Result): Result;
}

/**
 * The version is a row of `table` (one column `version`), so a rolled back transaction takes it back too and the
 * cache built inside that transaction is dropped. New numbers come from a counter that only grows: a number seen
 * before a rollback or reset is not used again for other content.
 *
 * The number is asked for at every request, so it is kept in memory until a change, a rollback or a swap. Only
 * `change` of this object may write the table.
 */
export function createVersioned<Cache>(store: Store, table: string, fresh: () => Cache): Versioned<Cache> {
  const select = `SELECT version FROM ${table}`;
  const update = `UPDATE ${table} SET version = ?`;
  let counter = 0;
  let seen: { version: number; epoch: number; cache: Cache } | undefined;

  let kept: { version: number; generation: number } | undefined;
  const read = (): number => {
    const { generation } = store;
    if (kept?.generation !== generation) {
      kept = { version: store.get<{ version: number }>(select)?.version ?? 0, generation };
    }
    return kept.version;
  };
  return {
    get version() {
      return read();
    },
    cache() {
      const version = read();
      if (seen?.version !== version || seen.epoch !== store.epoch) {
        seen = { version, epoch: store.epoch, cache: fresh() };
      }
      return seen.cache;
    },
    change: (work) =>
      store.transaction(() => {
        counter = Math.max(counter, read()) + 1;
        store.run(update, counter);
        kept = undefined;
        try {
          return work(counter);
        } finally {
          // Also after a failure: an outer transaction may go on with what was written before it.
          seen = undefined;
        }
      }),
  };
}
