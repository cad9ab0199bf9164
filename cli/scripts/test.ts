/**
 * `pnpm test [vitest arguments]`: prepares the optional toolchains, runs all tests, and says by name what it
 * could not run. With BRICKBOX_REQUIRE_ALL=1 a missing toolchain is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { prepareToolchains } from './toolchains.ts';

const root = resolve(import.meta.dirname, '../..');
const required = process.env.BRICKBOX_REQUIRE_ALL === '1';

const toolchains = prepareToolchains(root, (line) => console.log(line));
const missing = toolchains.filter((toolchain) => toolchain.missing !== undefined);

const folder = mkdtempSync(join(tmpdir(), 'brickbox-test-'));
const report = join(folder, 'report.json');
const run = spawnSync(
  process.execPath,
  [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/brickbox-compile'),
      ...Object.assign({}, ...toolchains.map((toolchain) => toolchain.env)),
    },
  },
);

for (const { name, missing: why } of missing) console.log(`skipped: ${name} (${why})`);
const counts = readCounts(report);
rmSync(folder, { recursive: true, force: true });
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);

if (required && missing.length > 0) {
  console.error(
    `BRICKBOX_REQUIRE_ALL=1, and ${missing.map(({ name }) => name).join(', ')} cannot be tested here.`,
  );
  process.exit(1);
}
process.exit(run.status ?? 1);

function readCounts(file: string): { passed: number; failed: number; skipped: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
