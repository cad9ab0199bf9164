import { SqlError } from '../../../emulator/core/index.ts';
import type { NameParts } from './contract.ts';
import type { Cursor } from './cursor.ts';

const part = '(?:`(?:[^`]|``)+`|[A-Za-z_]\\w*)';
const whole = new RegExp(`^\\s*${part}(?:\\s*\\.\\s*${part}){0,2}\\s*$`);

/**
 * `IDENTIFIER('a.b')`: a constant text that is read as a name and as nothing else, so that no statement can be
 * smuggled in. Constant are literals, parameters, session variables, and `||` of them.
 * @throws SqlError NOT_A_CONSTANT_STRING, PARSE_SYNTAX_ERROR
 */
export function identifierClause(cursor: Cursor): NameParts {
  cursor.expect('IDENTIFIER');
  cursor.expectSymbol('(');
  let text = constant(cursor);
  while (cursor.acceptSymbol('||')) text += constant(cursor);
  if (!cursor.acceptSymbol(')')) throw notConstant('NOT_CONSTANT', 'must be a constant STRING.');
  return nameIn(text);
}

/** The parts of a name in a text, quotes removed. @throws SqlError PARSE_SYNTAX_ERROR */
export function nameIn(text: string): NameParts {
  if (!whole.test(text))
    throw new SqlError('PARSE_SYNTAX_ERROR', '42601', `Syntax error at or near '${text}'.`);
  return [...text.matchAll(/`((?:[^`]|``)+)`|(\w+)/g)].map((m) => (m[1] ?? m[2] ?? '').replaceAll('``', '`'));
}

function constant(cursor: Cursor): string {
  const token = cursor.peek();
  if (token.kind === 'string') {
    let text = '';
    while (cursor.peek().kind === 'string') text += cursor.next().value;
    return text;
  }
  let found: string | null | undefined;
  if (token.kind === 'parameter') {
    cursor.next();
    if (token.value === '') cursor.ordinals += 1;
    found = cursor.constants?.parameter(token.value, cursor.ordinals);
    if (found === undefined)
      throw new SqlError(
        'UNBOUND_SQL_PARAMETER',
        '42P02',
        `Found the unbound parameter: ${token.value === '' ? `_${cursor.ordinals}` : token.value}.`,
      );
  } else if (token.kind === 'word' || token.kind === 'quoted') {
    const parts = [cursor.next().value];
    while (cursor.acceptSymbol('.')) parts.push(cursor.next().value);
    found = token.text.toUpperCase() === 'NULL' ? null : cursor.constants?.variable(parts);
  }
  if (found === null) throw notConstant('NULL', 'must not be NULL.');
  if (found === undefined) throw notConstant('NOT_CONSTANT', 'must be a constant STRING.');
  return found;
}

function notConstant(sub: string, sentence: string): SqlError {
  return new SqlError(
    `NOT_A_CONSTANT_STRING.${sub}`,
    '42601',
    `The expression used for the routine or clause \`IDENTIFIER\` ${sentence}`,
  );
}
