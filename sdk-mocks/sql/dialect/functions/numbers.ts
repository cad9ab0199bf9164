import { SqlError } from '../../../../emulator/core/index.ts';
import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { arithmetic, condition, withoutZeroError } from '../bind/operators.ts';
import { notSupported } from '../errors.ts';
import { asDecimal, duckType, isIntegral, isNumeric, parseType, type Type, t } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

function round(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const raw = arg(call, 0);
  const value = isNumeric(raw.type) ? raw : arg(call, 0, t.double);
  const digits = call.args[1]?.literal?.value ?? (call.args[1] ? undefined : 0);
  if (typeof digits !== 'number') throw notSupported('"round" with a scale that is not a literal');
  const fn = call.name === 'bround' ? 'round_even' : 'round';
  if (value.type.kind === 'decimal') {
    const scale = Math.max(0, Math.min(value.type.scale, digits));
    const type = t.decimal(Math.min(38, value.type.precision - value.type.scale + scale + 1), scale);
    return made(call, `CAST(${fn}(${value.sql}, ${digits}) AS ${duckType(type)})`, type);
  }
  if (isIntegral(value.type) && digits >= 0) return made(call, value.sql, value.type);
  if (!isIntegral(value.type))
    return made(call, `CAST(${fn}(${value.sql}, ${digits}) AS ${duckType(value.type)})`, value.type);
  const { kind } = value.type;
  const bits = kind === 'tinyint' ? 7 : kind === 'smallint' ? 15 : kind === 'int' ? 31 : 63;
  const overflow = raise(
    'ARITHMETIC_OVERFLOW',
    '22003',
    '\'Overflow. If necessary set "ansi_mode" to "false" to bypass this error.\'',
  );
  const rounded = `${fn}(CAST(${value.sql} AS DECIMAL(38,0)), ${digits})`;
  const body = `CASE WHEN $1 BETWEEN ${-(2n ** BigInt(bits))} AND ${2n ** BigInt(bits) - 1n} THEN CAST($1 AS ${duckType(value.type)}) WHEN $1 IS NOT NULL THEN ${overflow} END`;
  return made(call, fill(body, [{ sql: rounded }]), value.type);
}

/** `ceil(x)` is whole; with a number of digits the result is a DECIMAL (docs: functions/ceil). */
function ceilFloor(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const fn = call.name === 'floor' ? 'floor' : 'ceil';
  const raw = arg(call, 0);
  const value = isNumeric(raw.type) ? raw : arg(call, 0, t.double);
  if (call.args.length === 2) return scaled(call, fn, value);
  if (value.type.kind === 'decimal') {
    const type = t.decimal(Math.max(1, value.type.precision - value.type.scale + 1), 0);
    return made(call, `CAST(${fn}(${value.sql}) AS ${duckType(type)})`, type);
  }
  return made(call, `CAST(${fn}(${value.sql}) AS BIGINT)`, t.bigint);
}

function scaled(call: FunctionCall, fn: string, value: Bound): Bound {
  const digits = call.args[1]?.literal?.value;
  if (typeof digits !== 'number' || !Number.isInteger(digits)) {
    throw new SqlError(
      'NON_FOLDABLE_ARGUMENT',
      '42K08',
      `The function \`${call.name}\` requires the parameter \`scale\` to be a foldable expression of the type "INT", but the actual argument is a non-foldable.`,
    );
  }
  const from =
    value.type.kind === 'double' || value.type.kind === 'float'
      ? value.type.kind === 'float'
        ? { precision: 14, scale: 7 }
        : { precision: 30, scale: 15 }
      : asDecimal(value.type);
  const scale = Math.max(0, Math.min(from.scale, digits));
  const whole = from.precision - from.scale;
  const precision = digits < 0 ? Math.max(whole, -digits) + 1 : whole + scale + 1;
  const type = t.decimal(Math.min(38, precision), scale);
  const exact = `CAST(${value.sql} AS DECIMAL(38,${from.scale}))`;
  if (digits >= from.scale) return made(call, `CAST(${value.sql} AS ${duckType(type)})`, type);
  const unit = `CAST('${10 ** Math.abs(digits)}' AS DECIMAL(38,0))`;
  if (digits >= 0)
    return made(call, `CAST(${fn}(${exact} * ${10 ** digits}) / ${10 ** digits} AS ${duckType(type)})`, type);
  const step =
    fn === 'ceil'
      ? fill(`CASE WHEN $1 % ${unit} > 0 THEN $1 - $1 % ${unit} + ${unit} ELSE $1 - $1 % ${unit} END`, [
          { sql: `ceil(${exact})` },
        ])
      : fill(`CASE WHEN $1 % ${unit} < 0 THEN $1 - $1 % ${unit} - ${unit} ELSE $1 - $1 % ${unit} END`, [
          { sql: `floor(${exact})` },
        ]);
  return made(call, `CAST(${step} AS ${duckType(type)})`, type);
}

