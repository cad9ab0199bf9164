import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { notSupported } from '../errors.ts';
import { type Type, t } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import type { FunctionCall, FunctionRule } from './define.ts';

const bounds = raise(
  'DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION',
  '22023',
  '\'Invalid value for a date or time field. If necessary set "ansi_mode" to "false" to bypass this error.\'',
);
const fraction = raise(
  'INVALID_FRACTION_OF_SECOND',
  '22023',
  "'The fraction of sec must be zero. Valid range is [0, 60].'",
);

/** `make_timestamp(y, m, d, h, min, s [, zone])` and its NTZ, LTZ and try forms; seconds keep six digits. */
function makeTimestamp(call: FunctionCall): Bound {
  arity(call, 6, 7);
  const tolerant = call.name.startsWith('try_');
  const plain = call.name.endsWith('_ntz');
  if (plain && call.args.length === 7) throw notSupported(`a time zone in "${call.name}"`);
  const parts = Array.from({ length: 5 }, (_u, i) => arg(call, i, t.int));
  const seconds = cast(arg(call, 5), t.decimal(16, 6));
  const zone = call.args[6] ? [arg(call, 6, t.string)] : [];
  const valid =
    '$1 BETWEEN 1 AND 9999 AND $2 BETWEEN 1 AND 12 AND $3 BETWEEN 1 AND day(last_day(make_date($1, greatest(1, least($2, 12)), 1))) AND $4 BETWEEN 0 AND 23 AND $5 BETWEEN 0 AND 59 AND $6 >= 0 AND $6 <= 60';
  const local =
    'CAST(make_date($1, $2, $3) AS TIMESTAMP) + to_microseconds((CAST($4 AS BIGINT) * 3600 + $5 * 60) * 1000000 + CAST($6 * 1000000 AS BIGINT))';
  const value = plain
    ? `(${local})`
    : zone.length > 0
      ? `timezone($7, ${local})`
      : `CAST((${local}) AS TIMESTAMPTZ)`;
  const missing = [...parts, seconds, ...zone].map((_p, i) => `$${i + 1} IS NULL`).join(' OR ');
  const failed = tolerant ? 'NULL' : `CASE WHEN $6 > 60 AND $6 < 61 THEN ${fraction} ELSE ${bounds} END`;
  const sql = fill(`CASE WHEN ${missing} THEN NULL WHEN ${valid} THEN ${value} ELSE ${failed} END`, [
    ...parts,
    seconds,
    ...zone,
  ]);
  return made(call, sql, plain ? t.timestamp_ntz : t.timestamp);
}

/** Amounts of time by position; absent ones are 0. */
function makeDayTime(call: FunctionCall): Bound {
  arity(call, 0, 1, 2, 3, 4);
  const zero: Bound = { sql: 'CAST(0 AS INTEGER)', type: t.int, name: '0', simple: true };
  const at = (i: number) => (call.args[i] ? arg(call, i, t.int) : zero);
  const seconds = call.args[3] ? cast(arg(call, 3), t.decimal(18, 6)) : cast(zero, t.decimal(18, 6));
  const body =
    'to_microseconds(((CAST($1 AS BIGINT) * 24 + $2) * 60 + $3) * 60000000 + CAST($4 * 1000000 AS BIGINT))';
  return made(call, fill(body, [at(0), at(1), at(2), seconds]), t.dayInterval);
}

function makeYearMonth(call: FunctionCall): Bound {
  arity(call, 0, 1, 2);
  const at = (i: number) => (call.args[i] ? arg(call, i, t.int).sql : '0');
  return made(call, `to_months(${at(0)} * 12 + ${at(1)})`, t.monthInterval);
}

/** The wall clock of one zone as the wall clock of another. */
function convertTimezone(call: FunctionCall): Bound {
  arity(call, 2, 3);
  const three = call.args.length === 3;
  const from: Bound = three
    ? arg(call, 0, t.string)
    : { sql: `'${call.session.timeZone.replaceAll("'", "''")}'`, type: t.string, name: '', simple: true };
  const to = arg(call, three ? 1 : 0, t.string);
  const value = arg(call, three ? 2 : 1, t.timestamp_ntz);
  return made(call, fill('timezone($2, timezone($1, $3))', [from, to, value]), t.timestamp_ntz);
}

