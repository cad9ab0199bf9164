import type { EgressEntry, Journal } from '../journal/index.ts';
import type { EgressDecision } from './policy/index.ts';

/** One outbound attempt, before it is judged. */
export interface Attempt {
  app: string | null;
  /** Name where one is known, else the address. */
  host: string;
  port: number | null;
  /** `dns`, `tcp`, `tls`, `http`, `udp`, … as far as it is known. */
  protocol: string;
  /** `argv0 (pid)` where it is known. */
  process: string | null;
}

/** What happened to an allowed attempt. */
export type Answered = NonNullable<EgressEntry['answered']>;

/** Writes attempts to the journal, and one finding for each destination an app was refused. */
export interface Ledger {
  record(attempt: Attempt, decision: EgressDecision, answered?: Answered, fix?: string): void;
  /** A stub that had no answer, or could not give it. */
  stubProblem(app: string | null, host: string, what: string, fix: string): void;
}

export function createLedger(journal: Journal): Ledger {
  const reported = new Set<string>();
  const once = (key: string, write: () => void) => {
    if (reported.has(key)) return;
    reported.add(key);
    write();
  };
  const finding = (name: string, app: string | null, message: string, fix: string) =>
    once(`${name} ${app} ${message}`, () =>
      journal.append({ kind: 'finding', severity: 'warning', finding: name, app, message, fix }),
    );

  return {
    record(attempt, decision, answered, fix) {
      const explanation =
        decision.explanation ?? (fix === undefined ? undefined : { rule: decision.rule, fix });
      journal.append({
        kind: 'egress',
        ...attempt,
        verdict: decision.verdict,
        rule: decision.rule,
        ...(answered && { answered }),
        ...(explanation && { explanation }),
      });
      const who = attempt.app ?? 'a process';
      if (decision.verdict !== 'allowed' && decision.explanation) {
        finding(
          decision.verdict === 'denied' ? 'egress_denied' : 'egress_dry_run_denied',
          attempt.app,
          `${who} reached for ${attempt.host}: ${decision.rule}.`,
          decision.explanation.fix,
        );
      } else if (answered === 'refused' && fix !== undefined) {
        finding(
          'egress_unanswered',
          attempt.app,
          `${who} called ${attempt.host}, which nobody answers here.`,
          fix,
        );
      }
    },
    stubProblem(app, host, what, fix) {
      finding('egress_stub', app, `The stub of ${host}: ${what}.`, fix);
    },
  };
}
