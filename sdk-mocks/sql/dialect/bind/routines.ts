import { SqlError } from '../../../../emulator/core/index.ts';
import { wrongArgs } from '../errors.ts';
import type { ExpressionOf } from '../syntax/ast.ts';
import { type Bound, marks } from './bound.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import type { BoundRoutine } from './environment.ts';
import { bindExpression } from './expressions.ts';
import { Scope, type ScopeColumn } from './scope.ts';

/**
 * Writes a SQL function in place: arguments take the parameters' types, the body sees only them and its own
 * FROM clauses (docs: sql-ref-syntax-ddl-create-sql-function).
 */
export function expandRoutine(routine: BoundRoutine, e: ExpressionOf<'call'>, cx: ExpressionContext): Bound {
  if (cx.expanding.includes(routine.name))
    throw new SqlError('RECURSIVE_FUNCTION', '42P19', `The function ${routine.name} calls itself.`);
  const args = routineArguments(routine, e, cx);
  const own = routine.name.split('.').at(-1) ?? '';
  const columns: ScopeColumn[] = routine.parameters.map((p, i) => ({
    name: p.name,
    qualifier: [own],
    sql: args[i]?.sql ?? 'NULL',
    type: p.type,
  }));
  const inside: ExpressionContext = {
    environment: routine.environment,
    scope: new Scope(columns),
    queries: cx.queries,
    windows: new Map(),
    expanding: [...cx.expanding, routine.name],
  };
  const body =
    'query' in routine.body
      ? bindExpression({ kind: 'scalar_query', query: routine.body.query, at: 0 }, inside)
      : bindExpression(routine.body.expression, inside);
  const value = routine.returns ? cast(body, routine.returns) : body;
  return {
    sql: `(${value.sql})`,
    type: value.type,
    name: `${routine.name}(${args.map((a) => a.name).join(', ')})`,
    ...marks([...args, body]),
  };
}

function routineArguments(routine: BoundRoutine, e: ExpressionOf<'call'>, cx: ExpressionContext): Bound[] {
  if (e.args.length > routine.parameters.length)
    throw wrongArgs(routine.name, String(routine.parameters.length), e.args.length);
  return routine.parameters.map((p, i) => {
    const named = e.argNames.findIndex((name) => name?.toLowerCase() === p.name.toLowerCase());
    const given = named >= 0 ? e.args[named] : e.argNames[i] == null ? e.args[i] : undefined;
    const source = given ?? p.default;
    if (!source) throw wrongArgs(routine.name, String(routine.parameters.length), e.args.length);
    return cast(bindExpression(source, given ? cx : { ...cx, scope: new Scope([]) }), p.type);
  });
}
