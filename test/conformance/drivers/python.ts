import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, firstLine, leftOut, ruleFor } from './cases.ts';
import { mustRun, runCommand } from './process.ts';
import { pythonRules } from './rules.ts';
import type { SuiteWorld } from './world.ts';

const tools = ['pytest', 'pytest-timeout', 'pytest-asyncio', 'pyarrow', 'numpy', 'pandas', 'pytz'];
const minutes = 60_000;

/** Runs `tests/e2e` of databricks-sql-python in a virtual environment under `scratch`. */
export async function runPython(folder: string, scratch: string, world: SuiteWorld): Promise<Case[]> {
  const python = join(scratch, 'python/bin/python');
  const quiet = { cwd: scratch, env: {}, limit: 10 * minutes };
  if (!existsSync(python)) {
    await mustRun('python3', ['-m', 'venv', join(scratch, 'python')], quiet);
    await mustRun(python, ['-m', 'pip', 'install', '--quiet', ...tools, folder], quiet);
  }
  const env = {
    SSL_CERT_FILE: world.ca,
    REQUESTS_CA_BUNDLE: world.ca,
    DATABRICKS_SERVER_HOSTNAME: world.host,
    DATABRICKS_HTTP_PATH: world.httpPath,
    DATABRICKS_TOKEN: world.token,
    DATABRICKS_CATALOG: world.catalog,
    DATABRICKS_SCHEMA: world.schema,
    DATABRICKS_USER: world.user,
  };
  const pytest = ['-m', 'pytest', '-p', 'no:cacheprovider', '-q'];
  const collected = await mustRun(python, [...pytest, '--collect-only', 'tests/e2e'], {
    cwd: folder,
    env,
    limit: 5 * minutes,
  });
  const ids = collected.stdout.split('\n').filter((line) => /^tests\/e2e\/.*::/.test(line));
  const skipped = ids.flatMap((id) => {
    const rule = ruleFor(id, pythonRules);
    return rule ? [leftOut(id, rule)] : [];
  });
  const list = join(scratch, 'python-cases');
  writeFileSync(list, ids.filter((id) => !ruleFor(id, pythonRules)).join('\n'));
  const report = join(scratch, 'python.xml');
  await runCommand(python, [...pytest, '--timeout=120', `--junitxml=${report}`, `@${list}`], {
    cwd: folder,
    env,
    limit: 30 * minutes,
  });
  return [...skipped, ...junitCases(readFileSync(report, 'utf8'))];
}

/** Cases of a JUnit report: enough of XML for the one pytest writes. */
export function junitCases(xml: string): Case[] {
  const cases: Case[] = [];
  for (const [, attributes = '', body = ''] of xml.matchAll(
    /<testcase([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs,
  )) {
    const id = `${attribute(attributes, 'classname')}::${attribute(attributes, 'name')}`;
    const [, kind, told = ''] = /<(failure|error|skipped)([^>]*)>/s.exec(body) ?? [];
    if (kind === undefined) cases.push({ id, outcome: 'passed' });
    else {
      const outcome = kind === 'skipped' ? 'notApplicable' : 'failed';
      cases.push({ id, outcome, cause: firstLine(attribute(told, 'message')) });
    }
  }
  return cases;
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#10;': '\n',
  '&amp;': '&',
};

function attribute(text: string, name: string): string {
  const found = new RegExp(`\\b${name}="([^"]*)"`, 's').exec(text)?.[1] ?? '';
  return found.replace(/&(?:lt|gt|quot|apos|amp|#10);/g, (entity) => entities[entity] ?? entity);
}
