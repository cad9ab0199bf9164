import { SqlError } from '../../../../emulator/core/index.ts';
import type { ExpressionOf } from '../syntax/ast.ts';
import { type Type, t } from '../types/index.ts';
import type { Bound } from './bound.ts';
import { call } from './calls.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';
import { identifierParts } from './identifier.ts';
import { column } from './references.ts';
import { Scope, type ScopeColumn } from './scope.ts';

export function scalarQuery(e: ExpressionOf<'scalar_query'>, cx: ExpressionContext): Bound {
  const { sql, columns } = cx.queries.bind(e.query, cx.environment, cx.scope);
  const [only] = columns;
  if (!only || columns.length !== 1) {
    throw new SqlError(
      'INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN',
      '42823',
      `Invalid subquery: Scalar subquery must return only one column, but got ${columns.length}.`,
    );
  }
  return { sql: `(${sql})`, type: only.type, name: 'scalarsubquery()', subquery: true };
}

export function lambda(e: ExpressionOf<'lambda'>, cx: ExpressionContext): Bound {
  const bound = (types: readonly Type[]) => {
    const depth = lambdaDepth(cx.scope);
    const variables = e.parameters.map((_p, i) => `x${depth}_${i}`);
    const columns: ScopeColumn[] = e.parameters.map((name, i) => ({
      name,
      qualifier: [],
      sql: variables[i] ?? 'x',
      type: types[i] ?? t.void,
    }));
    const body = bindExpression(e.body, { ...cx, scope: new LambdaScope(columns, cx.scope) });
    if (body.subquery)
      throw new SqlError(
        'UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION',
        '0A000',
        'Unsupported subquery expression: Subquery expressions are not supported within higher-order functions.',
      );
    return { variables, body };
  };
  return { sql: 'NULL', type: t.void, name: 'lambdafunction()', lambda: bound };
}

/** Variables of a lambda, in front of what its surroundings see. */
class LambdaScope extends Scope {
  override find(parts: readonly string[]) {
    return super.find(parts) ?? this.outer?.find(parts);
  }
}

function lambdaDepth(scope: Scope): number {
  let depth = 0;
  for (let at: Scope | undefined = scope; at; at = at.outer) if (at instanceof LambdaScope) depth += 1;
  return depth;
}

export function identifier(e: ExpressionOf<'identifier'>, cx: ExpressionContext): Bound {
  const parts = identifierParts(e.value, (value) => bindExpression(value, cx));
  if (e.args === null) return column({ kind: 'column', parts, at: e.at }, cx);
  return call(
    {
      kind: 'call',
      name: parts,
      args: e.args,
      argNames: [],
      distinct: false,
      filter: null,
      nulls: null,
      within: null,
      window: null,
      at: e.at,
    },
    cx,
  );
}
