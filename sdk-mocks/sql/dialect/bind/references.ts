import { SqlError } from '../../../../emulator/core/index.ts';
import { subscript } from '../functions/index.ts';
import type { ExpressionOf } from '../syntax/ast.ts';
import { t } from '../types/index.ts';
import { type Bound, marks } from './bound.ts';
import { builtinCall } from './calls.ts';
import type { ExpressionContext } from './context.ts';
import { bindLiteral } from './literals.ts';
import { columnBound } from './scope.ts';

export function parameter(e: ExpressionOf<'parameter'>, cx: ExpressionContext): Bound {
  const { sql, type, value } = cx.environment.parameter(e.name, e.ordinal);
  return { sql, type, name: value ?? 'NULL', simple: false };
}

export function column(e: ExpressionOf<'column'>, cx: ExpressionContext): Bound {
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
export function field(value: Bound, name: string): Bound {
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
