import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported, unexpectedInput } from '../errors.ts';
import type { ExpressionOf, Select, SelectItem } from '../syntax/ast.ts';
import { duckType, type Type, t, widest } from '../types/index.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';
import type { ScopeColumn } from './scope.ts';

const generators = new Set([
  'explode',
  'explode_outer',
  'posexplode',
  'posexplode_outer',
  'inline',
  'inline_outer',
  'stack',
]);

export const isGenerator = (name: readonly string[]): boolean =>
  name.length === 1 && generators.has(name[0]?.toLowerCase() ?? '');

/** The one generator a select list may hold. */
export function generatorOf(
  select: Select,
): { item: SelectItem; call: ExpressionOf<'call'>; outer: boolean } | undefined {
  const found = select.items.flatMap((item) => {
    const { expression } = item;
    return expression.kind === 'call' && isGenerator(expression.name)
      ? [{ item, call: expression, outer: expression.name[0]?.toLowerCase().endsWith('_outer') ?? false }]
      : [];
  });
  if (found.length > 1)
    throw new SqlError(
      'UNSUPPORTED_GENERATOR.MULTI_GENERATOR',
      '42K0E',
      `The generator is not supported: only one generator allowed per SELECT clause but found ${found.length}.`,
    );
  const [first] = found;
  if (first && select.group)
    throw notSupported(
      'a generator in a SELECT with GROUP BY',
      'Aggregate in a subquery and apply the generator outside of it.',
    );
  return first;
}

/** Rows of a generator as a lateral table. @throws SqlError for arguments of another type. */
export function generatorRows(
  call: ExpressionOf<'call'>,
  cx: ExpressionContext,
  names: { alias(prefix?: string): string },
  _outer = false,
): { sql: string; columns: ScopeColumn[] } {
  const name = call.name[0]?.toLowerCase() ?? '';
  const alias = names.alias('g');
  const inner = names.alias('g');
  const done = (sql: string, columns: readonly { name: string; type: Type }[]) => ({
    sql: `(${sql}) AS ${alias}`,
    columns: columns.map((c, i) => ({ ...c, qualifier: [], sql: `${alias}.c${i}` })),
  });
  const args = call.args.map((arg) => bindExpression(arg, cx));
  if (name === 'stack') return stack(call, cx, done, inner);
  const [value] = args;
  if (!value || args.length !== 1)
    throw new SqlError(
      'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
      '42605',
      `The \`${name}\` requires 1 parameters but the actual number is ${args.length}.`,
    );
  const { type } = value;
  const position = name.startsWith('posexplode');
  if (name.startsWith('inline')) {
    if (type.kind !== 'array' || type.element.kind !== 'struct')
      throw unexpectedInput(`${name}(${value.name})`, 'first', 'ARRAY<STRUCT>', value.name, type);
    const { fields } = type.element;
    return done(
      `SELECT ${fields.map((_f, i) => `(${inner}.e).f${i} AS c${i}`).join(', ')} FROM (SELECT unnest(${value.sql}) AS e) AS ${inner}`,
      fields,
    );
  }
  if (type.kind === 'array') {
    const columns = [
      ...(position ? [{ name: 'pos', type: t.int }] : []),
      { name: 'col', type: type.element },
    ];
    const sql = position
      ? `SELECT CAST(generate_subscripts(${value.sql}, 1) - 1 AS INTEGER) AS c0, unnest(${value.sql}) AS c1`
      : `SELECT unnest(${value.sql}) AS c0`;
    return done(sql, columns);
  }
  if (type.kind === 'map') {
    const columns = [
      ...(position ? [{ name: 'pos', type: t.int }] : []),
      { name: 'key', type: type.key },
      { name: 'value', type: type.value },
    ];
    const entries = `map_entries(${value.sql})`;
    const shift = position ? 1 : 0;
    const pos = position ? `CAST(generate_subscripts(${entries}, 1) - 1 AS INTEGER) AS p, ` : '';
    const sql = `SELECT ${position ? `${inner}.p AS c0, ` : ''}(${inner}.e).key AS c${shift}, (${inner}.e).value AS c${shift + 1} FROM (SELECT ${pos}unnest(${entries}) AS e) AS ${inner}`;
    return done(sql, columns);
  }
  throw unexpectedInput(`${name}(${value.name})`, 'first', '("ARRAY" or "MAP")', value.name, type);
}

function stack<T>(
  call: ExpressionOf<'call'>,
  cx: ExpressionContext,
  done: (sql: string, columns: readonly { name: string; type: Type }[]) => T,
  inner: string,
): T {
  const [first, ...rest] = call.args.map((arg) => bindExpression(arg, cx));
  const count = first?.literal?.value;
  if (typeof count !== 'number' || count < 1)
    throw notSupported('"stack" with a row count that is not a positive literal');
  const width = Math.ceil(rest.length / count);
  const columns = Array.from({ length: width }, (_u, i) => {
    const type = widest(rest.filter((_r, index) => index % width === i).map((r) => r.type));
    if (!type) throw notSupported('"stack" with columns of mixed types');
    return { name: `col${i}`, type };
  });
  const rows = Array.from(
    { length: count },
    (_u, row) =>
      `(${columns
        .map((c, i) => {
          const value = rest[row * width + i];
          return value ? cast(value, c.type).sql : `CAST(NULL AS ${duckType(c.type)})`;
        })
        .join(', ')})`,
  );
  return done(
    `SELECT ${columns.map((_c, i) => `${inner}.c${i} AS c${i}`).join(', ')} FROM (VALUES ${rows.join(', ')}) AS ${inner}(${columns.map((_c, i) => `c${i}`).join(', ')})`,
    columns,
  );
}
