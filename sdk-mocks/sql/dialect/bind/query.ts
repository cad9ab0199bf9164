import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported, unresolvedColumn } from '../errors.ts';
import type {
  Expression,
  GroupItem,
  NameParts,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SetOperation,
  SortItem,
  ValuesBody,
} from '../syntax/ast.ts';
import { duckType, isIntegral, type Type, t, typeText, wider, widest } from '../types/index.ts';
import type { Bound } from './bound.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import type { Environment } from './environment.ts';
import { bindExpression } from './expressions.ts';
import { generatorOf, generatorRows } from './generators.ts';
import { generatorAliases, grouping } from './group-keys.ts';
import { condition } from './operators.ts';
import { bindFrom } from './relations.ts';
import { columnBound, Scope, type ScopeColumn } from './scope.ts';
import { sortSql } from './windows.ts';

export interface OutputColumn {
  name: string;
  type: Type;
}

/** A query in the engine's words. Its columns are always called `c0`, `c1`, …. */
export interface BoundQuery {
  sql: string;
  columns: readonly OutputColumn[];
}

export interface CteBinding {
  sql: string;
  columns: readonly OutputColumn[];
}

/** What binding of one statement shares. */
export class QueryBinder {
  #aliases = 0;
  #environment: Environment;
  #ctes: ReadonlyMap<string, CteBinding>;
  #expanding: readonly string[];

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#ctes = new Map();
    this.#expanding = [];
  }

  alias(prefix = 't'): string {
    this.#aliases += 1;
    return `${prefix}${this.#aliases}`;
  }

  get environment(): Environment {
    return this.#environment;
  }

  cte(name: string): CteBinding | undefined {
    return this.#ctes.get(name.toLowerCase());
  }

  /** Expressions over `scope`, with the names and rights of the current environment. */
  context(scope: Scope, more: Partial<ExpressionContext> = {}): ExpressionContext {
    return {
      environment: this.#environment,
      scope,
      queries: {
        bind: (query, environment, outer) => this.#inside(environment, () => this.query(query, outer)),
      },
      windows: new Map(),
      expanding: this.#expanding,
      ...more,
    };
  }

  /** A function's body sees its own names only: no CTE of the caller. */
  #inside<T>(environment: Environment, work: () => T): T {
    if (environment === this.#environment) return work();
    const [before, ctes] = [this.#environment, this.#ctes];
    this.#environment = environment;
    this.#ctes = new Map();
    try {
      return work();
    } finally {
      this.#environment = before;
      this.#ctes = ctes;
    }
  }

  query(query: Query, outer?: Scope): BoundQuery {
    const before = this.#ctes;
    try {
      const definitions = query.ctes.map((cte) => {
        const names = new Set(
          query.ctes.filter((other) => other.name.toLowerCase() === cte.name.toLowerCase()),
        );
        if (names.size > 1)
          throw new SqlError(
            'DUPLICATED_CTE_NAMES',
            '42602',
            `CTE definition can't have duplicate names: \`${cte.name}\`.`,
          );
        return this.#define(cte, query.recursive, outer);
      });
      const result = this.#ordered(query, outer);
      if (definitions.length === 0) return result;
      return {
        ...result,
        sql: `WITH ${query.recursive ? 'RECURSIVE ' : ''}${definitions.join(', ')} ${result.sql}`,
      };
    } finally {
      this.#ctes = before;
    }
  }

  #define(cte: Query['ctes'][number], recursive: boolean, outer: Scope | undefined): string {
    const alias = this.alias('w');
    const rename = (columns: readonly OutputColumn[]) => {
      if (!cte.columns) return columns;
      if (cte.columns.length !== columns.length) {
        throw new SqlError(
          'ASSIGNMENT_ARITY_MISMATCH',
          '42802',
          `Number of column aliases does not match number of columns. Number of column aliases: ${cte.columns.length}; number of columns: ${columns.length}.`,
        );
      }
      return columns.map((c, i) => ({ ...c, name: cte.columns?.[i] ?? c.name }));
    };
    const { body } = cte.query;
    if (
      recursive &&
      body.kind === 'set' &&
      body.op === 'UNION' &&
      cte.query.ctes.length === 0 &&
      mentions(body.right, cte.name)
    ) {
      if (!body.all)
        throw new SqlError(
          'UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE',
          '42836',
          'The UNION operator is not yet supported within recursive common table expressions (WITH clauses that refer to themselves, directly or indirectly). Please use UNION ALL instead.',
        );
      const anchor = this.body(body.left, outer);
      const columns = rename(anchor.columns);
      this.#ctes = new Map(this.#ctes).set(cte.name.toLowerCase(), { sql: alias, columns });
      const step = this.body(body.right, outer);
      const casted = this.#asTypes(
        step,
        columns.map((c) => c.type),
      );
      return `${alias} AS (${anchor.sql} UNION ALL ${casted})`;
    }
    const bound = this.query(cte.query, outer);
    this.#ctes = new Map(this.#ctes).set(cte.name.toLowerCase(), {
      sql: alias,
      columns: rename(bound.columns),
    });
    return `${alias} AS (${bound.sql})`;
  }

  /** ORDER BY, LIMIT and OFFSET over a body. */
  #ordered(query: Query, outer: Scope | undefined): BoundQuery {
    const tailSql = this.#limit(query);
    const orders = query.order.length > 0 || query.orderAll !== null;
    if (!orders) {
      const bound = this.body(query.body, outer);
      return tailSql === ''
        ? bound
        : {
            ...bound,
            sql: query.body.kind === 'select' ? `${bound.sql}${tailSql}` : this.#wrapped(bound, tailSql),
          };
    }
    if (query.body.kind === 'select') {
      const bound = this.select(query.body, outer, query);
      return { ...bound, sql: `${bound.sql}${tailSql}` };
    }
    const bound = this.body(query.body, outer);
    const alias = this.alias();
    const scope = new Scope(
      bound.columns.map((c, i) => ({ name: c.name, qualifier: [], sql: `${alias}.c${i}`, type: c.type })),
      outer,
    );
    const outputs = scope.columns.map((c) => columnBound(c, [c.name]));
    const order = query.orderAll
      ? outputs.map((o) => `${o.sql}${direction(query.orderAll)}`)
      : query.order.map((item) => this.#orderItem(item, outputs, this.context(scope)));
    const columns = bound.columns.map((_c, i) => `${alias}.c${i} AS c${i}`).join(', ');
    return {
      ...bound,
      sql: `SELECT ${columns} FROM (${bound.sql}) AS ${alias} ORDER BY ${order.join(', ')}${tailSql}`,
    };
  }

  #wrapped(bound: BoundQuery, tailSql: string): string {
    const alias = this.alias();
    return `SELECT ${bound.columns.map((_c, i) => `${alias}.c${i} AS c${i}`).join(', ')} FROM (${bound.sql}) AS ${alias}${tailSql}`;
  }

  /** `ORDER BY 2` is a position; a name is an output column first. */
  #orderItem(item: SortItem, outputs: readonly Bound[], cx: ExpressionContext): string {
    const { expression } = item;
    if (
      expression.kind === 'literal' &&
      expression.literal.type === 'number' &&
      /^\d+$/.test(expression.literal.text)
    ) {
      const found = outputs[Number(expression.literal.text) - 1];
      if (!found)
        throw new SqlError(
          'ORDER_BY_POS_OUT_OF_RANGE',
          '42805',
          `ORDER BY position ${expression.literal.text} is not in select list (valid range is [1, ${outputs.length}]).`,
        );
      return `${found.sql}${direction(item)}`;
    }
    return sortSql(item, cx);
  }

  #limit(query: Query): string {
    const number = (e: Expression, what: string): string => {
      const value = bindExpression(e, this.context(new Scope([])));
      if (value.subquery)
        throw new SqlError(
          'INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE',
          '42K0E',
          `The limit like expression "${value.name}" is invalid. The ${what} expression must evaluate to a constant value.`,
        );
      if (!isIntegral(value.type))
        throw new SqlError(
          'INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE',
          '42K0E',
          `The limit like expression "${value.name}" is invalid. The ${what} expression must be integer type, but got "${typeText(value.type)}".`,
        );
      if (typeof value.literal?.value === 'number' && value.literal.value < 0)
        throw new SqlError(
          'INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE',
          '42K0E',
          `The limit like expression "${value.name}" is invalid. The ${what} expression must be equal to or greater than 0, but got ${value.literal.value}.`,
        );
      return cast(value, t.bigint).sql;
    };
    return `${query.limit ? ` LIMIT ${number(query.limit, 'limit')}` : ''}${query.offset ? ` OFFSET ${number(query.offset, 'offset')}` : ''}`;
  }

  body(body: QueryBody, outer: Scope | undefined): BoundQuery {
    switch (body.kind) {
      case 'select':
        return this.select(body, outer);
      case 'set':
        return this.#set(body, outer);
      case 'values':
        return this.values(body, outer);
      case 'nested':
        return this.query(body.query, outer);
      case 'table_body':
        return this.select(selectAll(body.name, body.at), outer);
    }
  }

  values(body: Pick<ValuesBody, 'rows' | 'alias'>, outer: Scope | undefined): BoundQuery {
    const cx = this.context(new Scope([], outer));
    const rows = body.rows.map((row) => row.map((e) => bindExpression(e, cx)));
    const width = rows[0]?.length ?? 0;
    if (rows.some((row) => row.length !== width)) {
      throw new SqlError(
        'INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH',
        '42000',
        `Invalid inline table. Inline table expected ${width} columns but found another number of columns in a row.`,
      );
    }
    const types = Array.from({ length: width }, (_u, i) => {
      const type = widest(rows.map((row) => row[i]?.type ?? t.void));
      if (!type)
        throw new SqlError(
          'INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE',
          '42000',
          `Invalid inline table. Found incompatible types in the column \`col${i + 1}\` for inline table.`,
        );
      return type;
    });
    const columns = types.map((type, i) => ({ name: body.alias?.columns?.[i] ?? `col${i + 1}`, type }));
    // Types are pinned on the outside: a column of nulls has no type of its own.
    const text = rows.map(
      (row) => `(${row.map((value, i) => cast(value, types[i] ?? t.void).sql).join(', ')})`,
    );
    const names = columns.map((_c, i) => `c${i}`);
    const alias = this.alias();
    const typed = columns.map((c, i) => `CAST(${alias}.c${i} AS ${duckType(c.type)}) AS c${i}`);
    return {
      columns,
      sql: `SELECT ${typed.join(', ')} FROM (VALUES ${text.join(', ')}) AS ${alias}(${names.join(', ')})`,
    };
  }

  #set(body: SetOperation, outer: Scope | undefined): BoundQuery {
    const left = this.body(body.left, outer);
    let right = this.body(body.right, outer);
    if (body.byName) right = this.#byName(left, right);
    if (left.columns.length !== right.columns.length) {
      throw new SqlError(
        'NUM_COLUMNS_MISMATCH',
        '42826',
        `${body.op} can only be performed on inputs with the same number of columns, but the first input has ${left.columns.length} columns and the second input has ${right.columns.length} columns.`,
      );
    }
    const types = left.columns.map((c, i) => {
      const other = right.columns[i]?.type ?? t.void;
      const type = wider(c.type, other);
      if (!type) {
        throw new SqlError(
          'INCOMPATIBLE_COLUMN_TYPE',
          '42825',
          `${body.op} can only be performed on tables with compatible column types. The ${i + 1}th column of the second table is "${typeText(other)}" type which is not compatible with "${typeText(c.type)}" at the same column of the first table.`,
        );
      }
      return type;
    });
    const op = `${body.op}${body.all ? ' ALL' : ''}`;
    return {
      columns: left.columns.map((c, i) => ({ name: c.name, type: types[i] ?? c.type })),
      sql: `(${this.#asTypes(left, types)}) ${op} (${this.#asTypes(right, types)})`,
    };
  }

  #byName(left: BoundQuery, right: BoundQuery): BoundQuery {
    const alias = this.alias();
    const order = left.columns.map((c) =>
      right.columns.findIndex((r) => r.name.toLowerCase() === c.name.toLowerCase()),
    );
    const missing = order.indexOf(-1);
    if (missing >= 0 || left.columns.length !== right.columns.length)
      throw unresolvedColumn(
        [left.columns[missing]?.name ?? '?'],
        right.columns.map((c) => c.name),
      );
    return {
      columns: order.flatMap((index) => right.columns[index] ?? []),
      sql: `SELECT ${order.map((index, i) => `${alias}.c${index} AS c${i}`).join(', ')} FROM (${right.sql}) AS ${alias}`,
    };
  }

  #asTypes(bound: BoundQuery, types: readonly Type[]): string {
    const alias = this.alias();
    const casts = bound.columns.map(
      (c, i) =>
        `${cast({ sql: `${alias}.c${i}`, type: c.type, name: c.name, simple: true }, types[i] ?? c.type).sql} AS c${i}`,
    );
    return `SELECT ${casts.join(', ')} FROM (${bound.sql}) AS ${alias}`;
  }

  /** One SELECT block, with the ORDER BY that may refer to what it does not output. */
  select(
    select: Select,
    outer: Scope | undefined,
    organisation?: Pick<Query, 'order' | 'orderAll'>,
  ): BoundQuery {
    let from = select.from ? bindFrom(select.from, this, outer) : undefined;
    let scope = new Scope(from?.columns ?? [], outer);
    const generator = generatorOf(select);
    let generated: ReadonlyMap<SelectItem, readonly ScopeColumn[]> = new Map();
    if (generator) {
      const made = generatorRows(generator.call, this.context(scope), this, generator.outer);
      const names = generator.item.aliases ?? (generator.item.alias !== null ? [generator.item.alias] : null);
      if (names && names.length !== made.columns.length) throw generatorAliases(made.columns.length, names);
      const columns = made.columns.map((c, i) => ({ ...c, name: names?.[i] ?? c.name, qualifier: [] }));
      from = {
        sql: `${from ? from.sql : `(SELECT 1 AS c0) AS ${this.alias()}`} ${generator.outer ? `LEFT JOIN LATERAL ${made.sql} ON true` : `CROSS JOIN LATERAL ${made.sql}`}`,
        columns: scope.columns,
      };
      generated = new Map([[generator.item, columns]]);
      scope = new Scope(scope.columns, outer);
    }
    const cx = this.context(scope, { windows: select.windows });
    const outputs = this.#items(select, cx, generated);
    const grouped = this.#group(select, outputs, cx);
    const aliases = aliasMap(outputs);
    const where = select.where ? condition(bindExpression(select.where, cx), 'WHERE') : undefined;
    if (where?.aggregate)
      throw new SqlError(
        'INVALID_WHERE_CONDITION',
        '42903',
        `The WHERE condition "${where.name}" contains invalid expressions: aggregate functions. Rewrite the query to avoid window functions, aggregate functions, and generator functions in the WHERE clause.`,
      );
    const later = { ...cx, aliases };
    const having = select.having ? condition(bindExpression(select.having, later), 'HAVING') : undefined;
    const qualify = select.qualify ? condition(bindExpression(select.qualify, later), 'QUALIFY') : undefined;
    if (having && !select.group && !having.aggregate && !outputs.some((o) => o.aggregate))
      throw new SqlError(
        'MISSING_GROUP_BY',
        '42803',
        'The query does not include a GROUP BY clause. Add GROUP BY or turn it into the window functions using OVER clauses.',
      );
    const order = organisation ? this.#selectOrder(organisation, outputs, cx, aliases) : [];
    const parts = [
      `SELECT ${select.distinct ? 'DISTINCT ' : ''}${outputs.map((o, i) => `${typedNull(o)} AS c${i}`).join(', ')}`,
      from ? `FROM ${from.sql}` : '',
      where ? `WHERE ${where.sql}` : '',
      grouped === undefined ? '' : grouped,
      having ? `HAVING ${having.sql}` : '',
      qualify ? `QUALIFY ${qualify.sql}` : '',
      order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
    ];
    return {
      sql: parts.filter(Boolean).join(' '),
      columns: outputs.map(({ name, type }) => ({ name, type })),
    };
  }

  #items(
    select: Select,
    cx: ExpressionContext,
    generated: ReadonlyMap<SelectItem, readonly ScopeColumn[]>,
  ): Bound[] {
    const outputs: Bound[] = [];
    const aliases = new Map<string, Bound>();
    for (const item of select.items) {
      const { expression } = item;
      const made = generated.get(item);
      if (made) outputs.push(...made.map((c) => columnBound(c, [c.name])));
      else if (expression.kind === 'star')
        outputs.push(...this.#star(expression.qualifier, expression.except, cx));
      else {
        const bound = bindExpression(expression, { ...cx, aliases });
        const named = item.alias === null ? bound : { ...bound, name: item.alias };
        if (item.alias !== null) aliases.set(item.alias.toLowerCase(), named);
        outputs.push(named);
      }
    }
    return outputs;
  }

  #star(qualifier: NameParts, except: readonly NameParts[], cx: ExpressionContext): Bound[] {
    const columns = cx.scope.star(qualifier);
    if (!columns) return this.#structStar(qualifier, cx);
    const dropped = new Set(
      except.map((parts) => {
        const found = cx.scope.resolve(parts);
        if (found.rest.length > 0) throw notSupported('EXCEPT of a struct field');
        return found.column;
      }),
    );
    return columns.filter((c) => !dropped.has(c)).map((c) => columnBound(c, [c.name]));
  }

  #structStar(qualifier: NameParts, cx: ExpressionContext): Bound[] {
    const value = bindExpression({ kind: 'column', parts: qualifier, at: 0 }, cx);
    if (value.type.kind !== 'struct')
      throw new SqlError(
        'CANNOT_RESOLVE_STAR_EXPAND',
        '42704',
        `Cannot resolve \`${qualifier.join('`.`')}\`.* given input columns.`,
      );
    return value.type.fields.map((f, i) => ({
      sql: `(${value.sql}).f${i}`,
      type: f.type,
      name: f.name,
      simple: true,
    }));
  }

  #group(select: Select, outputs: readonly Bound[], cx: ExpressionContext): string | undefined {
    if (!select.group) return undefined;
    if (select.group.all) {
      const keys = outputs.filter((o) => !o.aggregate && !o.window).map(grouping);
      return keys.length > 0 ? `GROUP BY ${keys.join(', ')}` : undefined;
    }
    return `GROUP BY ${select.group.items.map((item) => this.#groupItem(item, outputs, cx)).join(', ')}`;
  }

  #groupItem(item: GroupItem, outputs: readonly Bound[], cx: ExpressionContext): string {
    if (item.kind === 'expression') return this.#groupKey(item.expression, outputs, cx);
    const sets = item.sets.map((set) => {
      const keys = set.map((e) => this.#groupKey(e, outputs, cx));
      return keys.length === 1 && item.type !== 'GROUPING SETS' ? keys[0] : `(${keys.join(', ')})`;
    });
    return `${item.type} (${sets.join(', ')})`;
  }

  /** A position, a column, or the name of an output. */
  #groupKey(e: Expression, outputs: readonly Bound[], cx: ExpressionContext): string {
    if (e.kind === 'literal' && e.literal.type === 'number' && /^\d+$/.test(e.literal.text)) {
      const found = outputs[Number(e.literal.text) - 1];
      if (!found)
        throw new SqlError(
          'GROUP_BY_POS_OUT_OF_RANGE',
          '42805',
          `GROUP BY position ${e.literal.text} is not in select list (valid range is [1, ${outputs.length}]).`,
        );
      if (found.aggregate)
        throw new SqlError(
          'GROUP_BY_POS_AGGREGATE',
          '42903',
          `GROUP BY ${e.literal.text} refers to an expression ${found.name} that contains an aggregate function. Aggregate functions are not allowed in GROUP BY.`,
        );
      return grouping(found);
    }
    const bound = bindExpression(e, { ...cx, aliases: aliasMap(outputs) });
    if (bound.aggregate)
      throw new SqlError(
        'GROUP_BY_AGGREGATE',
        '42903',
        `Aggregate functions are not allowed in GROUP BY, but found ${bound.name}.`,
      );
    return grouping(bound);
  }

  #selectOrder(
    organisation: Pick<Query, 'order' | 'orderAll'>,
    outputs: readonly Bound[],
    cx: ExpressionContext,
    aliases: ReadonlyMap<string, Bound>,
  ): string[] {
    if (organisation.orderAll) return outputs.map((_o, i) => `c${i}${direction(organisation.orderAll)}`);
    return organisation.order.map((item) => {
      const { expression } = item;
      if (
        expression.kind === 'literal' &&
        expression.literal.type === 'number' &&
        /^\d+$/.test(expression.literal.text)
      ) {
        const index = Number(expression.literal.text);
        if (index < 1 || index > outputs.length)
          throw new SqlError(
            'ORDER_BY_POS_OUT_OF_RANGE',
            '42805',
            `ORDER BY position ${index} is not in select list (valid range is [1, ${outputs.length}]).`,
          );
        return `c${index - 1}${direction(item)}`;
      }
      if (expression.kind === 'column' && expression.parts.length === 1) {
        const index = outputs.findIndex((o) => o.name.toLowerCase() === expression.parts[0]?.toLowerCase());
        if (index >= 0) return `c${index}${direction(item)}`;
      }
      const bound = bindExpression(expression, { ...cx, aliases });
      const same = outputs.findIndex((o) => o.sql === bound.sql);
      return `${same >= 0 ? `c${same}` : bound.sql}${direction(item)}`;
    });
  }
}

