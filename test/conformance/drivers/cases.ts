/** One case of a driver's own suite, and what became of it. */
export interface Case {
  /** File and name, as the suite's own runner tells them. */
  id: string;
  outcome: 'passed' | 'failed' | 'notApplicable';
  /** First line of the failure, or why it does not apply. */
  cause?: string;
}

/** Cases that cannot tell anything of a warehouse on this machine, with the reason. Nothing else is left out. */
export interface Rule {
  matches: RegExp;
  reason: string;
}

export interface SuiteReport {
  passed: number;
  failed: number;
  notApplicable: number;
  cases: Case[];
}

export interface DriversReport {
  suites: Record<string, SuiteReport>;
  total: { passed: number; failed: number; notApplicable: number };
}

/** The rule that leaves a case out, if any. */
export function ruleFor(id: string, rules: readonly Rule[]): Rule | undefined {
  return rules.find(({ matches }) => matches.test(id));
}

export function leftOut(id: string, { reason }: Rule): Case {
  return { id, outcome: 'notApplicable', cause: reason };
}

/** One line, short enough for a table. */
export function firstLine(text: string | undefined): string {
  const line = (text ?? '').split('\n').find((part) => part.trim() !== '') ?? 'no message';
  return line.trim().slice(0, 240);
}

export function suiteReport(cases: readonly Case[]): SuiteReport {
  const count = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    notApplicable: count('notApplicable'),
    cases: [...cases],
  };
}

export function driversReport(suites: Record<string, SuiteReport>): DriversReport {
  const total = { passed: 0, failed: 0, notApplicable: 0 };
  for (const { passed, failed, notApplicable } of Object.values(suites)) {
    total.passed += passed;
    total.failed += failed;
    total.notApplicable += notApplicable;
  }
  return { suites, total };
}