const unitFields: Record<string, string> = {
  YEAR: 'year',
  YEARS: 'year',
  Y: 'year',
  YR: 'year',
  YRS: 'year',
  YEAROFWEEK: 'isoyear',
  QUARTER: 'quarter',
  QTR: 'quarter',
  MONTH: 'month',
  MON: 'month',
  MONS: 'month',
  MONTHS: 'month',
  WEEK: 'week',
  W: 'week',
  WEEKS: 'week',
  DAY: 'day',
  D: 'day',
  DAYS: 'day',
  DAYOFWEEK: 'dayofweek',
  DOW: 'dayofweek',
  DAYOFWEEK_ISO: 'isodow',
  DOW_ISO: 'isodow',
  DOY: 'dayofyear',
  HOUR: 'hour',
  H: 'hour',
  HOURS: 'hour',
  HR: 'hour',
  HRS: 'hour',
  MINUTE: 'minute',
  M: 'minute',
  MIN: 'minute',
  MINS: 'minute',
  MINUTES: 'minute',
  SECOND: 'second',
  S: 'second',
  SEC: 'second',
  SECONDS: 'second',
  SECS: 'second',
};

/** A field of a date, a timestamp or an interval; undefined for a name or a pair Spark does not know. */
export function datetimeField(field: string, value: Bound): { sql: string; type: Type } | undefined {
  const unit = unitFields[field.toUpperCase()];
  if (unit === undefined) return undefined;
  if (value.type.kind === 'interval') return intervalField(unit, value, value.type);
  const at =
    value.type.kind === 'date' || value.type.kind === 'timestamp_ntz' ? value : cast(value, t.timestamp);
  const wall = `CAST(${at.sql} AS TIMESTAMP)`;
  if (unit === 'second')
    return {
      sql: `CAST((epoch_us(${wall}) % 60000000) / 1000000.0 AS DECIMAL(8,6))`,
      type: t.decimal(8, 6),
    };
  const shifted = unit === 'dayofweek' ? `dayofweek(${wall}) + 1` : `date_part('${unit}', ${wall})`;
  return { sql: `CAST(${shifted} AS INTEGER)`, type: t.int };
}

function intervalField(
  unit: string,
  value: Bound,
  type: Type & { kind: 'interval' },
): { sql: string; type: Type } | undefined {
  if (type.family === 'month') {
    const months = `(date_part('year', ${value.sql}) * 12 + date_part('month', ${value.sql}))`;
    if (unit === 'year') return { sql: `CAST(trunc(${months} / 12) AS INTEGER)`, type: t.int };
    if (unit === 'month') return { sql: `CAST(${months} % 12 AS TINYINT)`, type: t.tinyint };
    return undefined;
  }
  const micros = `CAST(epoch_us(${value.sql}) AS BIGINT)`;
  const whole = (size: string) => `CAST(trunc(${micros} / ${size}.0) AS BIGINT)`;
  if (unit === 'day') return { sql: `CAST(${whole('86400000000')} AS INTEGER)`, type: t.int };
  if (unit === 'hour') return { sql: `CAST(${whole('3600000000')} % 24 AS TINYINT)`, type: t.tinyint };
  if (unit === 'minute') return { sql: `CAST(${whole('60000000')} % 60 AS TINYINT)`, type: t.tinyint };
  if (unit === 'second')
    return { sql: `CAST((${micros} % 60000000) / 1000000.0 AS DECIMAL(8,6))`, type: t.decimal(8, 6) };
  return undefined;
}

export const instantsRules: FunctionRule[] = [
  ...['make_timestamp', 'make_timestamp_ltz', 'make_timestamp_ntz'].flatMap((name) => [
    rule(name, makeTimestamp),
    rule(`try_${name}`, makeTimestamp),
  ]),
  rule('make_dt_interval', makeDayTime),
  rule('make_ym_interval', makeYearMonth),
  rule('convert_timezone', convertTimezone),
];
