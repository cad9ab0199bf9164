import { SqlError } from '../../../../emulator/core/index.ts';
import { type Bound, every, marks, tail } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { mismatch, notSupported, unexpectedInput, wrongArgs } from '../errors.ts';
import {
  adjusted,
  asDecimal,
  duckType,
  implicitlyCastable,
  isFloating,
  isIntegral,
  isNumeric,
  type Type,
  t,
} from '../types/index.ts';
import { callName, type FunctionCall, type FunctionRule, rules } from './define.ts';

const aggregate = (call: FunctionCall, sql: string, type: Type): Bound => ({
  sql,
  type,
  name: callName(call),
  ...marks(call.args),
  aggregate: true,
});

const one = (call: FunctionCall): Bound => {
  const [arg] = call.args;
  if (!arg || call.args.length !== 1) throw wrongArgs(call.name, '1', call.args.length);
  return arg;
};

const distinct = (call: FunctionCall) => (call.distinct ? 'DISTINCT ' : '');

function number(call: FunctionCall): Bound {
  const arg = one(call);
  if (isNumeric(arg.type)) return arg;
  if (arg.type.kind === 'string' || arg.type.kind === 'void') return cast(arg, t.double);
  if (arg.type.kind === 'interval') return arg;
  throw mismatch(
    'UNEXPECTED_INPUT_TYPE',
    callName(call),
    `The first parameter requires the ("NUMERIC" or "ANSI INTERVAL") type, however "${arg.name}" has the type "${arg.type.kind.toUpperCase()}".`,
  );
}

/** SUM keeps BIGINT for integers and raises on overflow; decimals get ten digits more. */
function sum(call: FunctionCall): Bound {
  const arg = number(call);
  const safe = call.name.startsWith('try_') ? 'TRY_CAST' : 'CAST';
  if (isIntegral(arg.type))
    return aggregate(call, `${safe}(sum(${distinct(call)}${arg.sql})${tail} AS BIGINT)`, t.bigint);
  if (arg.type.kind === 'decimal') {
    const type = adjusted(arg.type.precision + 10, arg.type.scale);
    const capped = arg.type.precision + 10 > 38 ? t.decimal(38, arg.type.scale) : type;
    return aggregate(call, `${safe}(sum(${distinct(call)}${arg.sql})${tail} AS ${duckType(capped)})`, capped);
  }
  return aggregate(
    call,
    `sum(${distinct(call)}${arg.sql})${tail}`,
    isFloating(arg.type) ? t.double : arg.type,
  );
}

function average(call: FunctionCall): Bound {
  const arg = number(call);
  if (arg.type.kind !== 'decimal')
    return aggregate(call, `avg(${distinct(call)}${cast(arg, t.double).sql})${tail}`, t.double);
  const { precision, scale } = asDecimal(arg.type);
  const type = adjusted(precision + 4, scale + 4);
  return aggregate(call, `CAST(avg(${distinct(call)}${arg.sql})${tail} AS ${duckType(type)})`, type);
}

function count(call: FunctionCall): Bound {
  const { args } = call;
  if (args.length === 0) throw wrongArgs('count', '> 0', 0);
  const present =
    args.length === 1
      ? args[0]?.sql
      : `CASE WHEN ${args.map((a) => `${a.sql} IS NOT NULL`).join(' AND ')} THEN (${args.map((a) => a.sql).join(', ')}) END`;
  return aggregate(call, `count(${distinct(call)}${present})`, t.bigint);
}

const rule = (
  name: string,
  bind: FunctionRule['bind'],
  status: FunctionRule['status'] = 'exact',
): FunctionRule => ({
  name,
  kind: 'aggregate',
  status,
  bind,
});

/** First and last rows of a group; `true` as second argument skips nulls. */
function edge(call: FunctionCall): Bound {
  const [arg, ignore] = call.args;
  if (!arg) throw wrongArgs(call.name, '[1, 2]', 0);
  const last = call.name.startsWith('last');
  const skip = ignore?.literal?.value === true;
  const fn = last ? 'last' : 'first';
  return aggregate(call, `${fn}(${arg.sql})${tail}${skip ? `${arg.sql} IS NOT NULL${tail}` : ''}`, arg.type);
}

/** Spark's is of the population; the engine's of a sample, and not there for one or two values. */
function skewness(call: FunctionCall): Bound {
  const value = cast(number(call), t.double).sql;
  const count = `count(${value})${every}`;
  const sample = `skewness(${distinct(call)}${value})${every}`;
  if (call.distinct) throw notSupported('"skewness" with DISTINCT');
  const flat = `var_pop(${value})${every}`;
  const sql =
    `CASE WHEN ${count} = 0 THEN NULL WHEN ${flat} = 0 THEN CAST('NaN' AS DOUBLE) WHEN ${count} = 2 THEN 0.0 ` +
    `ELSE ${sample} * (${count} - 2) / sqrt(${count} * (${count} - 1)) END`;
  return aggregate(call, sql, t.double);
}

/** Joins texts; no separator and NULL are the empty text. */
function listagg(call: FunctionCall): Bound {
  const [value, separator] = call.args;
  if (!value || call.args.length > 2) throw wrongArgs(call.name, '[1, 2]', call.args.length);
  if (value.type.kind === 'binary') throw notSupported(`"${call.name}" of binary values`);
  if (!implicitlyCastable(value.type, t.string))
    throw unexpectedInput(callName(call), 'first', 'STRING', value.name, value.type);
  if (separator && separator.literal === undefined)
    throw mismatch(
      'NON_FOLDABLE_INPUT',
      callName(call),
      'the input `delimiter` should be a foldable "STRING" expression.',
    );
  const by = separator?.literal?.value == null ? "''" : cast(separator, t.string).sql;
  return aggregate(call, `string_agg(${distinct(call)}${cast(value, t.string).sql}, ${by})`, t.string);
}

