import { Agent, request } from 'node:http';
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
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const overHttp = (statement: string) => async () => {
      const body = JSON.stringify({ warehouse_id: sandbox.warehouseId, statement, wait_timeout: '30s' });
      return time(() => post(`${sandbox.workspaceUrl}/api/2.0/sql/statements`, token, body, agent));
    };
    const warm = async <T>(run: () => Promise<T>) => {
      for (let i = 0; i < 30; i += 1) await run();
      return run;
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
            rounds: 15,
            ours: async () => time(await warm(() => ana.sql(statement))),
            peers: { 'bare DuckDB': async () => time(await warm(() => read(bare, direct))) },
          });
          await measure({
            name: `${name}, ${kind}, over HTTP`,
            unit: 'ms',
            rounds: 15,
            ours: async () => (await warm(overHttp(statement)))(),
            peers: { 'bare DuckDB in process': async () => time(await warm(() => read(bare, direct))) },
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
      agent.destroy();
      bare.closeSync();
      instance.closeSync();
      await close();
    }
  },
};

/** One keep-alive POST; fails unless the statement succeeded. */
function post(url: string, token: string, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    };
    const out = request(url, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () =>
        text.includes('"SUCCEEDED"') ? resolve() : reject(new Error(text.slice(0, 300))),
      );
    });
    out.on('error', reject);
    out.end(body);
  });
}

async function read(connection: DuckDBConnection, query: string): Promise<unknown> {
  return (await connection.runAndReadAll(query)).getRows();
}

export default bench;
