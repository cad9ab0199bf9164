import { test } from 'vitest';

/**
 * `test` for what needs an optional toolchain: skipped by name when `pnpm test` did not find it. `pnpm test`
 * itself prints the list, and fails on it when BRICKBOX_REQUIRE_ALL=1.
 */
export function withToolchain(
  variable:
    | 'BRICKBOX_TEST_PYTHON'
    | 'BRICKBOX_TEST_CHROMIUM'
    | 'BRICKBOX_TEST_CURL'
    | 'BRICKBOX_TEST_PYTHON_SQL'
    | 'BRICKBOX_TEST_PYTHON_SQL_PLAIN'
    | 'BRICKBOX_TEST_PYTHON_SQL_OLD'
    | 'BRICKBOX_TEST_NODE_SQL'
    | 'BRICKBOX_TEST_GO_SQL'
    | 'BRICKBOX_TEST_JDBC'
    | 'BRICKBOX_TEST_EGRESS_PYTHON'
    | 'BRICKBOX_TEST_EGRESS_NODE'
    | 'BRICKBOX_TEST_EGRESS_GO_STATIC'
    | 'BRICKBOX_TEST_EGRESS_GO_CGO'
    | 'BRICKBOX_TEST_EGRESS_JAVA',
): {
  path: string;
  test: typeof test | typeof test.skip;
} {
  const path = process.env[variable];
  return { path: path ?? '', test: path ? test : test.skip };
}
