import { SqlError } from '../../../../emulator/core/index.ts';
import { mismatch } from '../errors.ts';
import type { ExpressionOf } from '../syntax/ast.ts';
import { quote, t, wider, widest } from '../types/index.ts';
import { type Bound, marks } from './bound.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';
import { condition } from './operators.ts';

export function negated(value: Bound, not: boolean): Bound {
  return not ? { ...value, sql: `(NOT ${value.sql})`, name: `(NOT ${value.name})` } : value;
}

export function isTest(e: ExpressionOf<'is'>, cx: ExpressionContext): Bound {
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

export function inList(e: ExpressionOf<'in'>, cx: ExpressionContext): Bound {
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

export function inQuery(e: ExpressionOf<'in_query'>, cx: ExpressionContext): Bound {
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

export function like(e: ExpressionOf<'like'>, cx: ExpressionContext): Bound {
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

export function likeMany(e: ExpressionOf<'like_many'>, cx: ExpressionContext): Bound {
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
