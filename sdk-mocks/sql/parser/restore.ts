import { type TravelTokens, travelClause } from '../dialect/index.ts';
import type { Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { name } from './names.ts';

/** Everything after `RESTORE`: `[TABLE] t [TO] VERSION AS OF 3` (docs: RESTORE). */
export function restore(cursor: Cursor, position: number): Extract<Statement, { kind: 'restore' }> {
  cursor.accept('TABLE');
  const table = name(cursor);
  cursor.accept('TO');
  const to = travelClause(tokensOf(cursor));
  if (!to) throw cursor.unexpected();
  cursor.finish();
  return { kind: 'restore', position, table, to };
}

function tokensOf(cursor: Cursor): TravelTokens {
  const shown = ({ kind, value }: { kind: string; value: string }) => ({ kind, text: value });
  return {
    peek: (ahead) => shown(cursor.peek(ahead)),
    next: () => shown(cursor.next()),
    take: (...words) => cursor.accept(...words),
    error: (hint) => cursor.unexpected(hint),
  };
}
