import { SqlError } from '../../../../emulator/core/index.ts';
import { mismatch, notSupported, quotedName, unresolvedRoutine, wrongArgs } from '../errors.ts';
import { builtin, callName, datetimeField, subscript } from '../functions/index.ts';
import type { Expression, ExpressionOf, FrameBound, Query, SortItem, WindowSpec } from '../syntax/ast.ts';
import { parseType, quote, type Type, t, wider, widest } from '../types/index.ts';
import { type Bound, every, fill, marks, tail } from './bound.ts';
import { cast, toText } from './cast.ts';
import type { BoundRoutine, Environment } from './environment.ts';
import { identifierParts } from './identifier.ts';
import { bindLiteral } from './literals.ts';
import { arithmetic, comparison, condition } from './operators.ts';
import { columnBound, Scope, type ScopeColumn } from './scope.ts';

/** Queries inside expressions come in as a port. */
export interface QueryPort {
  bind(
    query: Query,
    environment: Environment,
    outer: Scope,
  ): { sql: string; columns: readonly { name: string; type: Type }[] };
}

/** Where an expression stands. */
export interface ExpressionContext {
  environment: Environment;
  scope: Scope;
  queries: QueryPort;
  windows: ReadonlyMap<string, WindowSpec>;
  /** Output names that may be used beside columns (lateral aliases, HAVING, ORDER BY); looked up after the nearest FROM. */
  aliases?: ReadonlyMap<string, Bound>;
  /** Functions being expanded, against endless recursion. */
  expanding: readonly string[];
  grouping?: boolean;
}

const comparisonOps = new Set(['=', '==', '<=>', '<>', '!=', '<', '<=', '>', '>=']);

/** Binds one expression: resolves names, finds types, writes the engine's SQL. */
export function bindExpression(e: Expression, cx: ExpressionContext): Bound {
  switch (e.kind) {
    case 'literal':
      return e.literal.type === 'interval' ? interval(e.literal.parts, cx) : bindLiteral(e.literal);
    case 'parameter':
      return parameter(e, cx);
    case 'column':
      return column(e, cx);
    case 'unary':
      return unary(e, cx);
    case 'binary':
      return binary(e, cx);
    case 'is':
      return isTest(e, cx);
    case 'distinct_from': {
      const same = comparison('<=>', bindExpression(e.left, cx), bindExpression(e.right, cx));
      return e.not ? same : { ...same, sql: `(NOT ${same.sql})`, name: `(NOT ${same.name})` };
    }
    case 'between': {
      const operand = bindExpression(e.operand, cx);
      const low = comparison('>=', operand, bindExpression(e.low, cx));
      const high = comparison('<=', operand, bindExpression(e.high, cx));
      return negated(
        {
          sql: `(${low.sql} AND ${high.sql})`,
          type: t.boolean,
          name: `between(${operand.name})`,
          ...marks([low, high]),
        },
        e.not,
      );
    }
    case 'in':
      return inList(e, cx);
    case 'in_query':
      return inQuery(e, cx);
    case 'like':
      return like(e, cx);
    case 'like_many':
      return likeMany(e, cx);
    case 'case':
      return caseWhen(e, cx);
    case 'cast': {
      const value = bindExpression(e.operand, cx);
      const done = cast(value, parseType(e.type.text), e.safe);
      return {
        ...done,
        casted: true,
        name:
          value.literal || value.aggregate || e.operand.kind !== 'column'
            ? `CAST(${value.name} AS ${e.type.text.toUpperCase()})`
            : value.name,
      };
    }
    case 'extract':
      return extract(e.field, bindExpression(e.operand, cx));
    case 'call':
      return call(e, cx);
    case 'subscript':
      return subscript(bindExpression(e.operand, cx), bindExpression(e.index, cx));
    case 'field':
      return field(bindExpression(e.operand, cx), e.name);
    case 'json_path': {
      const operand = bindExpression(e.operand, cx);
      const sql = fill(
        `CASE WHEN json_valid($1) THEN json_extract_string($1, ${quote(jsonPath(e.path))}) END`,
        [{ ...operand, sql: toText(operand.sql, operand.simple ?? false, operand.type) }],
      );
      return {
        sql,
        type: t.string,
        name:
          e.path
            .match(/\['([^']*)'\]/g)
            ?.at(-1)
            ?.slice(2, -2) ?? 'value',
        ...marks([operand]),
      };
    }
    case 'tuple': {
      const items = e.items.map((item) => bindExpression(item, cx));
      return builtinCall('struct', items, cx, false);
    }
    case 'named': {
      const operand = bindExpression(e.operand, cx);
      return { ...operand, name: e.names[0] ?? operand.name, named: true };
    }
    case 'exists': {
      const { sql } = cx.queries.bind(e.query, cx.environment, cx.scope);
      return { sql: `EXISTS (${sql})`, type: t.boolean, name: 'exists()', subquery: true };
    }
    case 'scalar_query':
      return scalarQuery(e, cx);
    case 'lambda':
      return lambda(e, cx);
    case 'identifier':
      return identifier(e, cx);
    case 'star':
      throw new SqlError('INVALID_USAGE_OF_STAR_OR_REGEX', '42000', "Invalid usage of '*' in expression.");
  }
}

