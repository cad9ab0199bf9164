import { z } from 'zod';
import { type Case, firstLine, leftOut, ruleFor } from './cases.ts';
import { runCommand } from './process.ts';
import { goRules } from './rules.ts';
import type { SuiteWorld } from './world.ts';

const event = z.object({ Action: z.string(), Test: z.string().optional(), Output: z.string().optional() });

/** Runs the end-to-end tests of databricks-sql-go that talk to a warehouse. Go 1.25 or newer. */
export async function runGo(folder: string, _scratch: string, world: SuiteWorld): Promise<Case[]> {
  const env = {
    SSL_CERT_FILE: world.ca,
    DATABRICKS_PECOTESTING_SERVER_HOSTNAME: world.host,
    DATABRICKS_PECOTESTING_HTTP_PATH2: world.httpPath,
    DATABRICKS_PECOTESTING_TOKEN: world.token,
  };
  const args = ['test', '-json', '-count=1', '-run', '^TestE2E', '.'];
  const { stdout, stderr } = await runCommand('go', args, { cwd: folder, env, limit: 15 * 60_000 });
  const cases: Case[] = [];
  const output = new Map<string, string>();
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const { Action, Test, Output = '' } = event.parse(JSON.parse(line));
    if (Test === undefined) continue;
    output.set(Test, (output.get(Test) ?? '') + Output);
    const rule = ruleFor(Test, goRules);
    if (!['pass', 'fail', 'skip'].includes(Action)) continue;
    if (rule) cases.push(leftOut(Test, rule));
    else if (Action === 'pass') cases.push({ id: Test, outcome: 'passed' });
    else {
      const cause = firstLine(output.get(Test)?.replace(/^=== RUN.*\n/gm, ''));
      cases.push({ id: Test, outcome: Action === 'fail' ? 'failed' : 'notApplicable', cause });
    }
  }
  if (cases.length === 0) throw new Error(`go test ran nothing:\n${stderr.slice(-2_000)}`);
  return cases;
}
