import type { EgressReport } from './contract.ts';

export const reportFormats = ['table', 'json', 'markdown', 'junit'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** The report as text. The mode is in every form: a cooperative run is advisory and says so. */
export function formatReport(report: EgressReport, format: ReportFormat): string {
  switch (format) {
    case 'table':
      return table(report);
    case 'json':
      return JSON.stringify(
        { ...report, advisory: report.mode !== 'strict', suggestion: suggest(report) },
        null,
        2,
      );
    case 'markdown':
      return markdown(report);
    case 'junit':
      return junit(report);
  }
}

/** What to put into the configuration so that the hosts the app used are declared. */
export interface Suggestion {
  /** Required domains of the app, sorted: what was declared and used, and what was used undeclared. */
  domains: string[];
  /** Lines for `egress.allowed` of brickbox.yaml that are missing today. */
  yaml: string;
}

export function suggest(report: EgressReport): Suggestion {
  const unused = new Set(report.declaredUnused);
  const declared = declaredNames(report).filter((name) => !unused.has(name));
  const lines = report.usedUndeclared.map((host) => `    ${host}: {}`);
  return {
    domains: [...new Set([...declared, ...report.usedUndeclared])].sort(),
    yaml: lines.length === 0 ? '' : ['egress:', '  allowed:', ...lines].join('\n'),
  };
}

function declaredNames(report: EgressReport): string[] {
  return report.declared.map((name) => name.toLowerCase());
}

const modeLine = {
  strict: 'strict: nothing of the app leaves unseen',
  cooperative: 'cooperative (advisory): programs that ignore proxies and the shims are not stopped or seen',
  off: 'off: nothing is stopped or seen',
};

type Row = EgressReport['attempts'][number];

function cells(row: Row): string[] {
  const target = row.port === null ? row.host : `${row.host}:${row.port}`;
  return [row.verdict, target, row.protocol, row.app ?? '', String(row.count), row.rule];
}

const heads = ['VERDICT', 'DESTINATION', 'PROTOCOL', 'APP', 'TIMES', 'RULE'];

function table(report: EgressReport): string {
  const rows = [heads, ...report.attempts.map(cells)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const body = report.attempts.length === 0 ? ['No outbound attempts.'] : lines;
  return [`Egress ${modeLine[report.mode]}`, '', ...body, ...differences(report)].join('\n');
}

function differences(report: EgressReport): string[] {
  const lines: string[] = [];
  if (report.usedUndeclared.length > 0)
    lines.push('', `Used, not declared: ${report.usedUndeclared.join(', ')}`);
  if (report.declaredUnused.length > 0)
    lines.push('', `Declared, not used: ${report.declaredUnused.join(', ')}`);
  const { yaml } = suggest(report);
  if (yaml !== '') lines.push('', 'To declare what was used:', '', yaml);
  return lines;
}

function markdown(report: EgressReport): string {
  const cellText = (cell: string) => cell.replace(/\|/g, '\\|');
  const line = (row: readonly string[]) => `| ${row.map(cellText).join(' | ')} |`;
  const rows = report.attempts.map((row) => line(cells(row)));
  const { yaml } = suggest(report);
  return [
    '## Egress',
    '',
    `Mode: ${modeLine[report.mode]}`,
    '',
    ...(rows.length === 0
      ? ['No outbound attempts.']
      : [
          line(['Verdict', 'Destination', 'Protocol', 'App', 'Times', 'Rule']),
          '|---|---|---|---|---|---|',
          ...rows,
        ]),
    ...list('Used, not declared', report.usedUndeclared),
    ...list('Declared, not used', report.declaredUnused),
    ...(yaml === '' ? [] : ['', '```yaml', yaml, '```']),
    '',
  ].join('\n');
}

function list(title: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : ['', `${title}:`, '', ...names.map((name) => `- \`${name}\``)];
}

/** One test case a destination; a denied one is a failure. Undeclared hosts that were let through fail too. */
function junit(report: EgressReport): string {
  const undeclared = new Set(report.usedUndeclared);
  const failures = report.attempts.filter((row) => row.verdict === 'denied' || undeclared.has(row.host));
  const cases = report.attempts.map((row) => {
    const [, target = ''] = cells(row);
    const name = `${target} (${row.protocol})`;
    const open = `    <testcase classname="egress.${xml(row.app ?? 'unknown')}" name="${xml(name)}"`;
    if (!failures.includes(row)) return `${open}/>`;
    return `${open}>\n      <failure message="${xml(row.verdict)}">${xml(row.rule)}</failure>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="egress" tests="${cases.length}" failures="${failures.length}">`,
    '    <properties>',
    `      <property name="mode" value="${report.mode}"/>`,
    `      <property name="advisory" value="${report.mode !== 'strict'}"/>`,
    '    </properties>',
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function xml(text: string): string {
  const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}
