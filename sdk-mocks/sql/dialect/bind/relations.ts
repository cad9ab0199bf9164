import { SqlError } from '../../../../emulator/core/index.ts';
import { noTimeTravel, notSupported, unresolvedColumn, unresolvedRoutine, wrongArgs } from '../errors.ts';
import type { Expression, NameParts, Relation, TableAlias } from '../syntax/ast.ts';
import type { Travel } from '../syntax/travel.ts';
import { type Type, t, wider, widest } from '../types/index.ts';
import type { Bound } from './bound.ts';
import { cast } from './cast.ts';
import { bindExpression } from './expressions.ts';
import { generatorRows, isGenerator } from './generators.ts';
import { identifierParts } from './identifier.ts';
import { comparison, condition } from './operators.ts';
import type { QueryBinder } from './query.ts';
import { columnBound, Scope, type ScopeColumn } from './scope.ts';

export interface BoundFrom {
  sql: string;
  columns: readonly ScopeColumn[];
}

/** Binds a FROM clause. `outer` is what a lateral or correlated part may see. */
export function bindFrom(relation: Relation, binder: QueryBinder, outer: Scope | undefined): BoundFrom {
  switch (relation.kind) {
    case 'table':
      return table(relation.name, relation.alias, binder, relation.travel);
    case 'table_identifier':
      return table(
        identifierParts(relation.value, (e) => bindExpression(e, binder.context(new Scope([])))),
        relation.alias,
        binder,
      );
    case 'subquery': {
      const bound = binder.query(relation.query, outer);
      return derived(bound, relation.alias, binder, relation.lateral);
    }
    case 'values':
      return derived(
        binder.values({ rows: relation.rows, alias: null }, outer),
        relation.alias,
        binder,
        false,
      );
    case 'table_function':
      return tableFunction(relation, binder, outer);
    case 'join':
      return join(relation, binder, outer);
    case 'lateral_view': {
      const input = bindFrom(relation.input, binder, outer);
      if (!isGenerator(relation.generator.name))
        throw unresolvedRoutine(relation.generator.name, binder.environment.session);
      const scope = new Scope(input.columns, outer);
      const isOuter =
        relation.outer || (relation.generator.name[0]?.toLowerCase().endsWith('_outer') ?? false);
      const made = generatorRows(relation.generator, binder.context(scope), binder);
      const qualifier = relation.table === '' ? [] : [relation.table];
      const columns = renamed(made.columns, relation.columns.length > 0 ? relation.columns : null, qualifier);
      const sql = isOuter
        ? `${input.sql} LEFT JOIN LATERAL ${made.sql} ON true`
        : `${input.sql} CROSS JOIN LATERAL ${made.sql}`;
      return { sql, columns: [...input.columns, ...columns] };
    }
    case 'pivot':
      return pivot(relation, binder, outer);
    case 'unpivot':
      return unpivot(relation, binder, outer);
    case 'sample':
      return sample(relation, binder, outer);
    case 'parenthesised': {
      const inner = bindFrom(relation.inner, binder, outer);
      if (!relation.alias)
        return { ...inner, sql: relation.inner.kind === 'join' ? `(${inner.sql})` : inner.sql };
      return wrap(inner, relation.alias, binder);
    }
  }
}

/** A FROM result as a subquery under one name. */
function wrap(inner: BoundFrom, alias: TableAlias | null, binder: QueryBinder): BoundFrom {
  const visible = inner.columns.filter((c) => !c.hidden);
  const sql = `SELECT ${visible.map((c, i) => `${c.sql} AS c${i}`).join(', ')} FROM ${inner.sql}`;
  return derived({ sql, columns: visible }, alias, binder, false);
}

function derived(
  bound: { sql: string; columns: readonly { name: string; type: Type }[] },
  alias: TableAlias | null,
  binder: QueryBinder,
  lateral: boolean,
): BoundFrom {
  const name = binder.alias();
  const columns = bound.columns.map((c, i) => ({
    name: c.name,
    type: c.type,
    sql: `${name}.c${i}`,
    qualifier: [],
  }));
  return {
    sql: `${lateral ? 'LATERAL ' : ''}(${bound.sql}) AS ${name}`,
    columns: renamed(columns, alias?.columns ?? null, alias && alias.name !== '' ? [alias.name] : []),
  };
}

function renamed(
  columns: readonly ScopeColumn[],
  names: readonly string[] | null,
  qualifier: NameParts,
): ScopeColumn[] {
  if (names && names.length !== columns.length) {
    throw new SqlError(
      'ASSIGNMENT_ARITY_MISMATCH',
      '42802',
      `The number of columns or variables assigned or aliased: ${names.length} does not match the number of source expressions: ${columns.length}.`,
    );
  }
  return columns.map((c, i) => ({ ...c, name: names?.[i] ?? c.name, qualifier }));
}

