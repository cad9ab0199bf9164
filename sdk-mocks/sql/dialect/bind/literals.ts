import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported } from '../errors.ts';
import type { Literal } from '../syntax/ast.ts';
import { duckType, quote, type Type, t, typeText } from '../types/index.ts';
import type { Bound } from './bound.ts';
import { cast } from './cast.ts';

const text = (value: string): Bound => ({
  sql: quote(value),
  type: t.string,
  name: value,
  simple: true,
  literal: { value },
});

/** Every literal but intervals (which hold expressions). */
export function bindLiteral(literal: Exclude<Literal, { type: 'interval' }>): Bound {
  switch (literal.type) {
    case 'null':
      return { sql: 'NULL', type: t.void, name: 'NULL', simple: true, literal: { value: null } };
    case 'boolean':
      return {
        sql: String(literal.value),
        type: t.boolean,
        name: String(literal.value),
        simple: true,
        literal: { value: literal.value },
      };
    case 'string':
      return text(literal.value);
    case 'number':
      return number(literal.text);
    case 'typed':
      return typed(literal.name, literal.value);
    case 'interval_range':
      return intervalRange(literal);
  }
}

/** docs: sql-ref-literals-numeric. A fraction without exponent is DECIMAL. */
function number(written: string): Bound {
  const match = /^(-?)([0-9.]+)(?:[eE]([+-]?\d+))?(BD|[LSYDF])?$/i.exec(written);
  if (!match) throw notSupported(`the number ${written}`);
  const [, sign = '', digits = '', exponent, suffix = ''] = match;
  const plain = `${sign}${digits}`;
  const full = exponent === undefined ? plain : `${plain}e${exponent}`;
  const make = (type: Type, sql: string, value: number): Bound => ({
    sql: `CAST(${sql} AS ${duckType(type)})`,
    type,
    name: plain,
    simple: true,
    literal: { value },
  });
  switch (suffix.toUpperCase()) {
    case 'Y':
      return ranged(t.tinyint, plain, 8);
    case 'S':
      return ranged(t.smallint, plain, 16);
    case 'L':
      return ranged(t.bigint, plain, 64);
    case 'D':
      return { ...make(t.double, quote(full), finite(t.double, full)), name: Number(full).toString() };
    case 'F':
      return make(t.float, quote(full), finite(t.float, full));
    default:
  }
  if (exponent !== undefined && suffix === '') return make(t.double, quote(full), finite(t.double, full));
  if (exponent !== undefined) return number(`${moved(plain, Number(exponent))}BD`);
  if (!digits.includes('.') && suffix === '') {
    const whole = BigInt(plain);
    if (whole >= -2147483648n && whole <= 2147483647n) return make(t.int, plain, Number(whole));
    if (whole >= -(2n ** 63n) && whole < 2n ** 63n) return make(t.bigint, plain, Number(whole));
  }
  const scale = digits.includes('.') ? digits.length - digits.indexOf('.') - 1 : 0;
  const significant = digits.replace('.', '').replace(/^0+/, '').length;
  const precision = Math.max(significant, scale, 1);
  if (precision > 38)
    throw new SqlError(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      '22003',
      `Decimal precision ${precision} exceeds max precision 38.`,
    );
  return make(t.decimal(precision, scale), quote(plain), Number(plain));
}

