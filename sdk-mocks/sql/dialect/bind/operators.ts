import { mismatch, notSupported } from '../errors.ts';
import {
  adjusted,
  asDecimal,
  duckType,
  isDatetime,
  isFloating,
  isIntegral,
  isNumeric,
  type Type,
  t,
  typeText,
  wider,
} from '../types/index.ts';
import { type Bound, fill, marks, raise } from './bound.ts';
import { cast } from './cast.ts';

const divideText =
  '\'Division by zero. Use `try_divide` to tolerate divisor being 0 and return NULL instead. If necessary set "ansi_mode" to "false" to bypass this error.\'';
const remainderText =
  '\'Remainder by zero. Use `try_mod` to tolerate divisor being 0 and return NULL instead. If necessary set "ansi_mode" to "false" to bypass this error.\'';

const pair = (op: string, left: Bound, right: Bound, sql: string, type: Type): Bound => ({
  sql,
  type,
  name: `(${left.name} ${op} ${right.name})`,
  ...marks([left, right]),
});

/** `+ - * / % DIV` on any types (code: Spark BinaryArithmetic, DecimalPrecision, AnsiTypeCoercion). */
export function arithmetic(op: string, left: Bound, right: Bound): Bound {
  const time = op === '+' || op === '-' ? datetimeArithmetic(op, left, right) : undefined;
  if (time) return time;
  if (left.type.kind === 'interval' || right.type.kind === 'interval')
    return intervalArithmetic(op, left, right);
  const [a, b] = numbers(op, left, right);
  switch (op) {
    case '+':
    case '-':
    case '*':
      return sumOrProduct(op, a, b, left, right);
    case '/':
      return quotient(a, b, left, right);
    case '%':
      return remainder(a, b, left, right);
    default:
      return wholeQuotient(a, b, left, right);
  }
}

/** Strings become numbers as Spark does it; everything else that is no number is a type error. */
function numbers(op: string, left: Bound, right: Bound): [Bound, Bound] {
  const other = (x: Bound, y: Bound): Bound => {
    if (x.type.kind === 'void') return isNumeric(y.type) ? cast(x, y.type) : cast(x, t.double);
    if (x.type.kind !== 'string') return x;
    return cast(x, isIntegral(y.type) ? t.bigint : t.double);
  };
  // Two texts are no numbers under ANSI rules (code: Spark AnsiTypeCoercion, PromoteStrings).
  if (left.type.kind === 'string' && right.type.kind === 'string') throw operandError(op, left, right);
  const a = other(left, right);
  const b = other(right, left);
  if (!isNumeric(a.type) || !isNumeric(b.type)) throw operandError(op, left, right);
  return [a, b];
}

function operandError(op: string, left: Bound, right: Bound): Error {
  const text = `(${left.name} ${op} ${right.name})`;
  if (isNumeric(left.type) === isNumeric(right.type) && left.type.kind === right.type.kind) {
    return mismatch(
      'BINARY_OP_WRONG_TYPE',
      text,
      `the binary operator requires the input type "NUMERIC", not "${typeText(left.type)}".`,
    );
  }
  return mismatch(
    'BINARY_OP_DIFF_TYPES',
    text,
    `the left and right operands of the binary operator have incompatible types ("${typeText(left.type)}" and "${typeText(right.type)}").`,
  );
}

/** A whole literal counts with its own digits beside a decimal (code: Spark DecimalPrecision, literal rules). */
function decimalOf(value: Bound): { precision: number; scale: number } {
  if (isIntegral(value.type) && typeof value.literal?.value === 'number' && !value.casted) {
    return { precision: Math.max(String(Math.abs(value.literal.value)).length, 1), scale: 0 };
  }
  return asDecimal(value.type);
}

function sumOrProduct(op: string, a: Bound, b: Bound, left: Bound, right: Bound): Bound {
  if (isFloating(a.type) || isFloating(b.type)) {
    const type = wider(a.type, b.type) ?? t.double;
    return pair(op, left, right, `(${cast(a, type).sql} ${op} ${cast(b, type).sql})`, type);
  }
  if (a.type.kind === 'decimal' || b.type.kind === 'decimal') {
    const x = decimalOf(a);
    const y = decimalOf(b);
    if (op === '*') {
      const type = adjusted(x.precision + y.precision + 1, x.scale + y.scale);
      const product = `CAST(${a.sql} AS ${duckType(t.decimal(x.precision, x.scale))}) * CAST(${b.sql} AS ${duckType(t.decimal(y.precision, y.scale))})`;
      return pair(op, left, right, `CAST(${product} AS ${duckType(type)})`, type);
    }
    const scale = Math.max(x.scale, y.scale);
    const type = adjusted(Math.max(x.precision - x.scale, y.precision - y.scale) + scale + 1, scale);
    const sum = `CAST(${a.sql} AS ${duckType(type)}) ${op} CAST(${b.sql} AS ${duckType(type)})`;
    return pair(op, left, right, `CAST(${sum} AS ${duckType(type)})`, type);
  }
  const type = wider(a.type, b.type) ?? t.bigint;
  return pair(op, left, right, `(${cast(a, type).sql} ${op} ${cast(b, type).sql})`, type);
}

