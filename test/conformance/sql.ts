import { type ChildProcess, fork } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readSqlData, type StatementFile } from './sql-data.ts';
import type { Judgement, WorkerMessage } from './sql-worker.ts';

export interface Counts {
  statements: number;
  parsed: number;
  executed: number;
  equal: number;
  refused: number;
  silentlyWrong: number;
}

export interface SqlReport {
  groups: Record<string, Counts>;
  claimed: Counts;
  total: Counts;
}

export interface JudgedStatement extends Judgement {
  group: string;
  claimed: boolean;
  sql: string;
  expected: string;
}

/** A statement that is silent for so long is stopped with its process. */
const silenceMilliseconds = 60_000;

/** Runs every file in a process beside this one, which may crash or hang without harm. */
export async function runSql(
  files: readonly StatementFile[],
  options: { progress?: (line: string) => void; processes?: number } = {},
): Promise<JudgedStatement[]> {
  const queue = [...files.entries()];
  const results: JudgedStatement[][] = files.map(() => []);
  const lane = async () => {
    let child: ChildProcess | undefined;
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [place, file] = next;
      const run = await runFile(file, child);
      child = run.child;
      results[place] = run.judged;
      const equal = run.judged.filter((judged) => judged.verdict === 'equal').length;
      options.progress?.(`${file.group}: ${equal} of ${run.judged.length} equal`);
    }
    child?.kill();
  };
  await Promise.all(Array.from({ length: options.processes ?? 1 }, lane));
  return results.flat();
}

async function runFile(
  file: StatementFile,
  first: ChildProcess | undefined,
): Promise<{ judged: JudgedStatement[]; child: ChildProcess | undefined }> {
  const verdicts = new Map<number, Judgement>();
  const skip: number[] = [];
  let child = first;
  while (verdicts.size < file.statements.length) {
    child ??= fork(new URL('./sql-worker.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const lost = await attempt(child, file, skip, verdicts);
    if (lost === undefined) break;
    child = undefined;
    skip.push(lost);
    verdicts.set(lost, { parsed: true, executed: false, verdict: 'failed', actual: 'the process ended' });
  }
  const judged = file.statements.map((statement, index): JudgedStatement => {
    const verdict = verdicts.get(index);
    const { error, output = '' } = statement;
    return {
      group: file.group,
      claimed: file.claimed,
      sql: statement.sql,
      expected: error ? `ERROR ${error.class ?? ''} ${error.sqlState ?? ''}` : output,
      ...(verdict ?? { parsed: false, executed: false, verdict: 'failed', actual: 'not run' }),
    };
  });
  return { judged, child };
}

/** Number of the statement that ended the process, or undefined when the file was finished. */
function attempt(
  child: ChildProcess,
  file: StatementFile,
  skip: readonly number[],
  verdicts: Map<number, Judgement>,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    let current = Math.max(-1, ...verdicts.keys()) + 1;
    let timer = setTimeout(() => child.kill('SIGKILL'), silenceMilliseconds);
    const done = (lost: number | undefined) => {
      clearTimeout(timer);
      child.removeAllListeners();
      resolve(lost);
    };
    child.on('message', (message: WorkerMessage) => {
      clearTimeout(timer);
      if (message.kind === 'finished') return done(undefined);
      timer = setTimeout(() => child.kill('SIGKILL'), silenceMilliseconds);
      current = message.index;
      if (message.kind === 'done') {
        const { parsed, executed, verdict, actual } = message;
        verdicts.set(message.index, { parsed, executed, verdict, actual });
      }
    });
    child.on('exit', () => done(current));
    child.send({ file, skip, until: Math.max(0, ...skip.map((index) => index + 1)) });
  });
}

/** Figures by group, of what the warehouse claims, and of all. */
export function reportOf(judged: readonly JudgedStatement[]): SqlReport {
  const groups: Record<string, Counts> = {};
  for (const group of new Set(judged.map((one) => one.group)))
    groups[group] = count(judged.filter((one) => one.group === group));
  return { groups, claimed: count(judged.filter((one) => one.claimed)), total: count(judged) };
}

function count(judged: readonly JudgedStatement[]): Counts {
  const of = (test: (one: JudgedStatement) => boolean) => judged.filter(test).length;
  return {
    statements: judged.length,
    parsed: of((one) => one.parsed),
    executed: of((one) => one.executed),
    equal: of((one) => one.verdict === 'equal'),
    refused: of((one) => one.verdict === 'refused'),
    silentlyWrong: of((one) => one.verdict === 'silentlyWrong'),
  };
}

/** The report as a page. */
export function reportMarkdown(report: SqlReport): string {
  const line = (name: string, c: Counts) =>
    `| ${name} | ${c.statements} | ${c.parsed} | ${c.executed} | ${c.equal} | ${((100 * c.equal) / Math.max(1, c.statements)).toFixed(1)} % | ${c.refused} | ${c.silentlyWrong} |`;
  return [
    '# SQL coverage',
    '',
    "Answers of the warehouse compared with Apache Spark's own golden files and the examples of its built-in functions,",
    'as multisets of rows in their text form, numbers to 12 significant digits; an expected error is equal when class and',
    'SQLSTATE agree. `refused` is an error that names what is not supported; `wrong` is an answer that differs. `claimed`',
    'leaves out what a warehouse does not have: ANSI mode switched off and functions in other languages. Statements that',
    'belong to Spark and not to a warehouse (`SET spark.sql…`, `EXPLAIN`, temporary views) are counted all the same.',
    'Written by `pnpm conformance:sql --data DIR --markdown FILE`.',
    '',
    '| Group | statements | parsed | executed | equal | | refused | wrong |',
    '|---|---|---|---|---|---|---|---|',
    line('**total**', report.total),
    line('**claimed**', report.claimed),
    ...Object.entries(report.groups)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, counts]) => line(name, counts)),
    '',
  ].join('\n');
}

/**
 * `pnpm conformance:sql --data DIR [--json] [--out FILE] [--only TEXT] [--markdown FILE] [--details FILE]`.
 * Prints progress to stderr and the report as one JSON line to stdout.
 */
export async function main(argv = process.argv.slice(2)): Promise<void> {
  const { values } = parseArgs({
    args: argv,
    options: {
      data: { type: 'string' },
      json: { type: 'boolean' },
      out: { type: 'string' },
      only: { type: 'string' },
      markdown: { type: 'string' },
      details: { type: 'string' },
      processes: { type: 'string' },
    },
  });
  if (values.data === undefined) throw new RangeError('--data DIR is missing: a folder with *.jsonl files');
  const files = readSqlData(values.data).filter((file) => file.group.includes(values.only ?? ''));
  const judged = await runSql(files, {
    processes: Number(values.processes ?? 1),
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  const report = reportOf(judged);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report)}\n`);
  if (values.markdown !== undefined) writeFileSync(values.markdown, reportMarkdown(report));
  if (values.details !== undefined)
    writeFileSync(values.details, judged.map((one) => `${JSON.stringify(one)}\n`).join(''));
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(`${JSON.stringify({ claimed: report.claimed, total: report.total })}\n`);
}

if (import.meta.main) await main();
