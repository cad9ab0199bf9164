import { expect, test } from 'vitest';
import { callerOf, openWarehouseWorld } from '../../test/conformance/warehouse-world.ts';
import type { SqlSession } from './contract.ts';

const start: SqlSession = { catalog: 'main', schema: 'default', timeZone: 'UTC' };

/** Runs statements in one session; answers rows, or the class of the error. */
async function talk(...statements: string[]): Promise<unknown[]> {
  await using world = openWarehouseWorld({ admin: ['admins'] }, { session: start });
  let session = start;
  const answers: unknown[] = [];
  for (const text of statements) {
    try {
      const result = await world.warehouse.execute({ caller: callerOf('admin', ['admins']), text, session });
      session = result.session;
      answers.push(result.rows);
    } catch (error) {
      answers.push((error as { errorClass: string }).errorClass);
    }
  }
  return answers;
}

test('the time zone of a session is set, shown and put back', async () => {
  const at = "SELECT CAST(TIMESTAMP '2024-01-01 12:00:00 UTC' AS STRING)";
  expect(
    await talk(
      at,
      "SET TIME ZONE 'Asia/Tokyo'",
      at,
      'SET timezone',
      'SET timezone = +02:00',
      at,
      'SET TIME ZONE LOCAL',
      at,
      "SET TIME ZONE 'Mars/Base'",
    ),
  ).toEqual([
    [['2024-01-01 12:00:00']],
    [['timezone', 'Asia/Tokyo']],
    [['2024-01-01 21:00:00']],
    [['timezone', 'Asia/Tokyo']],
    [['timezone', 'Etc/GMT-2']],
    [['2024-01-01 14:00:00']],
    [['timezone', 'UTC']],
    [['2024-01-01 12:00:00']],
    'INVALID_CONF_VALUE.TIME_ZONE',
  ]);
});

test('parameters of a warehouse are kept, others do not exist, and what would change answers is refused', async () => {
  expect(
    await talk(
      'SET use_cached_result = false',
      'SET use_cached_result',
      'RESET use_cached_result',
      'SET use_cached_result',
      'SET spark.sql.shuffle.partitions = 10',
      'SET ansi_mode = false',
      'SET statement_timeout = soon',
      'SET spark.sql.ansi.enabled = true',
    ),
  ).toEqual([
    [['use_cached_result', 'false']],
    [['use_cached_result', 'false']],
    [],
    [['use_cached_result', 'true']],
    'CONFIG_NOT_AVAILABLE',
    expect.stringMatching(/^UNSUPPORTED/),
    'INVALID_CONF_VALUE',
    [['spark.sql.ansi.enabled', 'true']],
  ]);
  const [all] = await talk('SET');
  expect((all as string[][]).map(([name]) => name)).toContain('statement_timeout');
});

test('the timeout of a session ends its statements', async () => {
  const slow =
    'SELECT count(*) FROM range(30000) a CROSS JOIN range(30000) b CROSS JOIN range(1000) c WHERE a.id + b.id + c.id = -1';
  const [, answer] = await talk('SET statement_timeout = 1', slow);
  expect(answer).toMatch(/TIMEOUT|CANCEL/);
});