function direction(item: { descending: boolean; nullsFirst: boolean } | null): string {
  return item ? ` ${item.descending ? 'DESC' : 'ASC'} NULLS ${item.nullsFirst ? 'FIRST' : 'LAST'}` : '';
}

const typedNull = (bound: Bound) =>
  bound.type.kind === 'void' ? `CAST(${bound.sql} AS ${duckType(bound.type)})` : bound.sql;

function aliasMap(outputs: readonly Bound[]): Map<string, Bound> {
  const map = new Map<string, Bound>();
  for (const output of outputs)
    if (!map.has(output.name.toLowerCase())) map.set(output.name.toLowerCase(), output);
  return map;
}

export function selectAll(name: NameParts, at: number): Select {
  const star: SelectItem = {
    expression: { kind: 'star', qualifier: [], except: [], at },
    alias: null,
    aliases: null,
  };
  return {
    kind: 'select',
    distinct: false,
    items: [star],
    from: { kind: 'table', name, alias: null, at },
    where: null,
    group: null,
    having: null,
    qualify: null,
    windows: new Map(),
    at,
  };
}

/** Does the body read a table of this name? Only to tell a recursive step from a plain UNION. */
function mentions(body: QueryBody, name: string): boolean {
  return JSON.stringify(body, (_key, value: unknown) => (value instanceof Map ? [...value] : value))
    .toLowerCase()
    .includes(`"name":["${name.toLowerCase()}"]`);
}
