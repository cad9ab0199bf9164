import { mismatch } from '../errors.ts';
import type { ExpressionOf } from '../syntax/ast.ts';
import { widest } from '../types/index.ts';
import { type Bound, marks } from './bound.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';
import { comparison, condition } from './operators.ts';

export function caseWhen(e: ExpressionOf<'case'>, cx: ExpressionContext): Bound {
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
