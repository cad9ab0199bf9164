import { expect, test } from 'vitest';
import { createClock } from '../core/index.ts';
import { createJournal, type EgressEntry, type NewEntry } from '../journal/index.ts';
import { formatReport, suggest } from './formats.ts';
import { outboundNetworkRows } from './outbound-network.ts';
import { presetPolicy } from './policy/index.ts';
import { buildReport } from './report.ts';

function journalOf(...attempts: Partial<EgressEntry>[]) {
  const journal = createJournal(
    createClock(() => 1_000_000),
    () => 1,
  );
  for (const attempt of attempts) {
    const entry: NewEntry = {
      kind: 'egress',
      app: 'shop',
      host: 'x.example',
      port: 443,
      protocol: 'tcp',
      process: null,
      verdict: 'denied',
      rule: 'a <rule> | with marks',
    };
    journal.append({ ...entry, ...attempt } as NewEntry);
  }
  return journal;
}

const reportOf = (...attempts: Partial<EgressEntry>[]) =>
  buildReport(
    'cooperative',
    presetPolicy('declared_only', ['used.example', 'idle.example']),
    ['used.example', 'idle.example'],
    journalOf(...attempts),
  );

const run = [
  { host: 'used.example', verdict: 'allowed', answered: 'stub' },
  { host: 'new.example' },
  { host: 'new.example' },
  { host: '192.0.2.1' },
  { host: '127.0.0.1', port: 5432, verdict: 'allowed' },
] as const;

test('equal attempts are counted, and declared is compared with used', () => {
  const report = reportOf(...run);
  expect(report.attempts.map(({ host, count }) => [host, count])).toEqual([
    ['used.example', 1],
    ['new.example', 2],
    ['192.0.2.1', 1],
    ['127.0.0.1', 1],
  ]);
  expect(report.declaredUnused).toEqual(['idle.example']);
  expect(report.usedUndeclared).toEqual(['new.example']);
  expect(suggest(report)).toEqual({
    domains: ['new.example', 'used.example'],
    yaml: 'egress:\n  allowed:\n    new.example: {}',
  });
});

test('each format names the mode, the denied host and what to declare', () => {
  const report = reportOf(...run);
  const table = formatReport(report, 'table');
  expect(table).toContain('advisory');
  expect(table).toMatch(/denied +new\.example:443 +tcp +shop +2/);
  expect(JSON.parse(formatReport(report, 'json'))).toMatchObject({
    advisory: true,
    suggestion: { domains: ['new.example', 'used.example'] },
  });
  const markdown = formatReport(report, 'markdown');
  expect(markdown).toContain('| denied | new.example:443 | tcp | shop | 2 | a <rule> \\| with marks |');
  expect(markdown).toContain('    new.example: {}');
  const junit = formatReport(report, 'junit');
  expect(junit).toContain('tests="4" failures="2"');
  expect(junit).toContain('<property name="mode" value="cooperative"/>');
  expect(junit).toContain('a &lt;rule&gt; | with marks');
});

test('a run without attempts says so and suggests nothing', () => {
  const report = reportOf();
  expect(formatReport(report, 'table')).toContain('No outbound attempts.');
  expect(suggest(report).yaml).toBe('');
});

test('denied traffic becomes rows of the system table, one for a destination and second', () => {
  const journal = journalOf(...run, { host: 'dry.example', verdict: 'dry_run_denied' });
  const entries = journal.entries({ kinds: ['egress'] }) as EgressEntry[];
  const rows = outboundNetworkRows(entries, { accountId: 'a', workspaceId: 'w' });
  expect(rows.map((row) => [row.destination, row.destination_type, row.access_type])).toEqual([
    ['new.example', 'DNS', 'DROP'],
    ['192.0.2.1', 'IP', 'DROP'],
    ['dry.example', 'DNS', 'DRY_RUN_DENIAL'],
  ]);
  expect(rows[0]).toMatchObject({
    dns_event: { domain_name: 'new.example', rcode: 3 },
    network_source_type: 'Apps',
    event_time: 1_000_000,
  });
  expect(outboundNetworkRows(entries, { accountId: 'a', workspaceId: 'w' })).toEqual(rows);
});
