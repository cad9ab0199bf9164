import { mismatch } from '../errors.ts';
import {
  duckType,
  isDatetime,
  isFloating,
  isIntegral,
  isNumeric,
  quote,
  sameType,
  type Type,
  typeText,
} from '../types/index.ts';
import { type Bound, once, raise } from './bound.ts';

interface CastContext {
  /** TRY_CAST: null instead of an error. */
  safe: boolean;
}

/** Casts under ANSI rules (docs: sql-ref-ansi-compliance, cast). */
export function cast(value: Bound, to: Type, safe = false): Bound {
  if (sameType(value.type, to)) return { ...value, type: to };
  const sql = castSql(value.sql, value.simple ?? false, value.type, to, { safe }, value.name);
  return { ...value, sql, type: to, simple: (value.simple ?? false) && value.literal !== undefined };
}

/** @throws SqlError DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION when Spark knows no such cast. */
export function castSql(
  sql: string,
  simple: boolean,
  from: Type,
  to: Type,
  cx: CastContext,
  name = '',
): string {
  if (sameType(from, to)) return sql;
  if (from.kind === 'void') return `CAST(${sql} AS ${duckType(to)})`;
  const plain = `${cx.safe ? 'TRY_CAST' : 'CAST'}(${sql} AS ${duckType(to)})`;
  if (to.kind === 'string') return toText(sql, simple, from);
  if (from.kind === 'string') return fromText(sql, simple, to, cx, name);
  if (isNumeric(from) && isIntegral(to)) {
    const cut = isIntegral(from) ? sql : `trunc(${sql})`;
    return `${cx.safe ? 'TRY_CAST' : 'CAST'}(${cut} AS ${duckType(to)})`;
  }
  if (isNumeric(from) && isNumeric(to)) return plain;
  if (from.kind === 'boolean' && isNumeric(to)) return `CAST(CAST(${sql} AS INTEGER) AS ${duckType(to)})`;
  if (isNumeric(from) && to.kind === 'boolean') return `(${sql} <> 0)`;
  if (isDatetime(from) && isDatetime(to)) return datetime(sql, from, to);
  if (from.kind === 'timestamp' && isNumeric(to)) {
    const seconds =
      isFloating(to) || to.kind === 'decimal'
        ? `epoch_us(${sql}) / 1000000.0`
        : `floor(epoch_us(${sql}) / 1000000.0)`;
    return `CAST(${seconds} AS ${duckType(to)})`;
  }
  if (isNumeric(from) && to.kind === 'timestamp') return `to_timestamp(${sql})`;
  if (from.kind === 'interval' && to.kind === 'interval' && from.family === to.family) return sql;
  const nested = nestedCast(sql, simple, from, to, cx, name);
  if (nested) return nested;
  if (isIntegral(from) && to.kind === 'binary')
    throw mismatch(
      'CAST_WITH_CONF_SUGGESTION',
      `CAST(${name} AS BINARY)`,
      `cannot cast "${typeText(from)}" to "BINARY" with ANSI mode on.`,
    );
  throw mismatch(
    'CAST_WITHOUT_SUGGESTION',
    `CAST(${name} AS ${typeText(to)})`,
    `cannot cast "${typeText(from)}" to "${typeText(to)}".`,
  );
}

function datetime(sql: string, from: Type, to: Type): string {
  if (to.kind === 'date' && from.kind === 'timestamp') return `CAST(CAST(${sql} AS TIMESTAMP) AS DATE)`;
  if (to.kind === 'timestamp') return `CAST(CAST(${sql} AS TIMESTAMP) AS TIMESTAMPTZ)`;
  return `CAST(${sql} AS ${duckType(to)})`;
}

function nestedCast(
  sql: string,
  simple: boolean,
  from: Type,
  to: Type,
  cx: CastContext,
  name: string,
): string | undefined {
  if (from.kind === 'array' && to.kind === 'array') {
    return `list_transform(${sql}, lambda e: ${castSql('e', true, from.element, to.element, cx, name)})`;
  }
  if (from.kind === 'map' && to.kind === 'map') {
    return once(
      sql,
      simple,
      (v) =>
        `CASE WHEN ${v} IS NULL THEN NULL ELSE map(list_transform(map_keys(${v}), lambda k: ${castSql('k', true, from.key, to.key, cx, name)}), ` +
        `list_transform(map_values(${v}), lambda e: ${castSql('e', true, from.value, to.value, cx, name)})) END`,
    );
  }
  if (from.kind === 'struct' && to.kind === 'struct' && from.fields.length === to.fields.length) {
    return once(sql, simple, (v) => {
      const fields = from.fields.map((field, i) => {
        const target = to.fields[i]?.type ?? field.type;
        return `f${i} := ${castSql(`${v}.f${i}`, true, field.type, target, cx, name)}`;
      });
      return `CASE WHEN ${v} IS NULL THEN NULL ELSE struct_pack(${fields.join(', ')}) END`;
    });
  }
  return undefined;
}