function abs(call: FunctionCall): Bound {
  arity(call, 1);
  const raw = arg(call, 0);
  const value = isNumeric(raw.type) ? raw : arg(call, 0, t.double);
  return made(call, `abs(${value.sql})`, value.type);
}

function formatNumber(call: FunctionCall): Bound {
  arity(call, 2);
  const digits = call.args[1]?.literal?.value;
  if (typeof digits !== 'number') throw notSupported('"format_number" with a pattern');
  const value = arg(call, 0, t.double);
  return made(call, `format('{:,.${Math.max(0, Math.trunc(digits))}f}', ${value.sql})`, t.string);
}

/** `int('1')` and the like are casts. */
const castRules = [
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'float',
  'double',
  'string',
  'binary',
  'date',
  'timestamp',
  'decimal',
].map((name) =>
  rule(name, (call) => {
    arity(call, 1);
    return { ...cast(arg(call, 0), parseType(name)), name: callName(call) };
  }),
);

/** Only the operator is tried: an error of an operand stays an error (code: Spark TryEval, try_add). */
function tried(call: FunctionCall, op: string): Bound {
  const operands = [arg(call, 0), arg(call, 1)].map((operand, i) => {
    const plain = (operand.column ?? false) || operand.literal !== undefined;
    return { outer: operand, inner: plain ? operand : { ...operand, sql: `tr${i}`, simple: true }, plain };
  });
  const [left, right] = operands;
  if (!left || !right) throw notSupported(call.name);
  const value = arithmetic(op, left.inner, right.inner);
  const attempt = `TRY(${withinBounds(withoutZeroError(value.sql), value.type)})`;
  const sql = operands.reduceRight(
    (inner, operand, i) =>
      operand.plain ? inner : `list_transform([${operand.outer.sql}], lambda tr${i}: ${inner})[1]`,
    attempt,
  );
  return made(call, sql, value.type);
}

/** The engine's intervals reach further than Spark's, which are microseconds in 64 bits. */
function withinBounds(sql: string, type: Type): string {
  if (type.kind !== 'interval' || type.family !== 'day') return sql;
  return fill('CASE WHEN abs(epoch($1)) < 9223372036854.775 THEN $1 END', [{ sql }]);
}

/** `try_add` and its like: the operator, NULL instead of an error. */
const tryRules = Object.entries({
  try_add: '+',
  try_subtract: '-',
  try_multiply: '*',
  try_divide: '/',
  try_mod: '%',
}).map(([name, op]) =>
  rule(name, (call) => {
    arity(call, 2);
    return tried(call, op);
  }),
);

export const numbersRules: FunctionRule[] = [
  rule('round', round),
  rule('bround', round),
  rule('ceil', ceilFloor),
  rule('ceiling', ceilFloor),
  rule('floor', ceilFloor),
  rule('abs', abs),
  ...castRules,
  ...tryRules,
  rule('format_number', formatNumber),
  rule('mod', (call) => ({ ...arithmetic('%', arg(call, 0), arg(call, 1)), name: callName(call) })),
  rule('pmod', (call) => {
    const value = arithmetic('%', arg(call, 0), arg(call, 1));
    return made(
      call,
      fill('CASE WHEN $1 < 0 THEN ($1 + $2) % $2 ELSE $1 END', [value, cast(arg(call, 1), value.type)]),
      value.type,
    );
  }),
  rule('positive', (call) => {
    arity(call, 1);
    const value = arg(call, 0);
    return { ...(value.type.kind === 'string' ? cast(value, t.double) : value), name: callName(call) };
  }),
  rule('negative', (call) => ({ ...made(call, `(-${arg(call, 0).sql})`, arg(call, 0).type) })),
  rule('not', (call) => made(call, `(NOT ${condition(arg(call, 0), '').sql})`, t.boolean)),
];
