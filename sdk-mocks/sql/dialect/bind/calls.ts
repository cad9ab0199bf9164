import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported, quotedName, unresolvedRoutine, wrongArgs } from '../errors.ts';
import { builtin, callName } from '../functions/index.ts';
import type { ExpressionOf, SortItem } from '../syntax/ast.ts';
import { t } from '../types/index.ts';
import { type Bound, tail } from './bound.ts';
import type { ExpressionContext } from './context.ts';
import { datePart } from './datetime-parts.ts';
import { bindExpression } from './expressions.ts';
import { bindLiteral } from './literals.ts';
import { column, field } from './references.ts';
import { expandRoutine } from './routines.ts';
import { columnBound } from './scope.ts';
import { aggregateTail, checkWindow } from './windows.ts';

export function call(e: ExpressionOf<'call'>, cx: ExpressionContext): Bound {
  const simpleName = e.name.length === 1 ? e.name[0]?.toLowerCase() : builtinPath(e.name);
  if (simpleName === 'grouping' || simpleName === 'grouping_id') return groupingCall(e, simpleName, cx);
  if (simpleName === 'count' && e.args.length === 1 && e.args[0]?.kind === 'star')
    return countStar(e, e.args[0], cx);
  if (simpleName === 'date_part' || simpleName === 'datepart') {
    return datePart(
      e.args.map((arg) => bindExpression(arg, cx)),
      simpleName,
    );
  }
  if (simpleName !== undefined && builtin(simpleName).length > 0) {
    if (e.argNames.some((name) => name !== null)) throw notSupported(`named arguments of "${simpleName}"`);
    const args = e.args.flatMap((arg) =>
      arg.kind === 'star' ? starArguments(arg, cx) : [bindExpression(arg, cx)],
    );
    const [item, ...others] = e.within ?? [];
    if (
      item &&
      (simpleName === 'percentile_cont' || simpleName === 'percentile_disc' || simpleName === 'mode')
    ) {
      if (others.length > 0 || e.distinct)
        throw new SqlError(
          'INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS',
          '42K0K',
          `Invalid function \`${simpleName}\` with WITHIN GROUP. The function requires 1 orderings in WITHIN GROUP.`,
        );
      if (e.window) checkWindow(e, cx);
      return orderedAggregate(e, simpleName, args, item, cx);
    }
    return aggregateTail(e, builtinCall(simpleName, args, cx, e.distinct, simpleName, e), cx);
  }
  const routine = cx.environment.routine(e.name);
  if (!routine) throw unresolvedRoutine(e.name, cx.environment.session);
  if (e.distinct || e.filter || e.window)
    throw notSupported(`an aggregate clause on the function ${quotedName(e.name)}`);
  return expandRoutine(routine, e, cx);
}

/** `percentile_cont(0.25) WITHIN GROUP (ORDER BY x DESC)`: the share counts from the other end. */
function orderedAggregate(
  e: ExpressionOf<'call'>,
  name: string,
  args: readonly Bound[],
  item: SortItem,
  cx: ExpressionContext,
): Bound {
  const value = bindExpression(item.expression, cx);
  if (name === 'mode') {
    if (args.length > 0) throw wrongArgs(name, '0', args.length);
    const fn = item.descending ? 'max' : 'min';
    const most = `list_max(list_transform(map_values(m), lambda c: c))`;
    const sql = `list_transform([histogram(${value.sql})${tail}], lambda m: list_${fn}(list_filter(map_keys(m), lambda k: m[k] = ${most})))[1]`;
    return aggregateTail(
      { ...e, within: null },
      { sql, type: value.type, name: `mode()`, aggregate: true },
      cx,
    );
  }
  const [share] = args;
  if (!share || args.length !== 1) throw wrongArgs(name, '1', args.length);
  // The continuous share counts from the other end; the discrete one from a list in the other order.
  const continuous = name === 'percentile_cont';
  const from = item.descending && continuous ? { ...share, sql: `(1 - ${share.sql})`, simple: false } : share;
  const downwards = item.descending && !continuous ? [bindLiteral({ type: 'boolean', value: true })] : [];
  const bound = builtinCall(name, [from, value, ...downwards], cx, false, name, { ...e, within: null });
  return aggregateTail({ ...e, within: null }, { ...bound, name: `${name}(${share.name})` }, cx);
}