/** `26` moved by 2 is `2600`, by -1 `2.6`. */
function moved(plain: string, by: number): string {
  const sign = plain.startsWith('-') ? '-' : '';
  const [whole = '', part = ''] = plain.replace('-', '').split('.');
  if (Math.abs(by) > 100) throw notSupported(`the number ${plain}e${by}`);
  const digits = `${whole}${part}`;
  const point = whole.length + by;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return point >= padded.length
    ? `${sign}${padded}`
    : `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

/** @throws SqlError when the number is too large for its type */
function finite(type: Type, full: string): number {
  const value = Number(full);
  const kept = type.kind === 'float' ? Math.fround(value) : value;
  if (Number.isFinite(kept)) return value;
  throw new SqlError(
    'INVALID_NUMERIC_LITERAL_RANGE',
    '22003',
    `Numeric literal ${full} is outside the valid range for ${type.kind}.`,
  );
}

function ranged(type: Type, plain: string, bits: number): Bound {
  const value = BigInt(plain);
  if (value < -(2n ** BigInt(bits - 1)) || value >= 2n ** BigInt(bits - 1)) {
    throw new SqlError(
      'INVALID_NUMERIC_LITERAL_RANGE',
      '22003',
      `Numeric literal ${plain} is outside the valid range for ${typeText(type).toLowerCase()}.`,
    );
  }
  return {
    sql: `CAST(${plain} AS ${duckType(type)})`,
    type,
    name: plain,
    simple: true,
    literal: { value: Number(value) },
  };
}

function typed(kind: string, value: string): Bound {
  if (kind === 'X') {
    if (!/^[0-9a-f]*$/i.test(value)) throw invalidTyped(kind, value);
    const hex = value.length % 2 === 1 ? `0${value}` : value;
    return { sql: `unhex(${quote(hex)})`, type: t.binary, name: `X'${value.toUpperCase()}'`, simple: true };
  }
  const type = kind === 'DATE' ? t.date : kind === 'TIMESTAMP_NTZ' ? t.timestamp_ntz : t.timestamp;
  if (/^\s*(?:epoch|now|today|tomorrow|yesterday)\b/i.test(value))
    throw notSupported(`the special value '${value.trim()}' of a ${kind} literal`);
  if (!isTimeText(kind, value.trim())) throw invalidTyped(kind, value);
  if (/^[+-]|^\d{5}/.test(value.trim())) throw notSupported('a year beyond 9999');
  const bound = cast(text(kind === 'DATE' ? value : plainZone(value.trim())), type, true);
  const shown = kind === 'DATE' ? `DATE '${value}'` : `${typeText(type)} '${value}'`;
  return { ...bound, name: shown, simple: false };
}

const zoneForm =
  '(?: ?(?:[zZ]|UTC|GMT|(?:UTC|GMT)?[+-]\\d{1,2}(?::?\\d{2}(?::?\\d{2})?)?|[A-Za-z]+(?:/[A-Za-z_/+-]+)?))?';
const timeForm = new RegExp(
  `^[+-]?(\\d{4,6})(?:-(\\d{1,2})(?:-(\\d{1,2})(?:[T ](?:\\d{1,2}(?::\\d{1,2}(?::\\d{1,2}(?:\\.\\d{0,9})?)?)?)?${zoneForm})?)?)?$`,
);
const dateForm = /^[+-]?(\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ].*)?)?)?$/s;

/** `UTC+080000` and `+8` as the engine reads an offset: `+08:00`. */
function plainZone(value: string): string {
  const match = /^(\S+[T ].*?) ?(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(value);
  if (!match) return namedZone(value);
  const [, wall = '', sign = '', hours = '', minutes = '00', seconds = '00'] = match;
  if (seconds !== '00') throw notSupported('a time zone offset with seconds');
  return `${wall}${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/** `…00Europe/Paris` as the engine reads it. @throws SqlError for a zone nobody knows */
function namedZone(value: string): string {
  const match = /^(\S+[T ][\d:.]*) ?([A-Za-z]{2,}(?:\/.+)?)$/.exec(value);
  if (!match) return value;
  const [, wall = '', zone = ''] = match;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw invalidTyped('TIMESTAMP', value);
  }
  return `${wall} ${zone}`;
}

/** Is this a day of the calendar, written as Spark reads it (code: Spark SparkDateTimeUtils)? */
function isTimeText(kind: string, value: string): boolean {
  const match = (kind === 'DATE' ? dateForm : timeForm).exec(value);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const made = new Date(0);
  made.setUTCFullYear(year, month - 1, day);
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day;
}

function invalidTyped(kind: string, value: string): SqlError {
  return new SqlError(
    'INVALID_TYPED_LITERAL',
    '42604',
    `The value of the typed literal "${kind}" is invalid: '${value}'.`,
  );
}

function intervalRange(literal: Extract<Literal, { type: 'interval_range' }>): Bound {
  const { from, to } = literal;
  const family = from === 'YEAR' || from === 'MONTH' ? 'month' : 'day';
  const type: Type = { kind: 'interval', family, from, to };
  const match =
    family === 'month'
      ? /^\s*([+-]?)(\d+)-(\d+)\s*$/.exec(literal.value)
      : /^\s*([+-]?)(?:(\d+)(?:\s+|$))?(?:(\d+)(?::(\d+))?(?::(\d+(?:\.\d+)?))?)?\s*$/.exec(literal.value);
  if (!match) throw invalidTyped('INTERVAL', literal.value);
  const sign = (match[1] === '-') !== literal.negative ? -1 : 1;
  const n = (i: number) => sign * Number(match[i] ?? 0);
  if (family === 'month')
    return {
      sql: `to_months(${n(2) * 12 + n(3)})`,
      type,
      name: `INTERVAL '${literal.value}' ${from} TO ${to}`,
    };
  if (from !== 'DAY') throw notSupported(`an interval literal ${from} TO ${to}`);
  const micros = BigInt(Math.round(((n(2) * 24 + n(3)) * 3600 + n(4) * 60 + n(5)) * 1e6));
  return { sql: `to_microseconds(${micros})`, type, name: `INTERVAL '${literal.value}' ${from} TO ${to}` };
}
