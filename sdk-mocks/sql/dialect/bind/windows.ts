import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported } from '../errors.ts';
import type { Expression, ExpressionOf, FrameBound, SortItem, WindowSpec } from '../syntax/ast.ts';
import { type Bound, every, tail } from './bound.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';
import { condition } from './operators.ts';

/** Puts FILTER, WITHIN GROUP and OVER at their place in an aggregate or window function. */
export function aggregateTail(e: ExpressionOf<'call'>, value: Bound, cx: ExpressionContext): Bound {
  if (!value.sql.includes(tail) && !value.sql.includes(every) && !e.filter && !e.window && !e.within)
    return value;
  const fn = e.name.at(-1)?.toLowerCase() ?? '';
  if (e.within && !takesOrder.has(fn))
    throw new SqlError(
      'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX',
      '42000',
      `Invalid SQL syntax: The function \`${fn}\` does not support WITHIN GROUP (ORDER BY ...).`,
    );
  if (e.window) checkWindow(e, cx);
  const filter = e.filter ? condition(bindExpression(e.filter, cx), 'FILTER') : undefined;
  const over = e.window ? ` OVER ${windowSql(e.window, cx)}` : '';
  const place = (own: string | undefined): string => {
    const tests = [own, filter?.sql].filter((s) => s !== undefined && s !== '');
    return `${tests.length > 0 ? ` FILTER (WHERE ${tests.join(' AND ')})` : ''}${over}`;
  };
  if (value.sql.includes(every) && (e.within || e.nulls)) throw notSupported('this clause on this aggregate');
  let sql = value.sql.replaceAll(every, () => place(undefined));
  if (e.nulls === 'IGNORE' && e.window)
    sql = sql.includes(`)${tail}`)
      ? sql.replace(`)${tail}`, ` IGNORE NULLS)${tail}`)
      : sql.replace(/\)$/, ' IGNORE NULLS)');
  else if (e.nulls === 'IGNORE') sql = skipNulls(sql);
  if (e.within) {
    const order = e.within.map((item) => sortSql(item, cx)).join(', ');
    sql = sql.includes(`)${tail}`)
      ? sql.replace(`)${tail}`, ` ORDER BY ${order})${tail}`)
      : sql.replace(/\)$/, ` ORDER BY ${order})`);
  }
  const [before, own, ...after] = sql.split(tail);
  const placed = value.sql.includes(every)
    ? sql
    : after.length > 0
      ? `${before}${place(own)}${after.join('')}`
      : own !== undefined
        ? `${before}${place(undefined)}${own}`
        : `${sql}${place(undefined)}`;
  const name = filter ? `${value.name} FILTER (WHERE ${filter.name})` : value.name;
  if (!e.window) return { ...value, sql: placed, name };
  const { aggregate: _aggregate, ...rest } = value;
  return {
    ...rest,
    sql: placed,
    name: `${name} OVER ()`,
    window: true,
    ...(value.aggregate && e.args.some((a) => containsAggregate(a, cx)) ? { aggregate: true } : {}),
  };
}

const takesOrder = new Set(['listagg', 'string_agg']);
const needOrder = new Set([
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
  'ntile',
  'lag',
  'lead',
]);
const needNoOrder = new Set([
  'median',
  'percentile_cont',
  'percentile_disc',
  'listagg',
  'string_agg',
  'mode',
]);

/** What a function asks of its window (code: Spark CheckAnalysis, window expressions). */
export function checkWindow(e: ExpressionOf<'call'>, cx: ExpressionContext): void {
  const name = e.name.at(-1)?.toLowerCase() ?? '';
  const base = e.window?.name === undefined ? undefined : cx.windows.get(e.window.name.toLowerCase());
  const ordered = (e.window?.order.length ?? 0) > 0 || (base?.order.length ?? 0) > 0;
  const framed = (e.window?.frame ?? base?.frame ?? null) !== null;
  if (needOrder.has(name) && !ordered && (e.window?.name === undefined || base))
    throw new SqlError(
      '_LEGACY_ERROR_TEMP_1037',
      'XX000',
      `Window function ${name}() requires window to be ordered, please add ORDER BY clause.`,
    );
  if (needNoOrder.has(name) && (ordered || framed) && (e.within || name === 'median'))
    throw new SqlError(
      'INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC',
      '42601',
      `Cannot specify ORDER BY or a window frame for \`${name}\`.`,
    );
}

/** `first(x)` and `last(x)` without nulls. */
function skipNulls(sql: string): string {
  const [before = ''] = sql.split(tail);
  const match = /^(?:first|last)\((.*)\)$/s.exec(before);
  return match ? `${before}${tail}${match[1]} IS NOT NULL${tail}` : sql;
}

function containsAggregate(e: Expression, cx: ExpressionContext): boolean {
  return e.kind !== 'star' && bindExpression(e, cx).aggregate === true;
}

export function windowSql(spec: WindowSpec, cx: ExpressionContext): string {
  const base = spec.name === undefined ? undefined : cx.windows.get(spec.name.toLowerCase());
  if (spec.name !== undefined && !base)
    throw new SqlError(
      'MISSING_WINDOW_SPECIFICATION',
      '42P20',
      `Window specification is not defined in the WINDOW clause for \`${spec.name}\`.`,
    );
  const partition = (spec.partition.length > 0 ? spec.partition : (base?.partition ?? [])).map(
    (p) => bindExpression(p, cx).sql,
  );
  const order = (spec.order.length > 0 ? spec.order : (base?.order ?? [])).map((item) => sortSql(item, cx));
  const frame = spec.frame ?? base?.frame;
  const parts = [
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
    frame ? `${frame.unit} BETWEEN ${frameBound(frame.start, cx)} AND ${frameBound(frame.end, cx)}` : '',
  ];
  return `(${parts.filter(Boolean).join(' ')})`;
}

function frameBound(bound: FrameBound, cx: ExpressionContext): string {
  switch (bound.type) {
    case 'unbounded_preceding':
      return 'UNBOUNDED PRECEDING';
    case 'unbounded_following':
      return 'UNBOUNDED FOLLOWING';
    case 'current':
      return 'CURRENT ROW';
    default: {
      const value = bindExpression(bound.value, cx);
      return `${value.sql} ${bound.type === 'preceding' ? 'PRECEDING' : 'FOLLOWING'}`;
    }
  }
}

export function sortSql(item: SortItem, cx: ExpressionContext): string {
  const value = bindExpression(item.expression, cx);
  return `${value.sql} ${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}`;
}
