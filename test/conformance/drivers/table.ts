import type { Case, DriversReport, SuiteReport } from './cases.ts';

/** The report as Markdown: counts, then each cause once with the number of its cases. */
export function driversTable({ suites, total }: DriversReport): string {
  const rows = Object.entries(suites).map(([name, suite]) => row(name, suite));
  return [
    '# Suites of the SQL drivers',
    '',
    "The drivers' own end-to-end suites, unmodified, against a sandbox: `pnpm conformance:drivers --python DIR --node DIR --go DIR` over checkouts of their public sources. Written by its `--table FILE`.",
    '',
    '| Suite | Passed | Failed | Of the applicable | Not applicable |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
    row('total', total),
    ...Object.entries(suites).flatMap(([name, { cases }]) => [
      ...causes(`${name}: failed`, cases, 'failed'),
      ...causes(`${name}: not applicable`, cases, 'notApplicable'),
    ]),
    '',
  ].join('\n');
}

function row(name: string, { passed, failed, notApplicable }: Omit<SuiteReport, 'cases'>): string {
  const applicable = passed + failed;
  const share = applicable === 0 ? '-' : `${((100 * passed) / applicable).toFixed(1)} %`;
  return `| ${name} | ${passed} | ${failed} | ${share} | ${notApplicable} |`;
}

function causes(title: string, cases: readonly Case[], outcome: Case['outcome']): string[] {
  const counts = new Map<string, { count: number; example: string }>();
  for (const { id, cause = '', outcome: found } of cases) {
    if (found !== outcome) continue;
    const known = counts.get(cause);
    if (known) known.count += 1;
    else counts.set(cause, { count: 1, example: id });
  }
  if (counts.size === 0) return [];
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*');
  const lines = [...counts]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(
      ([cause, { count, example }]) => `| ${count} | ${cell(cause)} | \`${example.replaceAll('|', '/')}\` |`,
    );
  return ['', `## ${title}`, '', '| Cases | Cause | For example |', '| ---: | --- | --- |', ...lines];
}
