/** Child of the SQL runner: runs files it is sent and tells each verdict. It may crash; its parent goes on. */
import { SqlError } from '../../emulator/core/index.ts';
import { parseQueryText, startsQuery } from '../../sdk-mocks/sql/dialect/index.ts';
import { createEngine, type SqlSession } from '../../sdk-mocks/sql/index.ts';
import { comparable, rowText } from './spark-text.ts';
import type { ExpectedStatement, StatementFile } from './sql-data.ts';
import { openWarehouseWorld, type WarehouseWorld } from './warehouse-world.ts';

export interface Judgement {
  parsed: boolean;
  executed: boolean;
  verdict: 'equal' | 'refused' | 'silentlyWrong' | 'failed';
  /** What the warehouse said, shortened. */
  actual: string;
}

export type WorkerMessage =
  | { kind: 'start'; index: number }
  | ({ kind: 'done'; index: number } & Judgement)
  | { kind: 'finished' };

/** Spark's own tests run in this zone. */
const timeZone = 'America/Los_Angeles';
const statementMilliseconds = 5_000;
const shown = 600;
const refusal = /^(?:UNSUPPORTED|UNRESOLVED_ROUTINE|NOT_SUPPORTED|FEATURE_NOT)/;

/**
 * Temporary views and Spark's own file formats are set-up of many files. The statement is judged as it is; when the
 * warehouse refuses it, this makes the same thing permanent, so that the statements after it say something.
 */
function preparation(sql: string): string | undefined {
  const view = /^\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:GLOBAL\s+)?TEMP(?:ORARY)?\s+(VIEW|FUNCTION)\b/i;
  if (view.test(sql)) return sql.replace(view, (_all, what: string) => `CREATE OR REPLACE ${what}`);
  const format = /\bUSING\s+(?:parquet|orc|json|csv|hive|avro)\b|\bSTORED\s+AS\s+\w+/i;
  if (/^\s*CREATE\s+TABLE/i.test(sql) && format.test(sql)) return sql.replace(format, '');
  return undefined;
}

async function judge(
  world: WarehouseWorld,
  statement: ExpectedStatement,
  session: SqlSession,
): Promise<{ judgement: Judgement; session: SqlSession }> {
  const done = (judgement: Judgement, next = session) => ({ judgement, session: next });
  const { sql, error: expected } = statement;
  const text = sql.replace(/;\s*$/, '');
  try {
    const result = await world.run('admin', text, {
      session,
      limits: { milliseconds: statementMilliseconds },
    });
    const types = result.columns.map((column) => column.type);
    const actual = result.rows.map((row) => rowText(row, types, timeZone)).join('\n');
    const same = expected === undefined && comparable(actual) === comparable(statement.output ?? '');
    return done(
      {
        parsed: true,
        executed: true,
        verdict: same ? 'equal' : 'silentlyWrong',
        actual: actual.slice(0, shown),
      },
      result.session,
    );
  } catch (error) {
    if (!(error instanceof SqlError)) {
      const what = error instanceof Error ? error.message : String(error);
      return done({
        parsed: true,
        executed: false,
        verdict: 'failed',
        actual: `INTERNAL ${what}`.slice(0, shown),
      });
    }
    const { errorClass, sqlState } = error;
    const judgement = {
      parsed: errorClass !== 'PARSE_SYNTAX_ERROR' || (startsQuery(text) && parses(text)),
      executed: false,
      actual: `${errorClass} ${sqlState} ${error.message}`.slice(0, shown),
    };
    if (expected && agrees(expected, error)) return done({ ...judgement, verdict: 'equal' });
    return done({ ...judgement, verdict: refusal.test(errorClass) ? 'refused' : 'failed' });
  }
}

/** An error without a class in the data only says that the statement fails. */
function agrees(
  expected: NonNullable<ExpectedStatement['error']>,
  { errorClass, sqlState }: SqlError,
): boolean {
  if (expected.class === null) return !refusal.test(errorClass);
  return expected.class === errorClass && (expected.sqlState ?? sqlState) === sqlState;
}

function parses(sql: string): boolean {
  try {
    parseQueryText(sql);
    return true;
  } catch {
    return false;
  }
}

const engine = createEngine();

async function runFile(file: StatementFile, from: readonly number[], until: number): Promise<void> {
  const send = (message: WorkerMessage) => process.send?.(message);
  await using world = openWarehouseWorld(
    { admin: ['admins'] },
    { engine, session: { catalog: 'spark_catalog', schema: 'default', timeZone } },
  );
  await world.run('admin', 'CREATE CATALOG IF NOT EXISTS spark_catalog');
  await world.run('admin', 'CREATE SCHEMA IF NOT EXISTS spark_catalog.default');
  let session: SqlSession = { catalog: 'spark_catalog', schema: 'default', timeZone };
  for (const [index, statement] of file.statements.entries()) {
    if (from.includes(index)) continue;
    send({ kind: 'start', index });
    const result = await judge(world, statement, session);
    session = { ...result.session, timeZone };
    const prepared = result.judgement.executed || statement.error ? undefined : preparation(statement.sql);
    if (prepared !== undefined)
      await world.run('admin', prepared.replace(/;\s*$/, ''), { session }).catch(() => undefined);
    if (index >= until) send({ kind: 'done', index, ...result.judgement });
  }
  send({ kind: 'finished' });
}

process.on('message', (message: { file: StatementFile; skip: number[]; until: number }) => {
  void runFile(message.file, message.skip, message.until);
});
process.on('disconnect', () => process.exit());
