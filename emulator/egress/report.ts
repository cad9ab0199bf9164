import type { EgressEntry, Journal } from '../journal/index.ts';
import type { EgressReport } from './contract.ts';
import { isLoopback, isValidHostname, matchesHost, type NetworkPolicy } from './policy/index.ts';

/** Builds the report of a run from its journal: equal attempts are counted, not repeated. */
export function buildReport(
  mode: EgressReport['mode'],
  policy: NetworkPolicy,
  allowedKeys: readonly string[],
  journal: Journal,
): EgressReport {
  const entries = journal.entries({ kinds: ['egress'] }).filter((entry) => entry.kind === 'egress');
  const listed = policy.egress.network_access.allowed_internet_destinations.map((entry) => entry.destination);
  const declared = [...new Set([...listed, ...allowedKeys].map((name) => name.toLowerCase()))].sort();
  const outside = entries.filter((entry) => entry.answered !== 'platform' && !isLoopback(entry.host));
  const used = [...new Set(outside.map((entry) => entry.host))];
  const isDeclared = (host: string) => declared.some((name) => matchesHost(name, host));
  return {
    mode,
    policy,
    attempts: collapse(entries),
    declared,
    declaredUnused: declared.filter((name) => !used.some((host) => matchesHost(name, host))),
    usedUndeclared: used.filter((host) => isValidHostname(host) && !isDeclared(host)).sort(),
  };
}

function collapse(entries: readonly EgressEntry[]): EgressReport['attempts'] {
  const rows = new Map<string, EgressReport['attempts'][number]>();
  for (const { host, port, protocol, app, verdict, rule } of entries) {
    const key = JSON.stringify([host, port, protocol, app, verdict, rule]);
    const row = rows.get(key);
    if (row) row.count += 1;
    else rows.set(key, { host, port, protocol, app, verdict, rule, count: 1 });
  }
  return [...rows.values()];
}
