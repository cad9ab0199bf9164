import type { Journal, Severity } from '../journal/index.ts';
import { Recent } from './recent.ts';

/** Writes findings of one gateway, each distinct one once: a polling client would otherwise fill the journal. */
export class Findings {
  readonly #seen = new Recent<true>(1000);
  readonly #journal: Journal;
  readonly #app: string;

  constructor(journal: Journal, app: string) {
    this.#journal = journal;
    this.#app = app;
  }

  /** `about` tells two findings of one name apart: who and where. */
  report(finding: {
    name: string;
    about: string;
    severity: Severity;
    message: string;
    fix: string;
    exchange: string;
  }): void {
    const key = `${finding.name}\n${finding.about}`;
    if (this.#seen.get(key)) return;
    this.#seen.set(key, true);
    this.#journal.append({
      kind: 'finding',
      severity: finding.severity,
      finding: finding.name,
      app: this.#app,
      message: finding.message,
      fix: finding.fix,
      exchange: finding.exchange,
    });
  }
}