/** A CTE hides a table of the same name; everything else is governance's to resolve. */
function table(parts: NameParts, alias: TableAlias | null, binder: QueryBinder, travel?: Travel): BoundFrom {
  const [only = ''] = parts;
  const cte = parts.length === 1 ? binder.cte(only) : undefined;
  if (cte && travel) throw noTimeTravel(parts);
  const found = cte
    ? { sql: cte.sql, columns: cte.columns, name: [only] }
    : binder.environment.relation(parts, travel);
  const name = binder.alias();
  const columns = found.columns.map((c, i) => ({
    name: c.name,
    type: c.type,
    sql: `${name}.c${i}`,
    qualifier: found.name,
  }));
  return {
    sql: `${found.sql} AS ${name}`,
    columns: renamed(columns, alias?.columns ?? null, alias && alias.name !== '' ? [alias.name] : found.name),
  };
}

function tableFunction(
  relation: Extract<Relation, { kind: 'table_function' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const name = relation.name.length === 1 ? (relation.name[0]?.toLowerCase() ?? '') : '';
  const cx = binder.context(new Scope([], outer));
  if (name === 'range') return range(relation, binder, outer);
  if (isGenerator([name])) {
    const made = generatorRows(
      {
        kind: 'call',
        name: [name],
        args: relation.args,
        argNames: [],
        distinct: false,
        filter: null,
        nulls: null,
        within: null,
        window: null,
        at: relation.at,
      },
      cx,
      binder,
    );
    const columns = renamed(
      made.columns,
      relation.alias?.columns ?? null,
      relation.alias && relation.alias.name !== '' ? [relation.alias.name] : [],
    );
    return { sql: `${outer ? 'LATERAL ' : ''}${made.sql}`, columns };
  }
  throw unresolvedRoutine(relation.name, binder.environment.session);
}

function range(
  relation: Extract<Relation, { kind: 'table_function' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const cx = binder.context(new Scope([], outer));
  const args = relation.args.map((arg) => cast(bindExpression(arg, cx), t.bigint).sql);
  if (args.length < 1 || args.length > 4) throw wrongArgs('range', '[1, 2, 3, 4]', args.length);
  const [first = '0', second, step = '1'] = args;
  const bounds = second === undefined ? `0, ${first}` : `${first}, ${second}`;
  const alias = binder.alias();
  return derived(
    {
      sql: `SELECT ${alias}.i AS c0 FROM range(${bounds}, ${step}) AS ${alias}(i)`,
      columns: [{ name: 'id', type: t.bigint }],
    },
    relation.alias,
    binder,
    false,
  );
}

const words = {
  INNER: 'INNER JOIN',
  LEFT: 'LEFT JOIN',
  RIGHT: 'RIGHT JOIN',
  FULL: 'FULL JOIN',
  CROSS: 'CROSS JOIN',
  SEMI: 'SEMI JOIN',
  ANTI: 'ANTI JOIN',
} as const;

function join(
  relation: Extract<Relation, { kind: 'join' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const left = bindFrom(relation.left, binder, outer);
  const seesLeft = isLateral(relation.right);
  const right = bindFrom(relation.right, binder, seesLeft ? new Scope(left.columns, outer) : outer);
  const both = [...left.columns, ...right.columns];
  const shared = relation.natural ? sharedNames(left, right) : relation.using;
  let { type } = relation;
  if (shared && shared.length > 0) return using(relation, left, right, shared);
  const on = relation.on
    ? condition(bindExpression(relation.on, binder.context(new Scope(both, outer))), 'ON')
    : undefined;
  if (type === 'CROSS' && on) type = 'INNER';
  if (type === 'INNER' && !on) type = 'CROSS';
  const rightSql = relation.right.kind === 'join' ? `(${right.sql})` : right.sql;
  const sql = `${left.sql} ${words[type]} ${rightSql}${type === 'CROSS' ? '' : ` ON ${on?.sql ?? 'true'}`}`;
  return { sql, columns: type === 'SEMI' || type === 'ANTI' ? left.columns : both };
}

function isLateral(relation: Relation): boolean {
  return (relation.kind === 'subquery' && relation.lateral) || relation.kind === 'table_function';
}

function sharedNames(left: BoundFrom, right: BoundFrom): string[] {
  const names = new Set(right.columns.filter((c) => !c.hidden).map((c) => c.name.toLowerCase()));
  return left.columns.filter((c) => !c.hidden && names.has(c.name.toLowerCase())).map((c) => c.name);
}

/** USING and NATURAL: the shared columns come first and once; both originals stay reachable by qualifier. */
function using(
  relation: Extract<Relation, { kind: 'join' }>,
  left: BoundFrom,
  right: BoundFrom,
  names: readonly string[],
): BoundFrom {
  const pick = (side: BoundFrom, name: string): ScopeColumn => {
    const found = side.columns.find((c) => !c.hidden && c.name.toLowerCase() === name.toLowerCase());
    if (!found)
      throw unresolvedColumn(
        [name],
        side.columns.map((c) => c.name),
      );
    return found;
  };
  const pairs = names.map((name) => ({ name, l: pick(left, name), r: pick(right, name) }));
  const tests = pairs.map(
    ({ l, r }) => comparison('=', columnBound(l, [l.name]), columnBound(r, [r.name])).sql,
  );
  const type = relation.type === 'CROSS' ? 'INNER' : relation.type;
  const sql = `${left.sql} ${words[type]} ${relation.right.kind === 'join' ? `(${right.sql})` : right.sql} ON ${tests.join(' AND ')}`;
  if (type === 'SEMI' || type === 'ANTI') return { sql, columns: left.columns };
  const merged = pairs.map(({ name, l, r }): ScopeColumn => {
    if (type === 'RIGHT') return { ...r, name, qualifier: [] };
    if (type !== 'FULL') return { ...l, name, qualifier: [] };
    const common = wider(l.type, r.type) ?? l.type;
    return {
      name,
      qualifier: [],
      type: common,
      sql: `coalesce(${cast(columnBound(l, [name]), common).sql}, ${cast(columnBound(r, [name]), common).sql})`,
    };
  });
  const taken = new Set(pairs.flatMap(({ l, r }) => [l, r]));
  const rest = [...left.columns, ...right.columns].map((c) => (taken.has(c) ? { ...c, hidden: true } : c));
  return { sql, columns: [...merged, ...rest] };
}

/** PIVOT is grouping by what is left, with one filtered aggregate a value. */
function pivot(
  relation: Extract<Relation, { kind: 'pivot' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const input = bindFrom(relation.input, binder, outer);
  const scope = new Scope(input.columns, outer);
  const cx = binder.context(scope);
  const used = new Set<string>();
  const keys = relation.columns.map((e) => bindExpression(e, cx));
  for (const key of keys) used.add(key.sql);
  const aggregates = relation.aggregates.map(({ expression, alias }) => ({
    expression,
    alias,
    bound: bindExpression(expression, cx),
  }));
  for (const { bound } of aggregates)
    if (!bound.aggregate)
      throw new SqlError(
        'NON_AGGREGATE_EXPRESSION_IN_PIVOT',
        '42903',
        `Aggregate expression required for pivot, but "${bound.name}" did not appear in any aggregate function.`,
      );
  for (const column of input.columns)
    if (aggregates.some(({ bound }) => mentionsColumn(bound.sql, column.sql))) used.add(column.sql);
  const groups = input.columns.filter((c) => !c.hidden && !used.has(c.sql));
  const outputs: Bound[] = groups.map((c) => columnBound(c, [c.name]));
  for (const { value, alias } of relation.values) {
    const items = value.kind === 'tuple' ? value.items : [value];
    if (items.length !== keys.length)
      throw new SqlError('PIVOT_VALUE_DATA_TYPE_MISMATCH', '42K09', 'Invalid pivot value.');
    const bounds = items.map((item) => bindExpression(item, binder.context(new Scope([]))));
    if (bounds.some((b) => b.subquery))
      throw new SqlError(
        'NON_LITERAL_PIVOT_VALUES',
        '42K08',
        `Literal expressions required for pivot values, found "${bounds.map((b) => b.name).join(', ')}".`,
      );
    const tests = keys.map((key, i) => comparison('<=>', key, bounds[i] ?? key).sql);
    const label = alias ?? bounds.map((b) => b.name).join('_');
    for (const aggregate of aggregates) {
      const filtered = bindExpression(withFilter(aggregate.expression), { ...cx, scope });
      const sql = filtered.sql.replaceAll(filterPlace, tests.join(' AND '));
      const own = aggregate.alias ?? aggregate.bound.name;
      outputs.push({ ...aggregate.bound, sql, name: aggregates.length === 1 ? label : `${label}_${own}` });
    }
  }
  const group = groups.length > 0 ? ` GROUP BY ${groups.map((c) => c.sql).join(', ')}` : '';
  const sql = `SELECT ${outputs.map((o, i) => `${o.sql} AS c${i}`).join(', ')} FROM ${input.sql}${group}`;
  return derived(
    { sql, columns: outputs.map(({ name, type }) => ({ name, type })) },
    relation.alias,
    binder,
    false,
  );
}

const mentionsColumn = (sql: string, column: string) =>
  new RegExp(`\\b${column.replace('.', '\\.')}\\b`).test(sql);

/** The condition is bound already, so the aggregate is bound with a stand-in that cannot be written by a user. */
const filterPlace = "('\u0005' = '\u0005')";

function withFilter(e: Expression): Expression {
  const mark: Expression = { kind: 'literal', literal: { type: 'string', value: '\u0005' }, at: e.at };
  const filter: Expression = { kind: 'binary', op: '=', left: mark, right: mark, at: e.at };
  if (e.kind === 'call') {
    const own: Expression = e.filter
      ? { kind: 'binary', op: 'AND', left: e.filter, right: filter, at: e.at }
      : filter;
    const isAggregate = !['round', 'coalesce', 'nvl', 'abs', 'cast', 'ceil', 'floor'].includes(
      e.name[0]?.toLowerCase() ?? '',
    );
    return isAggregate
      ? { ...e, filter: own }
      : { ...e, args: e.args.map((arg, i) => (i === 0 ? withFilter(arg) : arg)) };
  }
  if (e.kind === 'cast') return { ...e, operand: withFilter(e.operand) };
  if (e.kind === 'binary') return { ...e, left: withFilter(e.left), right: withFilter(e.right) };
  return e;
}

function unpivot(
  relation: Extract<Relation, { kind: 'unpivot' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const input = bindFrom(relation.input, binder, outer);
  const scope = new Scope(input.columns, outer);
  const cx = binder.context(scope);
  const groups = relation.groups.map((group) => ({
    ...group,
    bounds: group.columns.map((e) => bindExpression(e, cx)),
  }));
  const used = new Set(groups.flatMap((group) => group.bounds.map((b) => b.sql)));
  const kept = input.columns.filter((c) => !c.hidden && !used.has(c.sql));
  const types = relation.valueColumns.map((_v, i) => {
    const type = widest(groups.map((group) => group.bounds[i]?.type ?? t.void));
    if (!type)
      throw new SqlError(
        'UNPIVOT_VALUE_DATA_TYPE_MISMATCH',
        '42K09',
        'Unpivot value columns must share a least common type, some types do not.',
      );
    return type;
  });
  const name = binder.alias('u');
  const rows = groups.map((group) => {
    const label = group.alias ?? group.bounds.map((b) => b.name).join('_');
    return `('${label.replaceAll("'", "''")}', ${group.bounds.map((b, i) => cast(b, types[i] ?? b.type).sql).join(', ')})`;
  });
  const columns = [
    ...kept.map((c) => ({ name: c.name, type: c.type, sql: c.sql })),
    { name: relation.nameColumn, type: t.string, sql: `${name}.n` },
    ...relation.valueColumns.map((v, i) => ({ name: v, type: types[i] ?? t.void, sql: `${name}.v${i}` })),
  ];
  const filter = relation.includeNulls
    ? ''
    : ` WHERE ${relation.valueColumns.map((_v, i) => `${name}.v${i} IS NOT NULL`).join(' OR ')}`;
  const sql = `SELECT ${columns.map((c, i) => `${c.sql} AS c${i}`).join(', ')} FROM ${input.sql} CROSS JOIN LATERAL (VALUES ${rows.join(', ')}) AS ${name}(n, ${types.map((_t, i) => `v${i}`).join(', ')})${filter}`;
  return derived({ sql, columns }, relation.alias, binder, false);
}

function sample(
  relation: Extract<Relation, { kind: 'sample' }>,
  binder: QueryBinder,
  outer: Scope | undefined,
): BoundFrom {
  const input = bindFrom(relation.input, binder, outer);
  const value = bindExpression(
    relation.percent ?? relation.rows ?? { kind: 'literal', literal: { type: 'null' }, at: relation.at },
    binder.context(new Scope([])),
  );
  const amount = value.literal?.value;
  if (typeof amount !== 'number') throw notSupported('TABLESAMPLE with a size that is not a literal');
  binder.environment.session.volatile();
  const visible = input.columns.filter((c) => !c.hidden);
  const clause = relation.rows
    ? ` LIMIT ${Math.trunc(amount)}`
    : ` USING SAMPLE ${amount} PERCENT (bernoulli${relation.seed && /^\d+$/.test(relation.seed) ? `, ${relation.seed}` : ''})`;
  const bound = derived(
    {
      sql: `SELECT ${visible.map((c, i) => `${c.sql} AS c${i}`).join(', ')} FROM ${input.sql}${clause}`,
      columns: visible,
    },
    null,
    binder,
    false,
  );
  return {
    ...bound,
    columns: bound.columns.map((c, i) => ({ ...c, qualifier: visible[i]?.qualifier ?? [] })),
  };
}
