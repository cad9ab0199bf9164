import type { DuckDBResult } from '@duckdb/node-api';
import { type Secrets, systemSecrets } from '../../../emulator/core/index.ts';
import { duckType, type Type } from '../dialect/index.ts';
import { Connections } from './connections.ts';

const locked: Record<string, string> = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
};

export interface EngineLimits {
  /** Megabytes one instance may use. */
  memory: number;
  threads: number;
}

/**
 * The DuckDB side of a process: one trusted instance that keeps the segments of every table, and small locked
 * instances for what callers may see. Nothing is loaded before the first statement. Sandboxes of a process may share it.
 */
export interface Engine {
  /** Trusted: holds all rows. Only SQL made by the binder from policies, views' tables and seeds runs here. */
  trusted(): Promise<Connections>;
  /** An empty, locked instance in memory. */
  sandboxed(timeZone: string): Promise<Connections>;
  /** An instance that may read files, for seeding. Holds no rows of tables. */
  loader(): Promise<Connections>;
  /** A name nobody can guess. */
  randomName(prefix: string): string;
  /** Drops a segment nobody uses, once the statements that now run have ended. Never throws. */
  dropSegment(id: string): void;
  /** A statement begins that may read segments; the returned function says that it ended. */
  reading(): () => void;
  /** Waits for the drops that nothing holds back. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function createEngine(options: { limits?: Partial<EngineLimits>; secrets?: Secrets } = {}): Engine {
  const secrets = options.secrets ?? systemSecrets;
  const memory = `${options.limits?.memory ?? 1024}MB`;
  const threads = String(options.limits?.threads ?? 2);
  let trusted: Promise<Connections> | undefined;
  let closed = false;
  const readers = new Set<symbol>();
  const waiting = new Map<string, Set<symbol>>();
  let drops: Promise<void> = Promise.resolve();

  const drop = (id: string) => {
    if (closed || !trusted) return;
    const instance = trusted;
    drops = drops
      .then(async () => (await instance).use((lent) => lent.run(`DROP TABLE IF EXISTS "${id}"`)))
      .catch(() => {});
  };

  const open = async (
    config: Record<string, string>,
    setup: readonly string[] = [],
  ): Promise<Connections> => {
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(':memory:', { threads, ...config });
    return new Connections(instance, setup);
  };

  const engine: Engine = {
    trusted() {
      trusted ??= open(locked, ["SET TimeZone = 'UTC'"]);
      return trusted;
    },
    async sandboxed(timeZone) {
      const connections = await open({ ...locked, memory_limit: memory });
      await connections.use(async (lent) => {
        await lent.run(`SET GLOBAL TimeZone = '${timeZone.replaceAll("'", "''")}'`);
        await lent.run("SET GLOBAL temp_directory = ''").catch(() => {});
        await lent.run('SET GLOBAL lock_configuration = true');
      });
      return connections;
    },
    loader: () => open({}, ["SET TimeZone = 'UTC'"]),
    randomName: (prefix) => `${prefix}${secrets.hex(12)}`,
    dropSegment(id) {
      if (readers.size === 0) drop(id);
      else waiting.set(id, new Set(readers));
    },
    reading() {
      const reader = Symbol('reader');
      readers.add(reader);
      return () => {
        readers.delete(reader);
        for (const [id, blockers] of waiting) {
          blockers.delete(reader);
          if (blockers.size > 0) continue;
          waiting.delete(id);
          drop(id);
        }
      };
    },
    settled: () => drops,
    async close() {
      await drops;
      closed = true;
      const instance = await trusted?.catch(() => undefined);
      instance?.close();
    },
  };
  return engine;
}

/** Makes a table for columns of these types: `c0`, `c1`, …. */
export function createTableSql(name: string, types: readonly Type[]): string {
  const columns =
    types.length === 0 ? 'c0 INTEGER' : types.map((type, i) => `c${i} ${duckType(type)}`).join(', ');
  return `CREATE TABLE "${name}" (${columns})`;
}

/** Streams a result into a table of another instance. Returns the number of rows. */
export async function copyRows(
  result: DuckDBResult,
  target: Connections,
  table: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<number> {
  return target.use(async ({ connection }) => {
    const appender = await connection.createAppender(table);
    let rows = 0;
    try {
      for (;;) {
        const chunk = await result.fetchChunk();
        if (!chunk || chunk.rowCount === 0) break;
        rows += chunk.rowCount;
        if (rows > limit) throw new RangeError(`more than ${limit} rows`);
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
    return rows;
  });
}
