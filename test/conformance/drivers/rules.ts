import type { Rule } from './cases.ts';

const transactions =
  'multi-statement transactions over managed tables are a preview of the platform that Brickbox does not claim';
const kernel = 'drives the native kernel, which trusts only certificate authorities compiled into it';
const telemetry =
  'reads what the driver sent to its telemetry service, which needs the real one to be switched on';
const mocked = 'answers the driver from a mock inside the test; no server takes part';
const cluster = 'a query sized for a cluster, minutes of pure computing by design';

/** Of databricks-sql-python, by `file::class::name`. */
export const pythonRules: readonly Rule[] = [
  { matches: /test_transactions\.py/, reason: transactions },
  { matches: /test_kernel_/, reason: kernel },
  { matches: /test_(?:concurrent_)?telemetry|test_circuit_breaker/, reason: telemetry },
  {
    matches: /::TestPySQLRetrySuite::|::test_.*(?:retry|retries|_3xx_|_not_retried|_429|wait_cluster)/,
    reason: mocked,
  },
  { matches: /::test_execute_async__long_running|::test_long_running_query/, reason: cluster },
  {
    matches: /::test_staging_ingestion_/,
    reason: 'personal staging (`stage://`) is retired; volumes took its place',
  },
];

/** Of databricks-sql-nodejs, by `file: name`. */
export const nodeRules: readonly Rule[] = [
  { matches: /e2e\/kernel\//, reason: kernel },
  { matches: /e2e\/telemetry\//, reason: telemetry },
  {
    matches: /e2e\/proxy/,
    reason: 'tests the driver behind an HTTP proxy of its own, with a made-up server',
  },
];

/** Of databricks-sql-go, by name. Its other tests that are called end-to-end answer from a server inside the test. */
export const goRules: readonly Rule[] = [
  { matches: /^TestE2EArrowBatchesSurviveQueryContextCancellation$/, reason: mocked },
];