const jsonPath = (path: string) => path.replace(/\['([^']*)'\]/g, (_all, key: string) => `."${key}"`);

function parameter(e: ExpressionOf<'parameter'>, cx: ExpressionContext): Bound {
  const { sql, type, value } = cx.environment.parameter(e.name, e.ordinal);
  return { sql, type, name: value ?? 'NULL', simple: false };
}

function column(e: ExpressionOf<'column'>, cx: ExpressionContext): Bound {
  const near = cx.scope.find(e.parts);
  const [only] = e.parts;
  if (!near && cx.aliases && only !== undefined) {
    const alias = cx.aliases.get(only.toLowerCase());
    if (alias) return e.parts.slice(1).reduce(field, { ...alias, name: only });
  }
  if (!near && e.parts.length === 1 && only !== undefined && isBareFunction(only))
    return builtinCall(only.toLowerCase(), [], cx, false);
  const seen = near ?? cx.scope.lookup(e.parts);
  const variable = seen ? undefined : cx.environment.variable?.(e.parts);
  if (variable) return variable;
  const { column: found, rest } = seen ?? cx.scope.resolve(e.parts);
  const base = columnBound(found, rest.length > 0 ? [found.name] : e.parts);
  return rest.reduce(field, base);
}

const isBareFunction = (name: string) =>
  ['current_user', 'session_user', 'current_date', 'current_timestamp'].includes(name.toLowerCase());

