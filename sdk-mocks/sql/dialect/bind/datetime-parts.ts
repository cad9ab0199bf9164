import { SqlError } from '../../../../emulator/core/index.ts';
import { mismatch, notSupported, wrongArgs } from '../errors.ts';
import { datetimeField } from '../functions/index.ts';
import type { Expression } from '../syntax/ast.ts';
import { type Type, t } from '../types/index.ts';
import { type Bound, marks } from './bound.ts';
import { cast } from './cast.ts';
import type { ExpressionContext } from './context.ts';
import { bindExpression } from './expressions.ts';

/** Operators use no session value; this fails loudly if that ever changes. */
export const noSession = {
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
export function extract(name: string, value: Bound): Bound {
  const found = datetimeField(name, value);
  if (!found)
    throw new SqlError('INVALID_EXTRACT_FIELD', '42601', `Cannot extract \`${name}\` from "${value.name}".`);
  return { ...found, name: `extract(${name} FROM ${value.name})`, ...marks([value]) };
}

/** `date_part('year', d)`: the field is a constant. */
export function datePart(args: readonly Bound[], shown: string): Bound {
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

export function interval(
  parts: readonly { value: Expression; unit: string }[],
  cx: ExpressionContext,
): Bound {
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
