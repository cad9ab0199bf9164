import type { EgressReport } from './contract.ts';
import { isLoopback, isValidHostname, matchesHost } from './policy/index.ts';

/** A list of required domains beside what the apps of a run reached for. */
export interface DeclarationCheck {
  ok: boolean;
  /** Hosts the apps reached for by name, allowed or not, sorted. */
  used: string[];
  usedUndeclared: string[];
  declaredUnused: string[];
  /** What the platform would refuse in the list. */
  warnings: string[];
}

/** Compares `declared` (host names, a leading `*.` is accepted with a warning) with a run's report. */
export function checkDeclarations(
  report: Pick<EgressReport, 'attempts'>,
  declared: readonly string[],
): DeclarationCheck {
  const names = [...new Set(declared.map((name) => name.trim().toLowerCase()).filter((name) => name !== ''))];
  const outside = report.attempts.filter(({ rule }) => rule !== 'address of this sandbox');
  const used = [...new Set(outside.map(({ host }) => host))]
    .filter((host) => isValidHostname(host) && !isLoopback(host))
    .sort();
  const usedUndeclared = used.filter((host) => !names.some((name) => matchesHost(name, host)));
  const declaredUnused = names.filter((name) => !used.some((host) => matchesHost(name, host)));
  const warnings = names.flatMap((name) => {
    if (name.startsWith('*.') && isValidHostname(name.slice(2)))
      return [`${name}: the platform refuses wildcards. List each host.`];
    return isValidHostname(name) ? [] : [`${name}: not a valid hostname for the platform.`];
  });
  const ok = usedUndeclared.length === 0 && declaredUnused.length === 0;
  return { ok, used, usedUndeclared, declaredUnused, warnings };
}