/** `s.f` of a struct, of each struct of an array, or the entry of a map. */
function field(value: Bound, name: string): Bound {
  const more = { name, ...marks([value]) };
  const { type } = value;
  const structure = type.kind === 'array' ? type.element : type;
  if (type.kind === 'map') return { ...subscript(value, bindLiteral({ type: 'string', value: name })), name };
  if (structure.kind !== 'struct') {
    throw new SqlError(
      'INVALID_EXTRACT_BASE_FIELD_TYPE',
      '42000',
      `Can't extract a value from "${value.name}". Need a complex type [STRUCT, ARRAY, MAP] but got "${type.kind.toUpperCase()}".`,
    );
  }
  const index = structure.fields.findIndex((f) => f.name.toLowerCase() === name.toLowerCase());
  const found = structure.fields[index];
  if (!found)
    throw new SqlError(
      'FIELD_NOT_FOUND',
      '42704',
      `No such struct field \`${name}\` in ${structure.fields.map((f) => `\`${f.name}\``).join(', ')}.`,
    );
  if (type.kind === 'array')
    return {
      sql: `list_transform(${value.sql}, lambda s: s.f${index})`,
      type: t.array(found.type),
      named: true,
      ...more,
    };
  return {
    sql: `(${value.sql}).f${index}`,
    type: found.type,
    simple: value.simple ?? false,
    named: true,
    ...more,
  };
}

function negated(value: Bound, not: boolean): Bound {
  return not ? { ...value, sql: `(NOT ${value.sql})`, name: `(NOT ${value.name})` } : value;
}

function unary(e: ExpressionOf<'unary'>, cx: ExpressionContext): Bound {
  const operand = bindExpression(e.operand, cx);
  if (e.op === 'NOT') {
    const test = condition(operand, operand.name);
    return { ...test, sql: `(NOT ${test.sql})`, name: `(NOT ${operand.name})`, simple: false };
  }
  const value =
    operand.type.kind === 'string' || operand.type.kind === 'void' ? cast(operand, t.double) : operand;
  if (
    value.type.kind !== 'interval' &&
    !['tinyint', 'smallint', 'int', 'bigint', 'float', 'double', 'decimal'].includes(value.type.kind)
  ) {
    throw mismatch(
      'UNEXPECTED_INPUT_TYPE',
      `(${e.op} ${operand.name})`,
      `The first parameter requires the ("NUMERIC" or "INTERVAL") type, however "${operand.name}" has the type "${operand.type.kind.toUpperCase()}".`,
    );
  }
  return { ...value, sql: `(${e.op}${value.sql})`, name: `(${e.op} ${operand.name})`, simple: false };
}

function binary(e: ExpressionOf<'binary'>, cx: ExpressionContext): Bound {
  const left = bindExpression(e.left, cx);
  const right = bindExpression(e.right, cx);
  if (e.op === 'AND' || e.op === 'OR') {
    const [a, b] = [condition(left, left.name), condition(right, right.name)];
    return {
      sql: `(${a.sql} ${e.op} ${b.sql})`,
      type: t.boolean,
      name: `(${left.name} ${e.op} ${right.name})`,
      ...marks([left, right]),
    };
  }
  if (comparisonOps.has(e.op)) {
    if (
      e.left.kind === 'tuple' &&
      e.right.kind === 'tuple' &&
      e.left.items.length === e.right.items.length &&
      (e.op === '=' || e.op === '==')
    ) {
      return tupleEquality(e.left.items, e.right.items, cx);
    }
    return comparison(e.op, left, right);
  }
  if (e.op === '||') return builtinCall('concat', [left, right], cx, false, 'concat');
  if (['|', '&', '^', '<<', '>>', '>>>'].includes(e.op)) return bitwise(e.op, left, right);
  return arithmetic(e.op, left, right);
}

function tupleEquality(
  left: readonly Expression[],
  right: readonly Expression[],
  cx: ExpressionContext,
): Bound {
  const parts = left.flatMap((l, i) => {
    const r = right[i];
    return r ? [comparison('=', bindExpression(l, cx), bindExpression(r, cx))] : [];
  });
  return {
    sql: `(${parts.map((p) => p.sql).join(' AND ')})`,
    type: t.boolean,
    name: parts.map((p) => p.name).join(' AND '),
    ...marks(parts),
  };
}

function bitwise(op: string, left: Bound, right: Bound): Bound {
  const type = op.length > 1 ? left.type : wider(left.type, right.type);
  if (!type || !['tinyint', 'smallint', 'int', 'bigint'].includes(type.kind)) {
    throw mismatch(
      'BINARY_OP_WRONG_TYPE',
      `(${left.name} ${op} ${right.name})`,
      'the binary operator requires the input type "INTEGRAL".',
    );
  }
  if (op === '>>>' || (op === '<<' && type.kind === 'bigint')) throw notSupported(`the operator "${op}"`);
  if (op === '<<') {
    const [shift] = builtin('shiftleft');
    if (shift)
      return {
        ...shift.bind({ name: 'shiftleft', args: [left, right], distinct: false, session: noSession }),
        name: `(${left.name} << ${right.name})`,
      };
  }
  const [a, b] = op.length > 1 ? [left, right] : [cast(left, type), cast(right, type)];
  const sql = op === '^' ? `xor(${a.sql}, ${b.sql})` : `(${a.sql} ${op} ${b.sql})`;
  return { sql, type, name: `(${left.name} ${op} ${right.name})`, ...marks([left, right]) };
}

function isTest(e: ExpressionOf<'is'>, cx: ExpressionContext): Bound {
  const operand = bindExpression(e.operand, cx);
  const what = e.what === 'UNKNOWN' ? 'NULL' : e.what;
  const value = what === 'NULL' ? operand : condition(operand, operand.name);
  const name =
    what === 'NULL'
      ? `(${operand.name} IS ${e.not ? 'NOT ' : ''}NULL)`
      : `(${operand.name} IS ${e.not ? 'NOT ' : ''}${what})`;
  return {
    sql: `(${value.sql} IS ${e.not ? 'NOT ' : ''}${what})`,
    type: t.boolean,
    name,
    ...marks([operand]),
  };
}

function inList(e: ExpressionOf<'in'>, cx: ExpressionContext): Bound {
  const operand = bindExpression(e.operand, cx);
  const list = e.list.map((item) => bindExpression(item, cx));
  const type = widest([operand.type, ...list.map((item) => item.type)]);
  const name = `(${operand.name} IN (${list.map((item) => item.name).join(', ')}))`;
  if (!type) {
    throw mismatch('DATA_DIFF_TYPES', name, 'Input to `in` should all be the same type.');
  }
  const sql = `(${cast(operand, type).sql} IN (${list.map((item) => cast(item, type).sql).join(', ')}))`;
  return negated({ sql, type: t.boolean, name, ...marks([operand, ...list]) }, e.not);
}

function inQuery(e: ExpressionOf<'in_query'>, cx: ExpressionContext): Bound {
  const operands = (e.operand.kind === 'tuple' ? e.operand.items : [e.operand]).map((item) =>
    bindExpression(item, cx),
  );
  const { sql, columns } = cx.queries.bind(e.query, cx.environment, cx.scope);
  if (columns.length !== operands.length) {
    throw mismatch(
      'IN_SUBQUERY_LENGTH_MISMATCH',
      'IN',
      `The number of columns in the left hand side of an IN subquery does not match the number of columns in the output of subquery. Left hand side columns(length: ${operands.length}), right hand side columns(length: ${columns.length}).`,
    );
  }
  const types = operands.map((operand, i) => {
    const type = wider(operand.type, columns[i]?.type ?? t.void);
    if (!type)
      throw mismatch(
        'IN_SUBQUERY_DATA_TYPE_MISMATCH',
        'IN',
        'The data type of one or more elements in the left hand side of an IN subquery is not compatible with the data type of the output of the subquery.',
      );
    return type;
  });
  const left = operands.map((operand, i) => cast(operand, types[i] ?? operand.type).sql);
  const right = columns.map(
    (c, i) => cast({ sql: `q.c${i}`, type: c.type, name: c.name, simple: true }, types[i] ?? c.type).sql,
  );
  const test = `(${left.length === 1 ? left[0] : `(${left.join(', ')})`} IN (SELECT ${right.join(', ')} FROM (${sql}) AS q))`;
  return negated(
    {
      sql: test,
      type: t.boolean,
      name: `(${operands.map((o) => o.name).join(', ')} IN (listquery()))`,
      subquery: true,
      ...marks(operands),
    },
    e.not,
  );
}

function like(e: ExpressionOf<'like'>, cx: ExpressionContext): Bound {
  const operand = cast(bindExpression(e.operand, cx), t.string);
  const pattern = cast(bindExpression(e.pattern, cx), t.string);
  const name =
    e.op === 'LIKE'
      ? `${operand.name} LIKE ${pattern.name}`
      : `${e.op.toLowerCase()}(${operand.name}, ${pattern.name})`;
  if (e.op === 'RLIKE') {
    return negated(
      {
        sql: `regexp_matches(${operand.sql}, ${pattern.sql})`,
        type: t.boolean,
        name: `RLIKE(${operand.name}, ${pattern.name})`,
        ...marks([operand, pattern]),
      },
      e.not,
    );
  }
  const given = e.escape ? bindExpression(e.escape, cx) : undefined;
  const mark = typeof given?.literal?.value === 'string' ? given.literal.value : given ? undefined : '\\';
  if (mark === undefined || mark.length !== 1)
    throw new SqlError(
      'INVALID_ESCAPE_CHAR',
      '42604',
      '`EscapeChar` should be a string literal of length one.',
    );
  const text = pattern.literal?.value;
  if (typeof text === 'string') checkEscapes(text, mark);
  return negated(
    {
      sql: `(${operand.sql} ${e.op} ${pattern.sql} ESCAPE ${quote(mark)})`,
      type: t.boolean,
      name,
      ...marks([operand, pattern]),
    },
    e.not,
  );
}

/** code: Spark StringUtils.escapeLikeRegex. */
function checkEscapes(pattern: string, mark: string): void {
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i] !== mark) continue;
    const next = pattern[i + 1];
    const format = (sub: string, text: string) =>
      new SqlError(`INVALID_FORMAT.${sub}`, '42601', `The format is invalid: '${pattern}'. ${text}`);
    if (next === undefined)
      throw format('ESC_AT_THE_END', 'The escape character is not allowed to end with.');
    if (next !== '_' && next !== '%' && next !== mark)
      throw format('ESC_IN_THE_MIDDLE', `The escape character is not allowed to precede '${next}'.`);
    i += 1;
  }
}

function likeMany(e: ExpressionOf<'like_many'>, cx: ExpressionContext): Bound {
  const parts = e.patterns.map((pattern) =>
    like({ kind: 'like', op: e.op, operand: e.operand, pattern, escape: null, not: e.not, at: e.at }, cx),
  );
  const join = e.quantifier === 'ALL' ? ' AND ' : ' OR ';
  return {
    sql: `(${parts.map((p) => p.sql).join(join)})`,
    type: t.boolean,
    name: `like${e.quantifier.toLowerCase()}()`,
    ...marks(parts),
  };
}

function caseWhen(e: ExpressionOf<'case'>, cx: ExpressionContext): Bound {
  const operand = e.operand ? bindExpression(e.operand, cx) : undefined;
  const whens = e.whens.map(({ when, result }) => {
    const bound = bindExpression(when, cx);
    return {
      test: operand ? comparison('=', operand, bound) : condition(bound, bound.name),
      result: bindExpression(result, cx),
    };
  });
  const otherwise = e.otherwise ? bindExpression(e.otherwise, cx) : undefined;
  const results = [...whens.map((w) => w.result), ...(otherwise ? [otherwise] : [])];
  const type = widest(results.map((r) => r.type));
  if (!type) throw mismatch('DATA_DIFF_TYPES', 'CASE', 'Input to `casewhen` should all be the same type.');
  const branches = whens.map((w) => `WHEN ${w.test.sql} THEN ${cast(w.result, type).sql}`);
  const end = otherwise ? ` ELSE ${cast(otherwise, type).sql}` : '';
  const shown = whens.map((w) => `WHEN ${w.test.name} THEN ${w.result.name}`).join(' ');
  return {
    sql: `CASE ${branches.join(' ')}${end} END`,
    type,
    name: `CASE ${shown}${otherwise ? ` ELSE ${otherwise.name}` : ''} END`,
    ...marks([...whens.map((w) => w.test), ...results]),
  };
}

/** Operators use no session value; this fails loudly if that ever changes. */
const noSession = {
  user: '',
  catalog: '',
  schema: '',
  timeZone: '',
  metastore: '',
  isAccountGroupMember: () => false,
  isWorkspaceGroupMember: () => false,
  now: () => 'NULL',
  volatile: () => {},
};

/** @throws SqlError INVALID_EXTRACT_FIELD */
function extract(name: string, value: Bound): Bound {
  const found = datetimeField(name, value);
  if (!found)
    throw new SqlError('INVALID_EXTRACT_FIELD', '42601', `Cannot extract \`${name}\` from "${value.name}".`);
  return { ...found, name: `extract(${name} FROM ${value.name})`, ...marks([value]) };
}

