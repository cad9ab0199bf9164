import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox, type Sandbox } from '../../emulator/index.ts';

/** A sandbox with `main.b.plain` and `main.b.guarded` (row filter and mask) of `rows` rows each, and no app. */
export async function openSqlWorld(rows: number): Promise<{ sandbox: Sandbox; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-bench-'));
  writeFileSync(
    join(folder, 'seed.sql'),
    `CREATE CATALOG IF NOT EXISTS main;
CREATE SCHEMA main.b;
CREATE TABLE main.b.plain (id BIGINT, region STRING, name STRING, amount DECIMAL(12, 2));
INSERT INTO main.b.plain
  SELECT id, CASE WHEN id % 4 = 0 THEN 'EMEA' ELSE 'AMER' END, concat('customer ', id), id * 1.25 FROM range(${rows});
CREATE TABLE main.b.guarded (id BIGINT, region STRING, name STRING, amount DECIMAL(12, 2));
INSERT INTO main.b.guarded SELECT * FROM main.b.plain;
CREATE FUNCTION main.b.only_emea(r STRING) RETURN is_account_group_member('admins') OR r = 'EMEA';
CREATE FUNCTION main.b.hide(n STRING) RETURN CASE WHEN is_account_group_member('admins') THEN n ELSE '***' END;
ALTER TABLE main.b.guarded SET ROW FILTER main.b.only_emea ON (region);
ALTER TABLE main.b.guarded ALTER COLUMN name SET MASK main.b.hide;
GRANT USE CATALOG ON CATALOG main TO \`account users\`;
GRANT USE SCHEMA ON SCHEMA main.b TO \`account users\`;
GRANT SELECT ON TABLE main.b.plain TO \`account users\`;
GRANT SELECT ON TABLE main.b.guarded TO \`account users\`;
`,
  );
  const sandbox = await createSandbox({
    folder,
    seed: 'bench',
    config: {
      personas: {
        admin: { user_name: 'admin@acme.test', groups: ['admins'] },
        ana: { user_name: 'ana@acme.test' },
      },
      seed: ['seed.sql'],
    },
  });
  return {
    sandbox,
    async close() {
      await sandbox.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
