import { tokenize } from './tokens.ts';

/** One statement of a script. `position` is the 0-based character offset of its first token. */
export interface StatementSlice {
  position: number;
  text: string;
}

/**
 * Cuts a script at its semicolons; those in strings, quoted names and comments do not count, empty statements are
 * left out.
 * @throws SqlError when a string, quoted name or comment does not end.
 */
export function splitStatements(script: string): StatementSlice[] {
  const found: StatementSlice[] = [];
  let start: number | undefined;
  let end = 0;
  const close = () => {
    if (start !== undefined) found.push({ position: start, text: script.slice(start, end) });
    start = undefined;
  };
  for (const token of tokenize(script)) {
    if (token.kind === 'end' || (token.kind === 'symbol' && token.text === ';')) close();
    else {
      start ??= token.start;
      end = token.end;
    }
  }
  return found;
}
