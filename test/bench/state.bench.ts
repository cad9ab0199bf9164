import Database from 'better-sqlite3';
import type { Bench } from './runner.ts';
import { time } from './runner.ts';
import { openSqlWorld } from './sql-world.ts';

/** Reset and snapshot, whatever the table data. The peer puts the same rows into a bare SQLite again. */
const bench: Bench = {
  name: 'state: reset and snapshot',
  async run(measure) {
    for (const rows of [1_000, 20_000, 200_000]) {
      const { sandbox, close } = await openSqlWorld(rows);
      const label = rows.toLocaleString('en-US').replace(/,000$/, ' k');
      try {
        await measure({
          name: `reset, 2 tables of ${label} rows`,
          unit: 'ms',
          ours: () => time(() => sandbox.reset()),
          peers: { 'bare SQLite, rows inserted again': () => time(() => refill(rows)) },
        });
        await measure({
          name: `snapshot, 2 tables of ${label} rows`,
          unit: 'ms',
          ours: () => time(() => sandbox.snapshot('bench')),
          peers: {},
        });
      } finally {
        await close();
      }
    }
  },
};

function refill(rows: number): void {
  const db = new Database(':memory:');
  db.exec('CREATE TABLE plain (id INTEGER, region TEXT, name TEXT, amount REAL)');
  const insert = db.prepare('INSERT INTO plain VALUES (?, ?, ?, ?)');
  db.transaction(() => {
    for (let id = 0; id < rows; id += 1) insert.run(id, 'EMEA', `customer ${id}`, id * 1.25);
  })();
  db.close();
}

export default bench;