/** With a second argument `true` the smallest of the most frequent values; else any of them. */
function mode(call: FunctionCall): Bound {
  const [value, deterministic] = call.args;
  if (!value || call.args.length > 2) throw wrongArgs('mode', '[0, 1, 2]', call.args.length);
  if (call.distinct)
    throw new SqlError(
      'INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED',
      '42K0K',
      'Invalid function `mode` with WITHIN GROUP. The function does not support DISTINCT with WITHIN GROUP.',
    );
  if (!deterministic) return aggregate(call, `mode(${value.sql})`, value.type);
  const literal = deterministic.literal?.value;
  if (typeof literal !== 'boolean')
    throw mismatch(
      'NON_FOLDABLE_INPUT',
      callName(call),
      'the input `deterministic` should be a foldable "BOOLEAN" expression.',
    );
  if (!literal) return aggregate(call, `mode(${value.sql})`, value.type);
  const map = `histogram(${value.sql})${tail}`;
  const sql = `list_transform([${map}], lambda m: list_min(list_filter(map_keys(m), lambda k: m[k] = list_max(map_values(m)))))[1]`;
  return aggregate(call, sql, value.type);
}

export const aggregateRules: FunctionRule[] = [
  rule('sum', sum),
  rule('skewness', skewness),
  rule('mode', mode, 'approximate'),
  rule('listagg', listagg),
  rule('string_agg', listagg),
  rule('try_sum', sum),
  rule('avg', average),
  rule('mean', average),
  rule('try_avg', average),
  rule('count', count),
  rule('first', edge),
  rule('last', edge),
  rule('any_value', edge),
  rule('first_value', edge),
  rule('last_value', edge),
  ...rules(
    'aggregate',
    'exact',
    `
min(a) -> 1 | min($1)
max(a) -> 1 | max($1)
count_if(b) -> l | count_if($1)
bool_and,every(b) -> b | bool_and($1)
bool_or,any,some(b) -> b | bool_or($1)
bit_and(l) -> l | bit_and($1)
bit_or(l) -> l | bit_or($1)
bit_xor(l) -> l | bit_xor($1)
stddev,std,stddev_samp(d) -> d | stddev_samp($1)
stddev_pop(d) -> d | stddev_pop($1)
variance,var_samp(d) -> d | var_samp($1)
var_pop(d) -> d | var_pop($1)
covar_pop(d d) -> d | covar_pop($1, $2)
covar_samp(d d) -> d | covar_samp($1, $2)
corr(d d) -> d | corr($1, $2)
regr_count(d d) -> l | CAST(regr_count($1, $2)${tail} AS BIGINT)
regr_slope(d d) -> d | regr_slope($1, $2)
regr_intercept(d d) -> d | regr_intercept($1, $2)
regr_r2(d d) -> d | regr_r2($1, $2)
regr_avgx(d d) -> d | regr_avgx($1, $2)
regr_avgy(d d) -> d | regr_avgy($1, $2)
regr_sxx(d d) -> d | regr_sxx($1, $2)
regr_syy(d d) -> d | regr_syy($1, $2)
regr_sxy(d d) -> d | regr_sxy($1, $2)
max_by(a a) -> 1 | arg_max($1, $2)
max_by(a a i) -> A1 | arg_max($1, $2, $3)
min_by(a a i) -> A1 | arg_min($1, $2, $3)
min_by(a a) -> 1 | arg_min($1, $2)
median(d) -> d | quantile_cont($1, 0.5)
collect_list,array_agg(a) -> A1 | list_filter(coalesce(list($1)${tail}, []), lambda e: e IS NOT NULL)
collect_set(a) -> A1 | list_transform([coalesce(list($1)${tail}, [])], lambda l: list_filter(l, lambda e, i: e IS NOT NULL AND list_position(l, e) = i))[1]
percentile(d A) -> Ad | quantile_cont($1, CAST($2 AS DOUBLE[]))
percentile(d d) -> d | quantile_cont($1, $2)
kurtosis(d) -> d | kurtosis_pop($1)
`,
  ),
  ...rules(
    'aggregate',
    'approximate',
    `
approx_count_distinct(a) -> l | count(DISTINCT $1)
approx_percentile,percentile_approx(n d) -> 1 | quantile_disc($1, $2)
approx_percentile,percentile_approx(n A) -> A1 | quantile_disc($1, CAST($2 AS DOUBLE[]))
approx_percentile,percentile_approx(n A l) -> A1 | quantile_disc($1, CAST($2 AS DOUBLE[]))
approx_percentile,percentile_approx(n d l) -> 1 | quantile_disc($1, $2)
`,
  ),
  ...rules(
    'window',
    'exact',
    `
row_number() -> i | CAST(row_number()${tail} AS INTEGER)
rank(a*) -> i | CAST(rank()${tail} AS INTEGER)
dense_rank(a*) -> i | CAST(dense_rank()${tail} AS INTEGER)
percent_rank() -> d | percent_rank()
cume_dist() -> d | cume_dist()
ntile(i) -> i | CAST(ntile($1)${tail} AS INTEGER)
lag(a) -> 1 | lag($1)
lag(a i) -> 1 | lag($1, $2)
lag(c i c) -> 1 | lag($1, $2, $3)
lead(a) -> 1 | lead($1)
lead(a i) -> 1 | lead($1, $2)
lead(c i c) -> 1 | lead($1, $2, $3)
nth_value(a i) -> 1 | nth_value($1, $2)
`,
  ),
];
