import { createClock, createIds, silentLog } from '../../emulator/core/index.ts';
import { createJournal, type Journal } from '../../emulator/journal/index.ts';
import { type Caller, createPolicy, type Policy, policyMigrations } from '../../emulator/policy/index.ts';
import { createImages, type Images, openStore } from '../../emulator/state/index.ts';
import type { Catalog } from '../../sdk-mocks/sql/catalog/index.ts';
import {
  createCatalog,
  createEngine,
  createWarehouse,
  type Engine,
  type SqlParameter,
  type SqlSession,
  type StatementResult,
  sqlMigrations,
  type Warehouse,
  type WarehouseOptions,
} from '../../sdk-mocks/sql/index.ts';

/** A warehouse with its catalog and policy, and nothing else of a sandbox. */
export interface WarehouseWorld extends AsyncDisposable {
  warehouse: Warehouse;
  catalog: Catalog;
  policy: Policy;
  journal: Journal;
  engine: Engine;
  images: Images;
  /** Runs one statement as `who` (a key of `people`). */
  run(
    who: string,
    text: string,
    more?: {
      session?: Partial<SqlSession>;
      parameters?: readonly SqlParameter[];
      signal?: AbortSignal;
      limits?: { rows?: number; bytes?: number; milliseconds?: number };
    },
  ): Promise<StatementResult>;
}

/** `people`: groups by alias. User names are `alias@acme.test`; members of `admins` administer the metastore. */
export function openWarehouseWorld(
  people: Record<string, readonly string[]>,
  options: {
    session?: Partial<SqlSession>;
    engine?: Engine;
    limits?: WarehouseOptions['limits'];
    wall?: () => number;
  } = {},
): WarehouseWorld {
  const clock = createClock(options.wall ?? Date.now);
  const store = openStore({ migrations: [...policyMigrations, ...sqlMigrations] });
  const journal = createJournal(clock, () => store.epoch);
  const known = new Set([...Object.values(people).flat(), 'admins', ...Object.keys(people).map(userName)]);
  const policy = createPolicy({
    store,
    journal,
    groupsOf: (name) => people[name.split('@')[0] ?? ''] ?? [],
    principalExists: (name) => known.has(name),
  });
  const engine = options.engine ?? createEngine();
  const catalog = createCatalog({ store, clock, onSegmentUnused: (id) => engine.dropSegment(id) });
  const warehouse = createWarehouse({
    catalog,
    policy,
    journal,
    clock,
    ids: createIds('test'),
    log: silentLog,
    engine,
    ...(options.limits ? { limits: options.limits } : {}),
  });
  const session: SqlSession = { catalog: 'main', schema: 'default', timeZone: 'UTC', ...options.session };
  return {
    warehouse,
    catalog,
    policy,
    journal,
    engine,
    images: createImages(store, [catalog]),
    run: (who, text, { session: own, ...more } = {}) =>
      warehouse.execute({
        caller: callerOf(who, people[who] ?? []),
        text,
        session: { ...session, ...own },
        ...more,
      }),
    async [Symbol.asyncDispose]() {
      await warehouse.close();
      if (!options.engine) await engine.close();
      store.close();
    },
  };
}

export const userName = (alias: string): string => `${alias}@acme.test`;

export function callerOf(alias: string, groups: readonly string[]): Caller {
  return {
    principal: {
      kind: 'user',
      id: alias,
      name: userName(alias),
      displayName: alias,
      active: true,
      groups: [...groups, 'account users', 'users'],
      entitlements: [],
    },
    how: 'obo',
    app: null,
    clientId: null,
    scopes: ['sql'],
    tokenId: 't',
    exchange: null,
    session: null,
  };
}