/** `date_part('year', d)`: the field is a constant. */
function datePart(args: readonly Bound[], shown: string): Bound {
  const [field, value] = args;
  if (!field || !value || args.length !== 2) throw wrongArgs(shown, '2', args.length);
  if (field.type.kind === 'void') return { ...extract('second', value), sql: 'NULL' };
  const literal = field.literal?.value;
  if (typeof literal !== 'string')
    throw mismatch(
      'NON_FOLDABLE_INPUT',
      `${shown}(${field.name}, ${value.name})`,
      'the input `field` should be a foldable "STRING" expression.',
    );
  return { ...extract(literal, value), name: `${shown}(${field.name}, ${value.name})` };
}

function interval(parts: readonly { value: Expression; unit: string }[], cx: ExpressionContext): Bound {
  const months: string[] = [];
  const times: string[] = [];
  const names: string[] = [];
  for (const { value, unit } of parts) {
    const amount = cast(bindExpression(value, cx), t.double);
    names.push(`${amount.name} ${unit}`);
    if (unit === 'YEAR') months.push(`to_months(CAST(12 * ${amount.sql} AS INTEGER))`);
    else if (unit === 'QUARTER') months.push(`to_months(CAST(3 * ${amount.sql} AS INTEGER))`);
    else if (unit === 'MONTH') months.push(`to_months(CAST(${amount.sql} AS INTEGER))`);
    else if (unit === 'WEEK') times.push(`to_days(CAST(7 * ${amount.sql} AS INTEGER))`);
    else if (unit === 'DAY') times.push(`to_days(CAST(${amount.sql} AS INTEGER))`);
    else times.push(`to_microseconds(CAST(round(${amount.sql} * ${microseconds[unit] ?? 1}) AS BIGINT))`);
  }
  if (months.length > 0 && times.length > 0) throw notSupported('an interval that mixes months with days');
  const unitsUsed = parts.map((p) => (p.unit === 'WEEK' ? 'DAY' : p.unit === 'QUARTER' ? 'MONTH' : p.unit));
  const order = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
  const ranks = unitsUsed.map((unit) =>
    Math.max(0, order.indexOf(unit.replace(/^MILLI|^MICRO/, '') || 'SECOND')),
  );
  const type: Type = {
    kind: 'interval',
    family: months.length > 0 ? 'month' : 'day',
    from: order[Math.min(...ranks)] ?? 'DAY',
    to: order[Math.max(...ranks)] ?? 'SECOND',
  };
  return { sql: `(${[...months, ...times].join(' + ')})`, type, name: `INTERVAL ${names.join(' ')}` };
}

