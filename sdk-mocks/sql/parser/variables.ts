import type { NameParts, Statement } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { name } from './names.ts';
import { dataType } from './types.ts';

type Of<Kind> = Extract<Statement, { kind: Kind }>;

/** DECLARE, SET VAR and EXECUTE IMMEDIATE (docs: sql-ref-syntax-aux, session variables). */
export function variableStatement(cursor: Cursor, position: number): Statement | undefined {
  if (cursor.accept('DECLARE')) return declare(cursor, position);
  if (cursor.accept('SET', 'VAR') || cursor.accept('SET', 'VARIABLE')) return setVariable(cursor, position);
  if (cursor.accept('EXECUTE', 'IMMEDIATE')) return executeImmediate(cursor, position);
  return undefined;
}

function declare(cursor: Cursor, position: number): Of<'declare_variable'> {
  const orReplace = cursor.accept('OR', 'REPLACE');
  if (cursor.isWordAt(0, 'VARIABLE', 'VAR') && ['word', 'quoted'].includes(cursor.peek(1).kind))
    cursor.next();
  const names = [name(cursor)];
  while (cursor.acceptSymbol(',')) names.push(name(cursor));
  const starts = () => cursor.isWords('DEFAULT') || cursor.isSymbol('=');
  const type = starts() || cursor.atEnd || cursor.isSymbol(';') ? null : dataType(cursor);
  let value: string | null = null;
  if (starts()) {
    cursor.next();
    value = expression(cursor, () => false);
  } else if (type === null) throw cursor.unexpected();
  cursor.finish();
  return { kind: 'declare_variable', position, names, orReplace, type, default: value };
}

export function dropVariable(cursor: Cursor, position: number): Of<'drop_variable'> {
  const ifExists = cursor.accept('IF', 'EXISTS');
  const target = name(cursor);
  cursor.finish();
  return { kind: 'drop_variable', position, name: target, ifExists };
}

function setVariable(cursor: Cursor, position: number): Of<'set_variable'> {
  if (cursor.isSymbol('(')) {
    const targets = cursor.list(() => name(cursor));
    cursor.expectSymbol('=');
    cursor.expectSymbol('(');
    const query = cursor.sliceUntil(() => false);
    cursor.expectSymbol(')');
    cursor.finish();
    return { kind: 'set_variable', position, targets, values: [], query };
  }
  const targets: NameParts[] = [];
  const values: (string | null)[] = [];
  do {
    targets.push(name(cursor));
    cursor.expectSymbol('=');
    const byDefault = cursor.isWords('DEFAULT') && (cursor.peek(1).kind === 'end' || cursor.isSymbol(',', 1));
    if (byDefault) cursor.next();
    values.push(byDefault ? null : expression(cursor, () => cursor.isSymbol(',')));
  } while (cursor.acceptSymbol(','));
  cursor.finish();
  return { kind: 'set_variable', position, targets, values, query: null };
}

function executeImmediate(cursor: Cursor, position: number): Of<'execute_immediate'> {
  const text = expression(cursor, () => cursor.isWordAt(0, 'INTO', 'USING'));
  let into: NameParts[] | null = null;
  const using: { value: string; name: string | null }[] = [];
  if (cursor.accept('INTO')) {
    into = [name(cursor)];
    while (cursor.acceptSymbol(',')) into.push(name(cursor));
  }
  if (cursor.accept('USING')) {
    const argument = () => {
      const value = expression(cursor, () => cursor.isSymbol(',') || cursor.isWords('AS'));
      using.push({ value, name: cursor.accept('AS') ? name(cursor).join('.') : null });
    };
    const grouped = cursor.isSymbol('(') && closesAtEnd(cursor);
    if (grouped && cursor.isSymbol(')', 1)) cursor.skipGroup();
    else if (grouped) cursor.list(argument);
    else {
      argument();
      while (cursor.acceptSymbol(',')) argument();
    }
  }
  cursor.finish();
  return { kind: 'execute_immediate', position, text, into, using };
}

/** Does the parenthesis here close at the end of the statement? Then it holds the list, not an expression. */
function closesAtEnd(cursor: Cursor): boolean {
  let depth = 0;
  for (let ahead = 0; cursor.peek(ahead).kind !== 'end'; ahead += 1) {
    if (cursor.isSymbol('(', ahead)) depth += 1;
    if (cursor.isSymbol(')', ahead)) depth -= 1;
    if (depth === 0) return cursor.peek(ahead + 1).kind === 'end' || cursor.isSymbol(';', ahead + 1);
  }
  return false;
}

function expression(cursor: Cursor, stop: () => boolean): string {
  return cursor.sliceUntil(stop);
}
