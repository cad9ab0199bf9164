import { mismatch, notSupported } from '../errors.ts';
import { builtin } from '../functions/index.ts';
import type { Expression, ExpressionOf } from '../syntax/ast.ts';
import { t, wider } from '../types/index.ts';
import { type Bound, marks } from './bound.ts';
import { builtinCall } from './calls.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import { noSession } from './datetime-parts.ts';
import { bindExpression } from './expressions.ts';
import { arithmetic, comparison, condition } from './operators.ts';

const comparisonOps = new Set(['=', '==', '<=>', '<>', '!=', '<', '<=', '>', '>=']);

export function unary(e: ExpressionOf<'unary'>, cx: ExpressionContext): Bound {
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

export function binary(e: ExpressionOf<'binary'>, cx: ExpressionContext): Bound {
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
