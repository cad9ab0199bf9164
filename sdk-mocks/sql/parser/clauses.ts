import { SqlError } from '../../../emulator/core/index.ts';
import type { PolicyArgument } from '../catalog/contract.ts';
import type { MaskClause, NameParts } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { identifier, name } from './names.ts';

/** `COMMENT 'text'`. */
export function comment(cursor: Cursor): string | undefined {
  return cursor.accept('COMMENT') ? cursor.expectString() : undefined;
}

export function ifNotExists(cursor: Cursor): boolean {
  return cursor.accept('IF', 'NOT', 'EXISTS');
}

/** `WITH ROW FILTER f ON (...)`, after its keywords. The list may be empty. */
export function filterClause(cursor: Cursor): { function: NameParts; on: PolicyArgument[] } {
  const fn = name(cursor);
  cursor.expect('ON');
  return { function: fn, on: cursor.list(() => policyArgument(cursor, 'row filter'), { empty: true }) };
}

/** `MASK f [USING COLUMNS (...)]`, after its keyword. */
export function maskClause(cursor: Cursor): MaskClause {
  const fn = name(cursor);
  const using = cursor.accept('USING', 'COLUMNS') ? cursor.list(() => policyArgument(cursor, 'mask')) : [];
  return { function: fn, using };
}

/** A column of the same table, or a literal: STRING, numeric, BOOLEAN, INTERVAL or NULL (docs: ROW FILTER, MASK). */
function policyArgument(cursor: Cursor, of: 'row filter' | 'mask'): PolicyArgument {
  const literal = literalText(cursor);
  if (literal !== undefined) return { literal };
  const parts = [identifier(cursor)];
  while (cursor.acceptSymbol('.')) parts.push(identifier(cursor));
  const [column] = parts;
  if (column === undefined || parts.length > 1) throw multiPart(parts, of);
  return { column };
}

/** A literal as it may be an argument of a filter or mask; undefined when something else is there. */
export function literalText(cursor: Cursor): string | undefined {
  const start = cursor.position;
  const token = cursor.peek();
  if (token.kind === 'string') cursor.next();
  else if (token.kind === 'number') cursor.next();
  else if ((token.text === '-' || token.text === '+') && cursor.peek(1).kind === 'number') {
    cursor.next();
    cursor.next();
  } else if (cursor.isWordAt(0, 'TRUE', 'FALSE', 'NULL')) cursor.next();
  else if (cursor.isWordAt(0, 'INTERVAL') && isIntervalValue(cursor)) intervalLiteral(cursor);
  else return undefined;
  return cursor.text.slice(start, cursor.behind);
}

function isIntervalValue(cursor: Cursor): boolean {
  return ['string', 'number'].includes(cursor.peek(1).kind) || cursor.isSymbol('-', 1);
}

function intervalLiteral(cursor: Cursor): void {
  cursor.next();
  while (!cursor.isSymbol(',') && !cursor.isSymbol(')')) {
    const token = cursor.peek();
    const fits = ['string', 'number', 'word'].includes(token.kind) || token.text === '-';
    if (!fits) throw cursor.unexpected();
    cursor.next();
  }
}

function multiPart(parts: readonly string[], of: 'row filter' | 'mask'): SqlError {
  const written = parts.map((part) => `\`${part}\``).join('.');
  const condition =
    of === 'mask'
      ? 'ASSIGNED_COLUMN_MASK_MULTI_PART_USING_COLUMN_NAME'
      : 'ASSIGNED_ROW_FILTER_MULTI_PART_COLUMN_NAME';
  return new SqlError(
    `ROW_COLUMN_ACCESS.${condition}`,
    '42K09',
    `A ${of} was given the column ${written}, which has more than one name part: name a column of the same table by itself.`,
  );
}

/** `TBLPROPERTIES (...)` or `OPTIONS (...)`: read and not kept, they change nothing of what the sandbox answers. */
export function properties(cursor: Cursor): boolean {
  if (!cursor.acceptAny('TBLPROPERTIES', 'DBPROPERTIES', 'OPTIONS')) return false;
  cursor.skipGroup();
  return true;
}

/** Does a query start here? */
export function startsQuery(cursor: Cursor, ahead = 0): boolean {
  let at = ahead;
  while (cursor.isSymbol('(', at)) at += 1;
  return cursor.isWordAt(at, 'SELECT', 'WITH', 'VALUES', 'TABLE', 'FROM');
}

/** `('key' [= 'value'], ...)` of SET TAGS. A key alone has the empty value (docs: SET TAGS). */
export function tagList(cursor: Cursor): { key: string; value: string }[] {
  return cursor.list(() => {
    const key = cursor.expectString();
    return { key, value: cursor.acceptSymbol('=') ? cursor.expectString() : '' };
  });
}

/** `(key [=] value, ...)` of TBLPROPERTIES: keys are strings or dotted names, values literals kept as text. */
export function propertyList(cursor: Cursor): [key: string, value: string][] {
  return cursor.list(() => {
    const key = propertyKey(cursor);
    cursor.acceptSymbol('=');
    const token = cursor.peek();
    if (token.kind === 'string' || token.kind === 'number' || cursor.isWordAt(0, 'TRUE', 'FALSE')) {
      return [key, cursor.next().value];
    }
    throw cursor.unexpected();
  });
}

export function propertyKey(cursor: Cursor): string {
  if (cursor.peek().kind === 'string') return cursor.expectString();
  const parts = [identifier(cursor)];
  while (cursor.acceptSymbol('.')) parts.push(identifier(cursor));
  return parts.join('.');
}
