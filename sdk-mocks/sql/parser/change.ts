import type { Assignment, MergeClause, Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifier, name } from './names.ts';

type Of<Kind> = Extract<Statement, { kind: Kind }>;

/** UPDATE, DELETE, TRUNCATE and MERGE. Expressions keep their text. Undefined when something else is there. */
export function change(
  cursor: Cursor,
  position: number,
): Of<'update' | 'delete' | 'truncate' | 'merge'> | undefined {
  if (cursor.accept('UPDATE')) return update(cursor, position);
  if (cursor.accept('DELETE')) return remove(cursor, position);
  if (cursor.accept('TRUNCATE')) {
    cursor.expect('TABLE');
    const table = name(cursor);
    if (cursor.isWords('PARTITION')) throw unsupported('TRUNCATE TABLE ... PARTITION');
    cursor.finish();
    return { kind: 'truncate', position, table };
  }
  return cursor.accept('MERGE') ? merge(cursor, position) : undefined;
}

function update(cursor: Cursor, position: number): Of<'update'> {
  const table = name(cursor);
  const alias = aliasBefore(cursor, 'SET');
  cursor.expect('SET');
  const set = assignments(cursor, ['WHERE', 'FROM']);
  if (cursor.isWords('FROM')) throw unsupported('UPDATE ... FROM');
  const where = cursor.accept('WHERE') ? cursor.sliceUntil(() => false) : null;
  cursor.finish();
  return { kind: 'update', position, table, alias, set, where };
}

function remove(cursor: Cursor, position: number): Of<'delete'> {
  cursor.expect('FROM');
  const table = name(cursor);
  const alias = aliasBefore(cursor, 'WHERE', 'USING');
  if (cursor.isWords('USING')) throw unsupported('DELETE ... USING');
  const where = cursor.accept('WHERE') ? cursor.sliceUntil(() => false) : null;
  cursor.finish();
  return { kind: 'delete', position, table, alias, where };
}

function merge(cursor: Cursor, position: number): Of<'merge'> {
  if (cursor.isWords('WITH', 'SCHEMA')) throw unsupported('MERGE WITH SCHEMA EVOLUTION');
  cursor.expect('INTO');
  const table = name(cursor);
  const alias = aliasBefore(cursor, 'USING');
  cursor.expect('USING');
  const source = cursor.sliceUntil((at) => at.isWords('ON'));
  cursor.expect('ON');
  const on = cursor.sliceUntil((at) => at.isWords('WHEN') && at.isWordAt(1, 'MATCHED', 'NOT'));
  const clauses: MergeClause[] = [];
  while (cursor.accept('WHEN')) clauses.push(clause(cursor));
  if (clauses.length === 0) throw cursor.unexpected("missing 'WHEN'");
  cursor.finish();
  return { kind: 'merge', position, table, alias, source, on, clauses };
}

function clause(cursor: Cursor): MergeClause {
  const not = cursor.accept('NOT');
  cursor.expect('MATCHED');
  const bySource = not && cursor.accept('BY', 'SOURCE');
  if (not && !bySource) cursor.accept('BY', 'TARGET');
  const when = !not ? 'matched' : bySource ? 'not_matched_by_source' : 'not_matched';
  const condition = cursor.accept('AND') ? cursor.sliceUntil((at) => at.isWords('THEN')) : null;
  cursor.expect('THEN');
  if (when === 'not_matched') return { when, condition, action: insertion(cursor) };
  if (cursor.accept('DELETE')) return { when, condition, action: { kind: 'delete' } };
  cursor.expect('UPDATE', 'SET');
  const all = when === 'matched' && cursor.acceptSymbol('*');
  return { when, condition, action: { kind: 'update', set: all ? '*' : assignments(cursor, ['WHEN']) } };
}

function insertion(cursor: Cursor): Extract<MergeClause['action'], { kind: 'insert' }> {
  cursor.expect('INSERT');
  if (cursor.acceptSymbol('*')) return { kind: 'insert', columns: null, values: '*' };
  const columns = cursor.isSymbol('(') ? cursor.list(() => lastPart(cursor)) : null;
  cursor.expect('VALUES');
  const values = cursor.list(() => valueOrDefault(cursor, () => false));
  return { kind: 'insert', columns, values };
}

function assignments(cursor: Cursor, ends: readonly string[]): Assignment[] {
  const list: Assignment[] = [];
  do {
    const column = name(cursor);
    cursor.expectSymbol('=');
    list.push({ column, value: valueOrDefault(cursor, (at) => ends.some((word) => endsAt(at, word))) });
  } while (cursor.acceptSymbol(','));
  return list;
}

/** WHEN also begins the branches of CASE: only `WHEN [NOT] MATCHED` ends an assignment. */
const endsAt = (cursor: Cursor, word: string): boolean =>
  cursor.isWords(word) && (word !== 'WHEN' || cursor.isWordAt(1, 'MATCHED') || cursor.isWordAt(2, 'MATCHED'));

/** Text of an expression up to a comma; null for DEFAULT. */
function valueOrDefault(cursor: Cursor, stop: (cursor: Cursor) => boolean): string | null {
  const text = cursor.sliceUntil((at) => at.isSymbol(',') || stop(at));
  return text.toUpperCase() === 'DEFAULT' ? null : text;
}

function lastPart(cursor: Cursor): string {
  return name(cursor).at(-1) ?? '';
}

function aliasBefore(cursor: Cursor, ...words: string[]): string | null {
  if (cursor.accept('AS')) return identifier(cursor);
  const next = cursor.peek();
  const named = next.kind === 'quoted' || (next.kind === 'word' && !cursor.isWordAt(0, ...words));
  return named ? identifier(cursor) : null;
}