const guarded = (zero: string, value: string) =>
  `CASE WHEN $2 = 0 AND $1 IS NOT NULL THEN ${zero} ELSE ${value} END`;

function quotient(a: Bound, b: Bound, left: Bound, right: Bound): Bound {
  const zero = raise('DIVIDE_BY_ZERO', '22012', divideText);
  if (
    (a.type.kind === 'decimal' || b.type.kind === 'decimal') &&
    !isFloating(a.type) &&
    !isFloating(b.type)
  ) {
    const x = decimalOf(a);
    const y = decimalOf(b);
    const scale = Math.max(6, x.scale + y.precision + 1);
    const type = adjusted(x.precision - x.scale + y.scale + scale, scale);
    const value = `CAST(CAST($1 AS DOUBLE) / CAST($2 AS DOUBLE) AS ${duckType(type)})`;
    return pair('/', left, right, fill(guarded(zero, value), [a, b]), type);
  }
  const sql = fill(guarded(zero, '$1 / $2'), [cast(a, t.double), cast(b, t.double)]);
  return pair('/', left, right, sql, t.double);
}

/** The engine cannot try what may raise an error of ours; division by zero is NULL there. */
export function withoutZeroError(sql: string): string {
  return sql
    .replaceAll(raise('DIVIDE_BY_ZERO', '22012', divideText), 'NULL')
    .replaceAll(raise('REMAINDER_BY_ZERO', '22012', remainderText), 'NULL');
}

function remainder(a: Bound, b: Bound, left: Bound, right: Bound): Bound {
  const type = wider(a.type, b.type) ?? t.double;
  const sql = fill(guarded(raise('REMAINDER_BY_ZERO', '22012', remainderText), '$1 % $2'), [
    cast(a, type),
    cast(b, type),
  ]);
  return pair('%', left, right, type.kind === 'decimal' ? `CAST(${sql} AS ${duckType(type)})` : sql, type);
}

function wholeQuotient(a: Bound, b: Bound, left: Bound, right: Bound): Bound {
  const whole = isIntegral(a.type) && isIntegral(b.type);
  const value = whole ? '$1 // $2' : 'trunc($1 / $2)';
  const args = whole ? [cast(a, t.bigint), cast(b, t.bigint)] : [a, b];
  const sql = fill(guarded(raise('DIVIDE_BY_ZERO', '22012', divideText), value), args);
  return { ...pair('div', left, right, `CAST(${sql} AS BIGINT)`, t.bigint) };
}

function datetimeArithmetic(op: string, left: Bound, right: Bound): Bound | undefined {
  const [a, b] = [left.type, right.type];
  if (a.kind === 'date' && (isIntegral(b) || b.kind === 'string') && b.kind !== 'bigint') {
    if (b.kind === 'string' && op === '-') return dateDifference(left, cast(right, t.date));
    const sql = `CAST(${left.sql} ${op} ${cast(right, t.int).sql} AS DATE)`;
    return {
      ...pair(op, left, right, sql, t.date),
      name: `${op === '+' ? 'date_add' : 'date_sub'}(${left.name}, ${right.name})`,
    };
  }
  if (op === '+' && isIntegral(a) && b.kind === 'date') {
    return {
      ...pair(op, left, right, `CAST(${right.sql} + ${cast(left, t.int).sql} AS DATE)`, t.date),
      name: `date_add(${right.name}, ${left.name})`,
    };
  }
  if (isDatetime(a) && b.kind === 'interval') return shift(op, left, right);
  if (op === '+' && a.kind === 'interval' && isDatetime(b))
    return { ...shift(op, right, left), name: `${left.name} + ${right.name}` };
  if (op === '-' && isDatetime(a) && isDatetime(b)) return dateDifference(left, right);
  if (op === '-' && a.kind === 'string' && b.kind === 'date') return dateDifference(cast(left, b), right);
  if (op === '-' && a.kind === 'string' && isDatetime(b))
    throw mismatch(
      'UNEXPECTED_INPUT_TYPE',
      `(${left.name} - ${right.name})`,
      `The first parameter requires the "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" type, however "${left.name}" has the type "STRING".`,
    );
  if (isDatetime(a) && b.kind === 'void')
    return { ...pair(op, left, right, 'NULL', op === '-' && a.kind !== 'date' ? t.dayInterval : a) };
  if (a.kind === 'void' && isDatetime(b))
    return pair(op, left, right, 'NULL', op === '-' ? t.dayInterval : b);
  const date = a.kind === 'date' ? right : b.kind === 'date' ? left : undefined;
  if (date && isNumeric(date.type)) {
    const fn = op === '+' ? 'date_add' : 'date_sub';
    throw mismatch(
      'UNEXPECTED_INPUT_TYPE',
      `${fn}(${left.name}, ${right.name})`,
      `The second parameter requires the ("INT" or "SMALLINT" or "TINYINT") type, however "${date.name}" has the type "${typeText(date.type)}".`,
    );
  }
  return undefined;
}

