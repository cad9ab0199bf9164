import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BrickboxError, createSandbox } from '../../emulator/index.ts';

/** Seeds of a user: SQL and data files, and what a wrong one says. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brickbox-seed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const personas = { admin: { user_name: 'admin@acme.test', groups: ['admins'] } };
const open = (seed: (string | { table: string; from: string })[]) =>
  createSandbox({ folder, config: { personas, seed }, seed: 'seed' });
const schema = 'CREATE CATALOG IF NOT EXISTS main;\nCREATE SCHEMA main.s;\n';

async function refusal(sql: string): Promise<BrickboxError> {
  writeFileSync(join(folder, 'seed.sql'), sql);
  const error = await open(['seed.sql']).then(
    async (sandbox) => {
      await sandbox.close();
      return undefined;
    },
    (thrown: unknown) => thrown,
  );
  if (error instanceof BrickboxError) return error;
  throw new Error(`expected a BrickboxError, got ${error}`);
}

test('a statement that fails names its file and line', async () => {
  const error = await refusal(
    `${schema}\n-- the table comes later\nINSERT INTO main.s.nowhere\nVALUES (1);\n`,
  );
  expect(error.at).toEqual({ file: 'seed.sql', line: 5 });
  expect(error.toText()).toMatch(/^seed\.sql:5: \[TABLE_OR_VIEW_NOT_FOUND\]/);
});

test('a syntax error, an unclosed string and an unsupported statement too', async () => {
  expect((await refusal(`${schema}SELEC 1;`)).at).toEqual({ file: 'seed.sql', line: 3 });
  expect((await refusal(`${schema}SELECT 'oops;`)).code).toBe('SEED_FAILED');
  const vacuum = await refusal(`${schema}VACUUM main.s.t;`);
  expect(vacuum.at?.line).toBe(3);
  expect(vacuum.message).toMatch(/VACUUM/);
});

test('a missing seed file is named', async () => {
  await expect(open(['nowhere.sql'])).rejects.toThrow(/nowhere\.sql/);
});

test('CSV, JSON and Parquet files become rows of typed tables', async () => {
  writeFileSync(
    join(folder, 'schema.sql'),
    `${schema}CREATE TABLE main.s.t (id BIGINT, name STRING, amount DECIMAL(10, 2), day DATE);`,
  );
  writeFileSync(join(folder, 't.csv'), 'id,name,amount,day\n1,one,1.50,2026-01-02\n2,"two, too",,\n');
  writeFileSync(join(folder, 't.json'), '[{"id":3,"name":"three","amount":3.25,"day":"2026-03-04"}]');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT 4::BIGINT AS id, 'four' AS name, 4.75::DECIMAL(10,2) AS amount, DATE '2026-05-06' AS day) TO '${join(folder, 't.parquet')}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  await using sandbox = await open([
    'schema.sql',
    ...['t.csv', 't.json', 't.parquet'].map((from) => ({ table: 'main.s.t', from })),
  ]);
  const { rows } = await sandbox
    .as('admin')
    .sql('SELECT id, name, CAST(amount AS STRING), CAST(day AS STRING) FROM main.s.t ORDER BY id');
  expect(rows).toEqual([
    [1n, 'one', '1.50', '2026-01-02'],
    [2n, 'two, too', null, null],
    [3n, 'three', '3.25', '2026-03-04'],
    [4n, 'four', '4.75', '2026-05-06'],
  ]);
});
