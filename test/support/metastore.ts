import type { Caller, Principal } from '../../emulator/policy/index.ts';
import { createCommands, isCommand } from '../../sdk-mocks/sql/index.ts';
import { parseStatement } from '../../sdk-mocks/sql/parser/index.ts';
import type { Family } from '../../sdk-mocks/workspace/index.ts';
import { admin, type Fixture, startWorkspace } from './workspace.ts';

/** Runs statements that need no engine (DDL, GRANT) as this person, straight in the metastore. */
export function runSql(house: Fixture, principal: Principal, ...texts: string[]): void {
  const { metastore, policy } = house.services;
  const commands = createCommands({ catalog: metastore, policy });
  const caller: Caller = {
    principal,
    how: 'u2m',
    app: null,
    clientId: null,
    scopes: ['all-apis'],
    tokenId: 'seed',
    exchange: null,
    session: null,
  };
  const by = { caller, session: { catalog: 'main', schema: 'default', timeZone: 'UTC' } };
  for (const text of texts) {
    const statement = parseStatement(text);
    if (statement.kind === 'create_view') {
      const columns = (statement.columns ?? []).map(({ name }) => ({ name, type: 'INT', nullable: true }));
      commands.make(statement, columns, commands.target(statement, by), by);
    } else if (isCommand(statement)) commands.execute(statement, by);
    else throw new Error(`needs an engine: ${text}`);
  }
}

/** A workspace with the real policy and a small catalog `main`, made by the admin. */
export async function startWithMetastore(families: readonly Family[]): Promise<Fixture> {
  const house = await startWorkspace({ families, realPolicy: true });
  runSql(
    house,
    admin,
    "CREATE CATALOG main COMMENT 'first'",
    'CREATE CATALOG other',
    "CREATE SCHEMA main.sales COMMENT 'orders and more'",
    'CREATE FUNCTION main.sales.by_region(region STRING, level INT) RETURNS BOOLEAN RETURN true',
    "CREATE FUNCTION main.sales.hide(v STRING DEFAULT 'x', r STRING) RETURNS STRING COMMENT 'masks' RETURN '*'",
    `CREATE TABLE main.sales.orders (
      id BIGINT NOT NULL, Region STRING COMMENT 'where', email STRING MASK main.sales.hide USING COLUMNS (region),
      amount DECIMAL(10,2), tags MAP<STRING, ARRAY<INT>>
    ) COMMENT 'all orders' WITH ROW FILTER main.sales.by_region ON (region, 3)`,
    'CREATE TABLE main.sales.items (id BIGINT)',
    'CREATE VIEW main.sales.v (a) AS SELECT 1',
  );
  return house;
}
