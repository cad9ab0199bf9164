import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Bench } from './runner.ts';
import { time } from './runner.ts';
import { openSqlWorld } from './sql-world.ts';

const rows = 100_000;

/** A statement over HTTP and in process beside the same query in a bare DuckDB. */
const bench: Bench = {
  name: 'statement: point lookup and aggregate over 100 k rows',
  async run(measure) {
    const { sandbox, close } = await openSqlWorld(rows);
    const instance = await DuckDBInstance.create(':memory:');
    const bare = await instance.connect();
    await bare.run(
      `CREATE TABLE plain AS SELECT id, CASE WHEN id % 4 = 0 THEN 'EMEA' ELSE 'AMER' END AS region,
       concat('customer ', id) AS name, CAST(id * 1.25 AS DECIMAL(12, 2)) AS amount FROM range(${rows}) t(id)`,
    );
    const ana = sandbox.as('ana');
    const token = await ana.token({ scopes: ['sql'] });
    const overHttp = (statement: string) => async () => {
      const took = await time(async () => {
        const answer = await fetch(`${sandbox.workspaceUrl}/api/2.0/sql/statements`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ warehouse_id: sandbox.warehouseId, statement, wait_timeout: '30s' }),
        });
        const body = await answer.text();
        if (!body.includes('"SUCCEEDED"')) throw new Error(body.slice(0, 300));
      });
      return took;
    };
    try {
      for (const [name, query] of [
        ['point lookup', 'SELECT name, amount FROM TABLE WHERE id = 4242'],
        ['aggregate', 'SELECT region, count(*), sum(amount) FROM TABLE GROUP BY region'],
      ] as const) {
        const direct = query.replace('TABLE', 'plain');
        for (const table of ['plain', 'guarded']) {
          const statement = query.replace('TABLE', `main.b.${table}`);
          const kind = table === 'plain' ? 'unprotected' : 'filter and mask';
          await measure({
            name: `${name}, ${kind}, in process`,
            unit: 'ms',
            rounds: 41,
            ours: () => time(() => ana.sql(statement)),
            peers: { 'bare DuckDB': () => time(() => read(bare, direct)) },
          });
          await measure({
            name: `${name}, ${kind}, over HTTP`,
            unit: 'ms',
            rounds: 41,
            ours: overHttp(statement),
            peers: { 'bare DuckDB in process': () => time(() => read(bare, direct)) },
          });
        }
      }
      await measure({
        name: 'first touch of a protected relation of 100 k rows',
        unit: 'ms',
        rounds: 7,
        ours: async () => {
          await sandbox.as('admin').sql("INSERT INTO main.b.guarded VALUES (-1, 'EMEA', 'new', 1)");
          return time(() => ana.sql('SELECT count(*) FROM main.b.guarded'));
        },
        peers: {},
      });
    } finally {
      bare.closeSync();
      instance.closeSync();
      await close();
    }
  },
};

async function read(connection: DuckDBConnection, query: string): Promise<unknown> {
  return (await connection.runAndReadAll(query)).getRows();
}

export default bench;
