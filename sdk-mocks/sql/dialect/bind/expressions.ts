import { SqlError } from '../../../../emulator/core/index.ts';
import { subscript } from '../functions/index.ts';
import type { Expression } from '../syntax/ast.ts';
import { parseType, quote, t } from '../types/index.ts';
import { type Bound, fill, marks } from './bound.ts';
import { builtinCall, call } from './calls.ts';
import { cast, toText } from './cast.ts';
import { caseWhen } from './choices.ts';
import type { ExpressionContext } from './context.ts';
import { extract, interval } from './datetime-parts.ts';
import { bindLiteral } from './literals.ts';
import { identifier, lambda, scalarQuery } from './nested.ts';
import { binary, unary } from './operator-expressions.ts';
import { comparison } from './operators.ts';
import { inList, inQuery, isTest, like, likeMany, negated } from './predicates.ts';
import { column, field, parameter } from './references.ts';

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
