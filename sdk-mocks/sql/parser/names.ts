import { SqlError } from '../../../emulator/core/index.ts';
import type { NameParts, SecurableWord } from './contract.ts';
import type { Cursor } from './cursor.ts';
import { unsupported } from './errors.ts';
import { identifierClause } from './identifier-clause.ts';

/** One identifier, quotes removed, case kept. */
export function identifier(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind !== 'word' && token.kind !== 'quoted') throw cursor.unexpected();
  if (token.value === '') throw cursor.unexpected();
  if (token.kind === 'word') refuseHyphen(cursor);
  cursor.next();
  return token.value;
}

/** `my-catalog` without backticks has an error class of its own (docs: INVALID_IDENTIFIER). */
function refuseHyphen(cursor: Cursor): void {
  const [first, dash, after] = [cursor.peek(), cursor.peek(1), cursor.peek(2)];
  if (dash.text !== '-' || dash.start !== first.end || after.start !== dash.end) return;
  if (after.kind !== 'word' && after.kind !== 'number') return;
  const whole = `${first.text}-${after.text}`;
  throw cursor.error(
    'INVALID_IDENTIFIER',
    '42602',
    `The unquoted identifier ${whole} is invalid and must be back quoted as: \`${whole}\`. Unquoted identifiers can only contain ASCII letters ('a' - 'z', 'A' - 'Z'), digits ('0' - '9'), and underbar ('_').`,
  );
}

/** A name of one to three parts. */
export function name(cursor: Cursor): NameParts {
  if (cursor.isWordAt(0, 'IDENTIFIER') && cursor.isSymbol('(', 1)) {
    return identifierClause(cursor);
  }
  const parts = [identifier(cursor)];
  while (cursor.acceptSymbol('.')) parts.push(identifier(cursor));
  if (parts.length > 3) {
    throw new SqlError(
      'IDENTIFIER_TOO_MANY_NAME_PARTS',
      '42601',
      `${parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.')} is not a valid identifier as it has more than 3 name parts.`,
    );
  }
  return parts;
}

/** A user, group or service principal: letters, digits and underscores, or anything in backticks (docs: principal). */
export function principal(cursor: Cursor): string {
  return identifier(cursor);
}

const securableWords: Record<string, SecurableWord> = {
  CATALOG: 'CATALOG',
  SCHEMA: 'SCHEMA',
  DATABASE: 'SCHEMA',
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  FUNCTION: 'FUNCTION',
  PROCEDURE: 'FUNCTION',
  VOLUME: 'VOLUME',
};

const otherSecurables = [
  ['EXTERNAL', 'LOCATION'],
  ['STORAGE', 'CREDENTIAL'],
  ['SERVICE', 'CREDENTIAL'],
  ['CREDENTIAL'],
  ['CONNECTION'],
  ['SHARE'],
  ['RECIPIENT'],
  ['PROVIDER'],
  ['CLEAN', 'ROOM'],
  ['ANY', 'FILE'],
  ['MODEL'],
];

/** What follows ON in GRANT, REVOKE and SHOW GRANTS. Without a kind it is a table. */
export function securable(cursor: Cursor): { object: SecurableWord; name: NameParts } {
  const other = otherSecurables.find(
    (words) => cursor.isWords(...words) && !cursor.isSymbol('.', words.length),
  );
  if (other && !nameEnds(cursor, other.length)) throw unsupported(`a grant on ${other.join(' ')}`);
  if (cursor.isWords('METASTORE') && !cursor.isSymbol('.', 1)) {
    cursor.next();
    return { object: 'METASTORE', name: [] };
  }
  const word = securableWords[cursor.peek().kind === 'word' ? cursor.peek().text.toUpperCase() : ''];
  if (word === undefined || cursor.isSymbol('.', 1) || nameEnds(cursor, 1)) {
    return { object: 'TABLE', name: name(cursor) };
  }
  cursor.next();
  return { object: word, name: name(cursor) };
}

/** Is the word before place `ahead` the whole name? Then `GRANT SELECT ON share TO x` means a table called share. */
function nameEnds(cursor: Cursor, ahead: number): boolean {
  const after = cursor.peek(ahead);
  return after.kind === 'end' || cursor.isSymbol(';', ahead) || isToOrFrom(cursor, ahead);
}

function isToOrFrom(cursor: Cursor, ahead: number): boolean {
  return cursor.isWordAt(ahead, 'TO', 'FROM') && cursor.peek(ahead + 1).kind !== 'symbol';
}
