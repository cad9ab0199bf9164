import { createClock } from '../../emulator/core/index.ts';
import { createJournal } from '../../emulator/journal/index.ts';
import { type Caller, createPolicy, policyMigrations } from '../../emulator/policy/index.ts';
import { openStore } from '../../emulator/state/index.ts';
import { catalogMigrations, createCatalog } from '../../sdk-mocks/sql/catalog/index.ts';
import { parseStatement } from '../../sdk-mocks/sql/parser/index.ts';
import { type CommandResult, createCommands, isCommand } from '../../sdk-mocks/sql/statements/index.ts';

const groups: Record<string, string[]> = { admin: ['admins'], ana: ['emea'], guest: [] };

export function ddlCaller(alias: string): Caller {
  return {
    principal: {
      kind: 'user',
      id: alias,
      name: `${alias}@acme.test`,
      displayName: alias,
      active: true,
      groups: groups[alias] ?? [],
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

/** Commands over a real catalog and policy, with `main.sales.orders` in it, run as admin, ana or guest. */
export function ddlWorld(options: { mapsColumns?: boolean; enforcesPolicies?: boolean } = {}) {
  const store = openStore({ migrations: [...policyMigrations, ...catalogMigrations] });
  const clock = createClock(() => Date.UTC(2026, 0, 2, 3, 4, 5));
  const names = new Set(['admins', 'emea', ...Object.keys(groups).map((name) => `${name}@acme.test`)]);
  const policy = createPolicy({
    store,
    journal: createJournal(clock, () => store.epoch),
    groupsOf: (name) => groups[name.split('@')[0] ?? ''] ?? [],
    principalExists: (name) => names.has(name),
  });
  const catalog = createCatalog({ store, clock });
  const commands = createCommands({ catalog, policy, enforcesPolicies: true, ...options });
  const session = { catalog: 'main', schema: 'sales', timeZone: 'UTC' };
  const run = (who: string, text: string): CommandResult => {
    const statement = parseStatement(text);
    if (!isCommand(statement)) {
      throw new Error('a test of commands');
    }
    return commands.execute(statement, { caller: ddlCaller(who), session });
  };
  const all = (...texts: string[]) => {
    for (const text of texts) run('admin', text);
  };
  all(
    'CREATE CATALOG main',
    'CREATE SCHEMA main.sales',
    'CREATE TABLE orders (id BIGINT NOT NULL, region STRING, email STRING)',
    'CREATE FUNCTION by_region(r STRING) RETURNS BOOLEAN RETURN true',
    'CREATE FUNCTION hide(v STRING) RETURNS STRING RETURN "*"',
  );
  return {
    catalog,
    policy,
    run,
    all,
    table: (name = 'orders') => catalog.relation({ catalog: 'main', schema: 'sales', name }),
    fails: (who: string, text: string): string => {
      try {
        run(who, text);
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
      return 'worked';
    },
  };
}
