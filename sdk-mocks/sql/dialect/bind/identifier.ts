import { SqlError } from '../../../../emulator/core/index.ts';
import type { Expression } from '../syntax/ast.ts';
import type { Bound } from './bound.ts';

/** Text of a constant: a literal, a parameter, a variable, or `||` of them. */
function constantText(e: Expression, bind: (e: Expression) => Bound): unknown {
  if (e.kind === 'binary' && e.op === '||') {
    const parts = [constantText(e.left, bind), constantText(e.right, bind)];
    return parts.every((part) => typeof part === 'string') ? parts.join('') : undefined;
  }
  const value = bind(e);
  if (value.literal) return value.literal.value;
  return value.type.kind === 'string' && value.sql.startsWith('CAST($') ? value.name : undefined;
}

/** The name in `IDENTIFIER('…')`. @throws SqlError unless it is a literal string that is a name. */
export function identifierParts(e: Expression, bind: (e: Expression) => Bound): string[] {
  const text = constantText(e, bind);
  if (typeof text !== 'string')
    throw new SqlError(
      'NOT_A_CONSTANT_STRING.NOT_CONSTANT',
      '42601',
      'The expression used for the routine or clause `IDENTIFIER` must be a constant STRING which is NOT NULL. To be considered constant the expression must not depend on any columns, subqueries, or session variables.',
    );
  const parts = [...text.matchAll(/`((?:[^`]|``)+)`|([^.`\s]+)/g)].map((m) =>
    (m[1] ?? m[2] ?? '').replaceAll('``', '`'),
  );
  if (
    parts.length === 0 ||
    !/^\s*(?:`(?:[^`]|``)+`|[A-Za-z_]\w*)(?:\.(?:`(?:[^`]|``)+`|[A-Za-z_]\w*))*\s*$/.test(text)
  ) {
    throw new SqlError('PARSE_SYNTAX_ERROR', '42601', `Syntax error at or near '${text}'.`);
  }
  return parts;
}
