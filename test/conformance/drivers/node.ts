import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { type Case, firstLine, leftOut, ruleFor } from './cases.ts';
import { mustRun, runCommand } from './process.ts';
import { nodeRules } from './rules.ts';
import type { SuiteWorld } from './world.ts';

const minutes = 60_000;

const told = z.object({ fullTitle: z.string(), file: z.string() });
const results = z.object({
  tests: z.array(told),
  passes: z.array(told),
  pending: z.array(told),
  failures: z.array(told.extend({ err: z.object({ message: z.string().optional() }) })),
});

/** Runs `tests/e2e` of databricks-sql-nodejs. Its packages are installed in `folder` when they are not yet. */
export async function runNode(folder: string, scratch: string, world: SuiteWorld): Promise<Case[]> {
  if (!existsSync(join(folder, 'node_modules'))) {
    const quiet = { cwd: folder, env: {}, limit: 10 * minutes };
    await mustRun('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], quiet);
    await mustRun('node', ['bin/update-version.js'], quiet);
  }
  const env = {
    NODE_EXTRA_CA_CERTS: world.ca,
    E2E_HOST: world.host,
    E2E_PATH: world.httpPath,
    E2E_ACCESS_TOKEN: world.token,
    E2E_CATALOG: world.catalog,
    E2E_SCHEMA: world.schema,
    E2E_VOLUME: world.volume,
    E2E_TABLE_SUFFIX: 'brickbox',
  };
  const mocha = async (name: string, more: string[], specs: string[], limit: number) => {
    const report = join(scratch, `node-${name}.json`);
    const output = ['--reporter', 'json', '--reporter-option', `output=${report}`];
    // The suite's own configuration takes its specs from the fourth argument on.
    const args = ['--config', 'tests/e2e/.mocharc.js', ...specs, '--exit', ...more, ...output];
    await runCommand('node_modules/.bin/mocha', args, { cwd: folder, env, limit });
    return results.parse(JSON.parse(readFileSync(report, 'utf8')));
  };
  const idOf = ({ file, fullTitle }: z.output<typeof told>) => `${relative(folder, file)}: ${fullTitle}`;

  const all = await mocha('all', ['--dry-run'], ['tests/e2e/**/*.test.ts'], 3 * minutes);
  const skipped: Case[] = [];
  const specs = new Set<string>();
  for (const test of all.tests) {
    const rule = ruleFor(idOf(test), nodeRules);
    if (rule) skipped.push(leftOut(idOf(test), rule));
    else specs.add(relative(folder, test.file));
  }
  const ran = await mocha('ran', ['--timeout', '180000'], [...specs], 20 * minutes);
  return [
    ...skipped,
    ...ran.passes.map((test): Case => ({ id: idOf(test), outcome: 'passed' })),
    ...ran.pending.map(
      (test): Case => ({ id: idOf(test), outcome: 'notApplicable', cause: 'the suite itself skips it' }),
    ),
    ...ran.failures.map(
      (test): Case => ({ id: idOf(test), outcome: 'failed', cause: firstLine(test.err.message) }),
    ),
  ];
}
