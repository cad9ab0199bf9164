import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Case, driversReport, type SuiteReport, suiteReport } from './drivers/cases.ts';
import { runGo } from './drivers/go.ts';
import { runNode } from './drivers/node.ts';
import { runPython } from './drivers/python.ts';
import { driversTable } from './drivers/table.ts';
import { openSuiteWorld, type SuiteWorld } from './drivers/world.ts';

const runners: Readonly<
  Record<string, (folder: string, scratch: string, world: SuiteWorld) => Promise<Case[]>>
> = { python: runPython, node: runNode, go: runGo };

const usage =
  'conformance:drivers --python DIR --node DIR --go DIR [--json] [--out FILE] [--table FILE] [--scratch DIR]';

/** Runs each suite that a folder was given for, each in a world of its own. Exit code 2 without any. */
export async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      node: { type: 'string' },
      go: { type: 'string' },
      json: { type: 'boolean', default: false },
      out: { type: 'string' },
      table: { type: 'string' },
      scratch: { type: 'string', default: '.cache/suites' },
    },
  });
  const folders = { python: values.python, node: values.node, go: values.go };
  if (!values.python && !values.node && !values.go) {
    process.stderr.write(`Usage: ${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const scratch = resolve(values.scratch);
  mkdirSync(scratch, { recursive: true });
  const suites: Record<string, SuiteReport> = {};
  for (const [name, folder] of Object.entries(folders)) {
    const run = runners[name];
    if (!folder || !run) continue;
    process.stderr.write(`${name}: running the suite of ${folder} …\n`);
    const world = await openSuiteWorld();
    try {
      suites[name] = suiteReport(await run(resolve(folder), scratch, world));
    } finally {
      await world.close();
    }
    const { passed, failed, notApplicable } = suites[name];
    process.stderr.write(`${name}: ${passed} passed, ${failed} failed, ${notApplicable} not applicable\n`);
  }
  const report = driversReport(suites);
  if (values.out) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
  if (values.table) writeFileSync(values.table, driversTable(report));
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : driversTable(report));
}
