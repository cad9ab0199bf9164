import type { MatchersObject } from 'vitest';
import { judge } from './denial.ts';
import { listed, pairUp, plain, rowsOf } from './rows.ts';

/** What Brickbox adds to `expect`. All of them take a value or a promise, and must be awaited. */
export interface BrickboxMatchers {
  /**
   * The rows of a statement, an array, or a JSON response, in any order: their number, or one object for each
   * with the columns that matter.
   */
  toSeeRows(expected: number | readonly object[], options?: { ordered?: boolean }): Promise<void>;
  /** Refused: status 401 or 403, or the platform's permission error. */
  toBeDenied(): Promise<void>;
  /** Refused, and the reason (the platform's message, or Brickbox's explanation of it) matches. */
  toBeDeniedWithReason(reason: string | RegExp): Promise<void>;
}

export const matchers: MatchersObject = {
  async toSeeRows(
    received: unknown,
    expected: number | readonly object[],
    options: { ordered?: boolean } = {},
  ) {
    const rows = (await rowsOf(received)).map(plain);
    const { equals } = this;
    const shown = `Rows seen:\n${listed(rows)}`;
    if (typeof expected === 'number') {
      return {
        pass: rows.length === expected,
        message: () =>
          `expected ${this.isNot ? 'another number than ' : ''}${expected} rows, saw ${rows.length}.\n${shown}`,
      };
    }
    const wanted = expected.map(plain);
    const fits = (row: unknown, want: unknown) =>
      typeof row === 'object' && typeof want === 'object' && equals(row, { ...row, ...want });
    const missing = options.ordered
      ? wanted.filter((want, index) => !fits(rows[index], want))
      : pairUp(rows, wanted, fits);
    return {
      pass: missing.length === 0 && rows.length === wanted.length,
      message: () =>
        [
          this.isNot
            ? 'expected other rows than these.'
            : `expected ${wanted.length} rows${options.ordered ? ' in this order' : ''}, saw ${rows.length}.`,
          ...(missing.length > 0 ? [`Not seen:\n${listed(missing)}`] : []),
          shown,
        ].join('\n'),
    };
  },

  async toBeDenied(received: unknown) {
    const { denied, what, reasons } = await judge(received);
    return {
      pass: denied,
      message: () =>
        this.isNot
          ? `expected it to be allowed, but it was denied: ${what}.\n${reasons.join('\n')}`
          : `expected it to be denied, but it was not: ${what}.`,
    };
  },

  async toBeDeniedWithReason(received: unknown, expected: string | RegExp) {
    const { denied, what, reasons } = await judge(received);
    const matches = reasons.some((reason) =>
      typeof expected === 'string' ? reason.includes(expected) : expected.test(reason),
    );
    return {
      pass: denied && matches,
      message: () =>
        denied
          ? `expected ${this.isNot ? 'another reason than' : 'the reason'} ${expected}; reasons given:\n${reasons.join('\n') || '(none)'}`
          : `expected it to be denied, but it was not: ${what}.`,
    };
  },
};
