import type { SqlError } from '../../../../emulator/core/index.ts';

/** An earlier state of a table: the number of a version, or a moment as text in the session's time zone. */
export type Travel = { version: number } | { timestamp: string };

interface Token {
  kind: string;
  text: string;
}

/** What both cursors (of queries and of other statements) are wrapped into, to read the same clause. */
export interface TravelTokens {
  peek(ahead?: number): Token;
  next(): Token;
  take(...words: string[]): boolean;
  error(hint: string): SqlError;
}

/**
 * `VERSION AS OF 3`, `TIMESTAMP AS OF '2026-01-31'`, also after FOR and with SYSTEM_VERSION and SYSTEM_TIME (docs: time
 * travel). Undefined when no such clause is next.
 * @throws SqlError PARSE_SYNTAX_ERROR; expressions other than literals are refused by name.
 */
export function travelClause(c: TravelTokens): Travel | undefined {
  if (takeWords(c, ['VERSION', 'SYSTEM_VERSION'])) return { version: versionNumber(c) };
  if (takeWords(c, ['TIMESTAMP', 'SYSTEM_TIME'])) return { timestamp: moment(c) };
  return undefined;
}

function takeWords(c: TravelTokens, words: readonly string[]): boolean {
  return words.some((word) => c.take(word, 'AS', 'OF') || c.take('FOR', word, 'AS', 'OF'));
}

function versionNumber(c: TravelTokens): number {
  const token = c.peek();
  if ((token.kind !== 'number' && token.kind !== 'string') || !/^\d{1,15}$/.test(token.text))
    throw c.error('a version is a whole number');
  return Number(c.next().text);
}

function moment(c: TravelTokens): string {
  if (c.peek(1).kind === 'string' && !c.take('TIMESTAMP')) c.take('DATE');
  if (c.peek().kind !== 'string')
    throw c.error('Brickbox travels to a moment that is written as a text, DATE or TIMESTAMP literal only');
  return c.next().text;
}

/** `t@v3` and `t@20260131000000000`: the part after `@`. Undefined when it is neither. */
export function travelMark(text: string): Travel | undefined {
  const version = /^v(\d{1,15})$/i.exec(text)?.[1];
  if (version !== undefined) return { version: Number(version) };
  const [, y, mo, d, h, mi, s, ms] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(text) ?? [];
  return y === undefined ? undefined : { timestamp: `${y}-${mo}-${d} ${h}:${mi}:${s}.${ms}` };
}