/** `system.builtin.upper` and `builtin.upper` name built-in functions. */
function builtinPath(parts: readonly string[]): string | undefined {
  const path = parts.slice(0, -1).join('.').toLowerCase();
  return path === 'builtin' || path === 'system.builtin' ? parts.at(-1)?.toLowerCase() : undefined;
}

function starArguments(e: ExpressionOf<'star'>, cx: ExpressionContext): Bound[] {
  const columns = cx.scope.star(e.qualifier);
  if (!columns) return structFields(column({ kind: 'column', parts: e.qualifier, at: e.at }, cx));
  return columns.map((c) => columnBound(c, [c.name]));
}

/** `s.*` of a struct inside a call. @throws SqlError when it is no struct */
function structFields(value: Bound): Bound[] {
  if (value.type.kind !== 'struct') throw notSupported('a star of a value that is no struct');
  return value.type.fields.map(({ name }) => field(value, name));
}

export function builtinCall(
  name: string,
  args: readonly Bound[],
  cx: ExpressionContext,
  distinct: boolean,
  shown = name,
  e?: ExpressionOf<'call'>,
): Bound {
  const candidates = builtin(name);
  let failure: unknown;
  for (const rule of candidates) {
    if (rule.kind === 'window' && !e?.window) {
      throw new SqlError(
        'WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE',
        '42601',
        `Window function "${name}()" requires an OVER clause.`,
      );
    }
    if (rule.kind === 'scalar' && (distinct || e?.filter || e?.window || e?.within)) {
      failure = new SqlError(
        'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
        '42000',
        `Invalid SQL syntax: The function \`${name}\` does not support DISTINCT, FILTER or OVER.`,
      );
      continue;
    }
    if (rule.kind === 'aggregate' && !e?.window && args.some((a) => a.aggregate)) {
      throw new SqlError(
        'NESTED_AGGREGATE_FUNCTION',
        '42607',
        'It is not allowed to use an aggregate function in the argument of another aggregate function. Please use the inner aggregate function in a sub-query.',
      );
    }
    try {
      return rule.bind({ name: shown, args: within(e, args, cx), distinct, session: cx.environment.session });
    } catch (error) {
      failure ??= error;
      if (!(error instanceof SqlError) || !error.errorClass.startsWith('WRONG_NUM_ARGS')) throw error;
    }
  }
  throw failure ?? unresolvedRoutine([name], cx.environment.session);
}

export const within = (
  _e: ExpressionOf<'call'> | undefined,
  args: readonly Bound[],
  _cx: ExpressionContext,
): readonly Bound[] => args;

function countStar(e: ExpressionOf<'call'>, star: ExpressionOf<'star'>, cx: ExpressionContext): Bound {
  if (star.qualifier.length > 0 || e.distinct) {
    const args = starArguments(star, cx);
    return aggregateTail(e, builtinCall('count', args, cx, e.distinct), cx);
  }
  return aggregateTail(e, { sql: `count(*)${tail}`, type: t.bigint, name: 'count(1)', aggregate: true }, cx);
}

function groupingCall(e: ExpressionOf<'call'>, name: string, cx: ExpressionContext): Bound {
  const args = e.args.map((arg) => bindExpression(arg, cx));
  const sql = `GROUPING(${args.map((a) => a.sql).join(', ')})`;
  const type = name === 'grouping' ? t.tinyint : t.bigint;
  return {
    sql: `CAST(${sql} AS ${type.kind.toUpperCase()})`,
    type,
    name: callName({ name, args, distinct: false }),
    aggregate: true,
  };
}