function shift(op: string, value: Bound, by: Bound): Bound {
  const interval = by.type.kind === 'interval' ? by.type : t.dayInterval;
  const keepsDate =
    value.type.kind === 'date' &&
    (interval.family === 'month' || (interval.from === 'DAY' && interval.to === 'DAY'));
  if (value.type.kind === 'date') {
    const sum = `(CAST(${value.sql} AS TIMESTAMP) ${op} ${by.sql})`;
    const type = keepsDate ? t.date : t.timestamp;
    const sql = keepsDate ? `CAST(${sum} AS DATE)` : `CAST(${sum} AS TIMESTAMPTZ)`;
    return { ...pair(op, value, by, sql, type), name: `${value.name} ${op} ${by.name}` };
  }
  return {
    ...pair(op, value, by, `(${value.sql} ${op} ${by.sql})`, value.type),
    name: `${value.name} ${op} ${by.name}`,
  };
}

function dateDifference(left: Bound, right: Bound): Bound {
  if (left.type.kind === 'date' && right.type.kind === 'date') {
    const type: Type = { kind: 'interval', family: 'day', from: 'DAY', to: 'DAY' };
    return pair('-', left, right, `to_days(CAST(${left.sql} - ${right.sql} AS INTEGER))`, type);
  }
  const common = wider(left.type, right.type) ?? t.timestamp;
  const micros = `(epoch_us(${cast(left, common).sql}) - epoch_us(${cast(right, common).sql}))`;
  return pair('-', left, right, `to_microseconds(${micros})`, t.dayInterval);
}

function intervalArithmetic(op: string, left: Bound, right: Bound): Bound {
  const [a, b] = [left.type, right.type];
  if (a.kind === 'interval' && b.kind === 'interval' && a.family === b.family && (op === '+' || op === '-')) {
    return pair(
      op,
      left,
      right,
      `(${left.sql} ${op} ${right.sql})`,
      a.family === 'day' ? t.dayInterval : t.monthInterval,
    );
  }
  if (op === '*' && a.kind === 'interval' && isIntegral(b))
    return pair(op, left, right, `(${left.sql} * ${right.sql})`, a);
  if (op === '*' && b.kind === 'interval' && isIntegral(a))
    return pair(op, left, right, `(${right.sql} * ${left.sql})`, b);
  if (op === '*' || op === '/')
    throw notSupported(`"${op}" of an interval and ${typeText(a.kind === 'interval' ? b : a)}`);
  throw operandError(op, left, right);
}

/** Comparison of two values after bringing them to one type. */
export function comparison(op: string, left: Bound, right: Bound): Bound {
  const engineOp = op === '<=>' ? 'IS NOT DISTINCT FROM' : op === '==' ? '=' : op === '!=' ? '<>' : op;
  const [a, b] = comparable(op, left, right);
  const shown = op === '==' ? '=' : op === '<>' || op === '!=' ? '=' : op;
  const name =
    op === '<>' || op === '!='
      ? `(NOT (${left.name} ${shown} ${right.name}))`
      : `(${left.name} ${shown} ${right.name})`;
  return { sql: `(${a.sql} ${engineOp} ${b.sql})`, type: t.boolean, name, ...marks([left, right]) };
}

export function comparable(op: string, left: Bound, right: Bound): [Bound, Bound] {
  const type = wider(left.type, right.type);
  if (!type || type.kind === 'map') {
    if (type?.kind === 'map') {
      throw mismatch(
        'INVALID_ORDERING_TYPE',
        `(${left.name} ${op} ${right.name})`,
        `The \`${op}\` does not support ordering on type "${typeText(type)}".`,
      );
    }
    throw operandError(op, left, right);
  }
  return [cast(left, type), cast(right, type)];
}

/** A condition must be BOOLEAN; a string or null is cast. */
export function condition(value: Bound, where: string): Bound {
  if (value.type.kind === 'boolean') return value;
  if (value.type.kind === 'void' || value.type.kind === 'string') return cast(value, t.boolean);
  throw mismatch(
    'UNEXPECTED_INPUT_TYPE',
    value.name,
    `The first parameter requires the "BOOLEAN" type, however "${where}" has the type "${typeText(value.type)}".`,
  );
}