/** Text form of a value, as Spark's CAST to STRING prints it. */
export function toText(sql: string, simple: boolean, from: Type): string {
  switch (from.kind) {
    case 'timestamp':
      return `CAST(CAST(${sql} AS TIMESTAMP) AS VARCHAR)`;
    case 'binary':
      return `decode(${sql})`;
    case 'float':
    case 'double':
      return once(sql, simple, doubleText);
    case 'array':
      return once(
        sql,
        simple,
        (v) =>
          `CASE WHEN ${v} IS NOT NULL THEN '[' || array_to_string(list_transform(${v}, lambda e: ${orNull('e', from.element)}), ', ') || ']' END`,
      );
    case 'map':
      return once(
        sql,
        simple,
        (v) =>
          `CASE WHEN ${v} IS NOT NULL THEN '{' || array_to_string(list_transform(map_entries(${v}), lambda e: ` +
          `${orNull('e.key', from.key)} || ' -> ' || ${orNull('e.value', from.value)}), ', ') || '}' END`,
      );
    case 'struct':
      return once(
        sql,
        simple,
        (v) =>
          `CASE WHEN ${v} IS NOT NULL THEN '{' || ${from.fields.map((f, i) => orNull(`${v}.f${i}`, f.type)).join(` || ', ' || `) || "''"} || '}' END`,
      );
    case 'interval':
      return intervalText(sql, simple, from);
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

const orNull = (sql: string, type: Type) => `coalesce(${toText(sql, true, type)}, 'null')`;

function intervalText(sql: string, simple: boolean, from: Type & { kind: 'interval' }): string {
  if (from.family === 'month') {
    return once(sql, simple, (v) => {
      const months = `(datepart('year', ${v}) * 12 + datepart('month', ${v}))`;
      return `'INTERVAL ''' || CASE WHEN ${months} < 0 THEN '-' ELSE '' END || (abs(${months}) // 12) || '-' || (abs(${months}) % 12) || ''' YEAR TO MONTH'`;
    });
  }
  return once(sql, simple, (v) => {
    const micros = `(epoch_us(${v}))`;
    const part = (n: string, modulo: string) =>
      `lpad(CAST((abs(${micros}) // ${n}) % ${modulo} AS VARCHAR), 2, '0')`;
    const fraction = `rtrim(rtrim('.' || lpad(CAST(abs(${micros}) % 1000000 AS VARCHAR), 6, '0'), '0'), '.')`;
    return (
      `'INTERVAL ''' || CASE WHEN ${micros} < 0 THEN '-' ELSE '' END || (abs(${micros}) // 86400000000) || ' ' || ` +
      `${part('3600000000', '24')} || ':' || ${part('60000000', '60')} || ':' || ${part('1000000', '60')} || ${fraction} || ''' DAY TO SECOND'`
    );
  });
}

/** Java's text of a double: plain from 1E-3 up to 1E7, else `d.dddE±n`. */
function doubleText(v: string): string {
  const shortest = `regexp_replace(upper(CAST(${v} AS VARCHAR)), '^(-?\\d+)E', '\\1.0E')`;
  const digits = `CAST(${v} AS VARCHAR)`;
  // DuckDB prints the shortest digits; only the place of the point differs for large and small values.
  const mantissa = `rtrim(ltrim(replace(regexp_extract(${digits}, '^-?([0-9.]+)', 1), '.', ''), '0'), '0')`;
  const exponent = `CAST(floor(log10(abs(${v}))) AS INTEGER)`;
  const built = `CASE WHEN ${v} < 0 THEN '-' ELSE '' END || left(${mantissa}, 1) || '.' || CASE WHEN length(${mantissa}) > 1 THEN substr(${mantissa}, 2) ELSE '0' END || 'E' || ${exponent}`;
  return (
    `CASE WHEN ${v} IS NULL THEN NULL WHEN isnan(${v}) THEN 'NaN' WHEN isinf(${v}) THEN CASE WHEN ${v} > 0 THEN 'Infinity' ELSE '-Infinity' END ` +
    `WHEN ${v} = 0 THEN CAST(${v} AS VARCHAR) WHEN abs(${v}) >= 0.001 AND abs(${v}) < 10000000 THEN ${digits} ` +
    `WHEN position('e' IN ${digits}) > 0 THEN regexp_replace(regexp_replace(${shortest}, 'E\\+', 'E'), 'E(-?)0+', 'E\\1') ELSE ${built} END`
  );
}

const patterns = {
  integer: '[+-]?[0-9]+',
  decimal: '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?',
  double: '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?[dDfF]?|(?i)[+-]?(nan|inf|infinity)',
  date: '[0-9]{4,5}-[0-9]{1,2}-[0-9]{1,2}([ T].*)?',
  timestamp:
    '[0-9]{4,5}-[0-9]{1,2}-[0-9]{1,2}[ T][0-9]{1,2}(:[0-9]{1,2}(:[0-9]{1,2}(\\.[0-9]{0,9})?)?)? ?([zZ]|UTC|GMT|[+-][0-9]{1,2}(:?[0-9]{2})?|(UTC|GMT)[+-][0-9]{1,2}(:?[0-9]{2})?|[A-Za-z]+/[A-Za-z_/]+)?',
};

const malformed =
  'because it is malformed. Correct the value as per the syntax, or change its target type. Use `try_cast` to tolerate malformed input and return NULL instead.';

function fromText(sql: string, simple: boolean, to: Type, cx: CastContext, name: string): string {
  return once(sql, simple, (v) => {
    const parsed = parseText(`trim(${v}, chr(32) || chr(9) || chr(10) || chr(13))`, v, to, name);
    if (cx.safe) return parsed;
    const text = `'The value ''' || ${v} || ''' of the type "STRING" cannot be cast to "${typeText(to)}" ${malformed}'`;
    return `CASE WHEN ${v} IS NOT NULL THEN coalesce(${parsed}, ${raise('CAST_INVALID_INPUT', '22018', text)}) END`;
  });
}

/** The parsed value, or null when the text is not one. */
function parseText(trimmed: string, raw: string, to: Type, name: string): string {
  const matching = (pattern: string, then: string) =>
    `CASE WHEN regexp_full_match(${trimmed}, ${quote(pattern)}) THEN ${then} END`;
  switch (to.kind) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
      return matching(patterns.integer, `TRY_CAST(${trimmed} AS ${duckType(to)})`);
    case 'float':
    case 'double':
      return matching(
        patterns.double,
        `TRY_CAST(regexp_replace(${trimmed}, '([0-9.])[dDfF]$', '\\1') AS ${duckType(to)})`,
      );
    case 'decimal':
      return matching(patterns.decimal, `TRY_CAST(${trimmed} AS ${duckType(to)})`);
    case 'boolean':
      return `CASE WHEN lower(${trimmed}) IN ('t', 'true', 'y', 'yes', '1') THEN true WHEN lower(${trimmed}) IN ('f', 'false', 'n', 'no', '0') THEN false END`;
    case 'date':
      return `TRY_CAST(${fullDate(trimmed)} AS DATE)`;
    case 'timestamp':
    case 'timestamp_ntz':
      return (
        `CASE WHEN regexp_full_match(${trimmed}, ${quote(patterns.timestamp)}) THEN TRY_CAST(regexp_replace(regexp_replace(regexp_replace(${trimmed}, ` +
        `'([ T][0-9]{1,2})($|[zZ+ -])', '\\1:00\\2'), '(UTC|GMT)([+-])', '\\2'), ` +
        // `+0530` is `+05:30`
        `'(:[0-9.]+) ?([+-][0-9]{2})([0-9]{2})$', '\\1\\2:\\3') AS ${duckType(to)}) ` +
        `ELSE TRY_CAST(${fullDate(trimmed, true)} AS ${duckType(to)}) END`
      );
    case 'binary':
      return `encode(${raw})`;
    case 'variant':
      return `CAST(to_json(${raw}) AS JSON)`;
    case 'interval': {
      const unit = {
        YEAR: 'years',
        MONTH: 'months',
        DAY: 'days',
        HOUR: 'hours',
        MINUTE: 'minutes',
        SECOND: 'seconds',
      }[to.from];
      if (to.from === to.to && unit)
        return matching(patterns.integer, `to_${unit}(TRY_CAST(${trimmed} AS INTEGER))`);
      break;
    }
    default:
  }
  throw mismatch(
    'CAST_WITHOUT_SUGGESTION',
    `CAST(${name} AS ${typeText(to)})`,
    `cannot cast "STRING" to "${typeText(to)}".`,
  );
}

/** `2020` and `2020-3` are dates too; what follows a blank or T is dropped, unless a time is wanted. */
function fullDate(v: string, strict = false): string {
  const full = strict ? patterns.date.replace('([ T].*)?', '') : patterns.date;
  return (
    `CASE WHEN regexp_full_match(${v}, '[0-9]{4}') THEN ${v} || '-01-01' WHEN regexp_full_match(${v}, '[0-9]{4}-[0-9]{1,2}') THEN ${v} || '-01' ` +
    `WHEN regexp_full_match(${v}, ${quote(full)}) THEN regexp_extract(${v}, '^[0-9]+-[0-9]+-[0-9]+') END`
  );
}
