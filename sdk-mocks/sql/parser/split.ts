import { tokenize } from './tokens.ts';

/** One statement of a script. */
export interface StatementSlice {
  text: string;
  /** Where its first token is, 0-based character offset in the script. */
  position: number;
}

/**
 * Splits a script at the semicolons between statements; comments and empty statements go.
 * @throws SqlError when a string, quoted identifier or comment does not end.
 */
export function splitStatements(script: string): StatementSlice[] {
  const slices: StatementSlice[] = [];
  let start: number | undefined;
  for (const token of tokenize(script)) {
    const ends = token.kind === 'end' || (token.kind === 'symbol' && token.text === ';');
    if (!ends) {
      start ??= token.start;
    } else if (start !== undefined) {
      slices.push({ text: script.slice(start, token.start).trimEnd(), position: start });
      start = undefined;
    }
  }
  return slices;
}
