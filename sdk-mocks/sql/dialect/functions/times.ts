import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { notSupported } from '../errors.ts';
import { duckType, quote, type Type, t } from '../types/index.ts';
import { arg, arity, literalText, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';
import { formatTime } from './format-time.ts';
import { strftimePattern } from './patterns.ts';

const truncUnits: Record<string, string> = {
  year: 'year',
  yyyy: 'year',
  yy: 'year',
  quarter: 'quarter',
  month: 'month',
  mon: 'month',
  mm: 'month',
  week: 'week',
  day: 'day',
  dd: 'day',
  hour: 'hour',
  minute: 'minute',
  second: 'second',
  millisecond: 'millisecond',
  microsecond: 'microsecond',
};

/** `date_trunc(unit, timestamp)`: an unknown unit gives NULL. */
function dateTrunc(call: FunctionCall): Bound {
  arity(call, 2);
  const value = call.args[1]?.type.kind === 'timestamp_ntz' ? arg(call, 1) : arg(call, 1, t.timestamp);
  return made(call, truncated(arg(call, 0, t.string), value, Object.entries(truncUnits)), value.type);
}

function truncated(unit: Bound, value: Bound, units: readonly (readonly [string, string])[]): string {
  const literal = unit.literal?.value;
  if (typeof literal === 'string') {
    const found = units.find(([name]) => name === literal.toLowerCase());
    return found ? `date_trunc('${found[1]}', ${value.sql})` : `CASE WHEN false THEN ${value.sql} END`;
  }
  const whens = units.map(([name, duck]) => `WHEN '${name}' THEN date_trunc('${duck}', $2)`);
  return fill(`CASE lower($1) ${whens.join(' ')} END`, [unit, value]);
}

function truncRule(call: FunctionCall): Bound {
  arity(call, 2);
  const value = arg(call, 0, t.date);
  const units = Object.entries(truncUnits).filter(([, duck]) =>
    ['year', 'quarter', 'month', 'week'].includes(duck),
  );
  return made(call, `CAST(${truncated(arg(call, 1, t.string), value, units)} AS DATE)`, t.date);
}

/** `to_date`, `to_timestamp` and their tolerant forms; a pattern must be a literal. */
function parseTime(call: FunctionCall, type: Type, tolerant: boolean): Bound {
  arity(call, 1, 2);
  const value = arg(call, 0);
  if (call.args.length === 1 || value.type.kind !== 'string')
    return { ...cast(value, type, tolerant), name: callName(call) };
  const written = literalText(call, 1);
  // The engine fills in another year than Java, and reads days of the year and optional parts otherwise.
  const letters = written.replace(/'[^']*'/g, '');
  if (!/(?<!y)(?:y|yyyy)(?!y)/.test(letters) || /[D[\]]/.test(letters))
    throw notSupported(`the pattern "${written}" for parsing`);
  const pattern = strftimePattern(written).replaceAll('%-', '%');
  const failed = raise(
    'CANNOT_PARSE_TIMESTAMP',
    '22007',
    "'Text ''' || $1 || ''' could not be parsed. Use `try_to_timestamp` to tolerate invalid input string and return NULL instead.'",
  );
  const parsed = `try_strptime($1, ${quote(pattern)})`;
  const sql = fill(tolerant ? parsed : `CASE WHEN $1 IS NOT NULL THEN coalesce(${parsed}, ${failed}) END`, [
    value,
  ]);
  return made(call, `CAST(${sql} AS ${duckType(type)})`, type);
}

function dateFormat(call: FunctionCall): Bound {
  arity(call, 2);
  const value = arg(call, 0, t.timestamp);
  return timeText(call, value.sql, literalText(call, 1));
}

function timeText(call: FunctionCall, zoned: string, pattern: string): Bound {
  const body = formatTime(pattern, 'CAST($1 AS TIMESTAMP)', '$1', call.session.timeZone);
  return made(call, fill(`CASE WHEN $1 IS NOT NULL THEN ${body} END`, [{ sql: zoned }]), t.string);
}

function fromUnixtime(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const pattern = call.args[1] ? literalText(call, 1) : 'yyyy-MM-dd HH:mm:ss';
  return timeText(call, `to_timestamp(${arg(call, 0, t.bigint).sql})`, pattern);
}

function unixTimestamp(call: FunctionCall): Bound {
  if (call.args.length === 0)
    return made(call, `CAST(floor(epoch_us(${call.session.now()}) / 1000000.0) AS BIGINT)`, t.bigint);
  const value = call.args[1]
    ? parseTime({ ...call, name: 'to_timestamp' }, t.timestamp, false)
    : arg(call, 0, t.timestamp);
  return made(call, `CAST(floor(epoch_us(${value.sql}) / 1000000.0) AS BIGINT)`, t.bigint);
}

const addUnits: Record<string, string> = {
  YEAR: 'years',
  QUARTER: 'quarters',
  MONTH: 'months',
  WEEK: 'weeks',
  DAY: 'days',
  DAYOFYEAR: 'days',
  HOUR: 'hours',
  MINUTE: 'minutes',
  SECOND: 'seconds',
  MILLISECOND: 'milliseconds',
  MICROSECOND: 'microseconds',
};

function timestampAdd(call: FunctionCall): Bound {
  const unit = addUnits[literalText(call, 0)];
  if (!unit) throw notSupported(`the unit of "${call.name}"`);
  const value = arg(call, 2, call.args[2]?.type.kind === 'timestamp_ntz' ? t.timestamp_ntz : t.timestamp);
  const amount =
    unit === 'quarters'
      ? `to_months(3 * ${arg(call, 1, t.int).sql})`
      : `to_${unit}(${arg(call, 1, t.int).sql})`;
  return made(call, `(${value.sql} + ${amount})`, value.type);
}

function timestampDiff(call: FunctionCall): Bound {
  const unit = literalText(call, 0).toLowerCase();
  return made(
    call,
    `datesub('${unit}', CAST(${arg(call, 1, t.timestamp).sql} AS TIMESTAMP), CAST(${arg(call, 2, t.timestamp).sql} AS TIMESTAMP))`,
    t.bigint,
  );
}

export const timesRules: FunctionRule[] = [
  rule('date_trunc', dateTrunc),
  rule('trunc', truncRule),
  rule('to_date', (call) => parseTime(call, t.date, false)),
  rule('try_to_date', (call) => parseTime(call, t.date, true)),
  rule('to_timestamp', (call) => parseTime(call, t.timestamp, false)),
  rule('to_timestamp_ltz', (call) => parseTime(call, t.timestamp, false)),
  rule('to_timestamp_ntz', (call) => parseTime(call, t.timestamp_ntz, false)),
  rule('try_to_timestamp', (call) => parseTime(call, t.timestamp, true)),
  rule('date_format', dateFormat),
  rule('from_unixtime', fromUnixtime),
  rule('unix_timestamp', unixTimestamp),
  rule('to_unix_timestamp', unixTimestamp),
  rule('timestampadd', timestampAdd),
  rule('timestampdiff', timestampDiff),
];