const microseconds: Record<string, number> = {
  HOUR: 3_600_000_000,
  MINUTE: 60_000_000,
  SECOND: 1_000_000,
  MILLISECOND: 1000,
  MICROSECOND: 1,
};

function scalarQuery(e: ExpressionOf<'scalar_query'>, cx: ExpressionContext): Bound {
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

function lambda(e: ExpressionOf<'lambda'>, cx: ExpressionContext): Bound {
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

function identifier(e: ExpressionOf<'identifier'>, cx: ExpressionContext): Bound {
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

function call(e: ExpressionOf<'call'>, cx: ExpressionContext): Bound {
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

function builtinCall(
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

const within = (
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

/** Puts FILTER, WITHIN GROUP and OVER at their place in an aggregate or window function. */
function aggregateTail(e: ExpressionOf<'call'>, value: Bound, cx: ExpressionContext): Bound {
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
function checkWindow(e: ExpressionOf<'call'>, cx: ExpressionContext): void {
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

/**
 * Writes a SQL function in place: arguments take the parameters' types, the body sees only them and its own
 * FROM clauses (docs: sql-ref-syntax-ddl-create-sql-function).
 */
function expandRoutine(routine: BoundRoutine, e: ExpressionOf<'call'>, cx: ExpressionContext): Bound {
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
