import { type Bound, fill, marks, raise } from '../bind/bound.ts';
import { cast, toText } from '../bind/cast.ts';
import { arithmetic, condition } from '../bind/operators.ts';
import { mismatch, notSupported, ordinal, unexpectedInput, wrongArgs } from '../errors.ts';
import {
  duckType,
  implicitlyCastable,
  isIntegral,
  isNested,
  isNumeric,
  parseType,
  quote,
  type Type,
  t,
  typeText,
  widest,
} from '../types/index.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';
import { strftimePattern } from './patterns.ts';

const made = (call: FunctionCall, sql: string, type: Type): Bound => ({
  sql,
  type,
  name: callName(call),
  ...marks(call.args),
});

const rule = (
  name: string,
  bind: (call: FunctionCall) => Bound,
  status: FunctionRule['status'] = 'exact',
  note?: string,
): FunctionRule => ({
  name,
  kind: 'scalar',
  status,
  bind,
  ...(note === undefined ? {} : { note }),
});

function arg(call: FunctionCall, index: number, type?: Type): Bound {
  const value = call.args[index];
  if (!value) throw wrongArgs(call.name, `at least ${index + 1}`, call.args.length);
  if (!type) return value;
  if (!implicitlyCastable(value.type, type))
    throw unexpectedInput(callName(call), ordinal(index), typeText(type), value.name, value.type);
  return cast(value, type);
}

function arity(call: FunctionCall, ...sizes: number[]): void {
  if (!sizes.includes(call.args.length)) {
    throw wrongArgs(
      call.name,
      sizes.length === 1 ? String(sizes[0]) : `[${sizes.join(', ')}]`,
      call.args.length,
    );
  }
}

function arrayArg(call: FunctionCall, index: number): { value: Bound; element: Type } {
  const value = arg(call, index);
  if (value.type.kind === 'void')
    return { value: { ...value, sql: 'CAST(NULL AS INTEGER[])' }, element: t.void };
  if (value.type.kind !== 'array')
    throw unexpectedInput(callName(call), ordinal(index), 'ARRAY', value.name, value.type);
  return { value, element: value.type.element };
}

function literalText(call: FunctionCall, index: number): string {
  const value = arg(call, index);
  const literal = value.literal?.value;
  if (typeof literal !== 'string')
    throw notSupported(`"${call.name}" with a ${ordinal(index)} argument that is not a string literal`);
  return literal;
}

/** All arguments brought to one type. */
function common(call: FunctionCall, args: readonly Bound[]): { type: Type; args: Bound[] } {
  const type = widest(args.map((a) => a.type));
  if (!type) {
    throw mismatch(
      'DATA_DIFF_TYPES',
      callName(call),
      `Input to \`${call.name}\` should all be the same type, but it's [${args.map((a) => `"${typeText(a.type)}"`).join(', ')}].`,
    );
  }
  return { type, args: args.map((a) => cast(a, type)) };
}

function ifRule(call: FunctionCall): Bound {
  arity(call, 3);
  const test = condition(arg(call, 0), call.args[0]?.name ?? '');
  const { type, args } = common(call, call.args.slice(1));
  return {
    ...made(call, `CASE WHEN ${test.sql} THEN ${args[0]?.sql} ELSE ${args[1]?.sql} END`, type),
    name: `(IF(${call.args.map((a) => a.name).join(', ')}))`,
  };
}

function concat(call: FunctionCall): Bound {
  if (call.args.length === 0) return made(call, "''", t.string);
  if (
    call.args.every((a) => a.type.kind === 'array' || a.type.kind === 'void') &&
    call.args.some((a) => a.type.kind === 'array')
  ) {
    const { type, args } = common(call, call.args);
    return made(
      call,
      args.map((a) => a.sql).reduce((x, y) => `(${x} || ${y})`),
      type,
    );
  }
  if (call.args.every((a) => a.type.kind === 'binary'))
    return made(call, `(${call.args.map((a) => a.sql).join(' || ')})`, t.binary);
  const texts = call.args.map((a, i) => arg(call, i, t.string) ?? a);
  return made(call, `(${texts.map((a) => a.sql).join(' || ')})`, t.string);
}

function concatWs(call: FunctionCall): Bound {
  const separator = arg(call, 0, t.string);
  const lists = call.args
    .slice(1)
    .map((a) => (a.type.kind === 'array' ? `CAST(${a.sql} AS VARCHAR[])` : `[${cast(a, t.string).sql}]`));
  const all =
    lists.length === 0
      ? 'CAST([] AS VARCHAR[])'
      : lists.length === 1
        ? lists[0]
        : `flatten([${lists.join(', ')}])`;
  return made(
    call,
    `array_to_string(list_filter(${all}, lambda x: x IS NOT NULL), ${separator.sql})`,
    t.string,
  );
}

function array(call: FunctionCall): Bound {
  const { type, args } = common(call, call.args);
  return made(
    call,
    `CAST([${args.map((a) => a.sql).join(', ')}] AS ${duckType(t.array(type))})`,
    t.array(type),
  );
}

function map(call: FunctionCall): Bound {
  if (call.args.length % 2 !== 0) throw wrongArgs(call.name, '2n (n > 0)', call.args.length);
  const keys = common(
    call,
    call.args.filter((_a, i) => i % 2 === 0),
  );
  const values = common(
    call,
    call.args.filter((_a, i) => i % 2 === 1),
  );
  const list = keys.args.map((a) => a.sql).join(', ');
  const duplicate = raise(
    'DUPLICATED_MAP_KEY',
    '23505',
    "'Duplicate map key was found, please check the input data.'",
  );
  const sql = `map(CASE WHEN len(list_distinct([${list}])) < ${keys.args.length} THEN ${duplicate} ELSE [${list}] END, [${values.args.map((a) => a.sql).join(', ')}])`;
  const type: Type = t.map(keys.type, values.type);
  return made(call, call.args.length === 0 ? 'map([], [])' : `CAST(${sql} AS ${duckType(type)})`, type);
}

function struct(call: FunctionCall): Bound {
  const fields = call.args.map((a, i) => ({ name: fieldName(a, i), type: a.type }));
  return made(call, `struct_pack(${call.args.map((a, i) => `f${i} := ${a.sql}`).join(', ')})`, {
    kind: 'struct',
    fields,
  });
}

const fieldName = (value: Bound, index: number) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(value.name) ? value.name : `col${index + 1}`;

function namedStruct(call: FunctionCall): Bound {
  if (call.args.length % 2 !== 0) throw wrongArgs(call.name, '2n (n > 0)', call.args.length);
  const values = call.args.filter((_a, i) => i % 2 === 1);
  const fields = values.map((a, i) => ({ name: literalText(call, i * 2), type: a.type }));
  return made(call, `struct_pack(${values.map((a, i) => `f${i} := ${a.sql}`).join(', ')})`, {
    kind: 'struct',
    fields,
  });
}

function elementAt(call: FunctionCall): Bound {
  arity(call, 2);
  const value = arg(call, 0);
  const tolerant = call.name === 'try_element_at';
  if (value.type.kind === 'map') {
    const key = cast(arg(call, 1), value.type.key);
    return made(
      call,
      `element_at(${value.sql}, ${key.sql})[1]`.replace('element_at', 'map_extract'),
      value.type.value,
    );
  }
  const { element } = arrayArg(call, 0);
  const index = arg(call, 1, t.int);
  const outside = tolerant
    ? 'NULL'
    : raise(
        'INVALID_ARRAY_INDEX_IN_ELEMENT_AT',
        '22003',
        "'The index ' || $2 || ' is out of bounds. The array has ' || len($1) || ' elements. Use `try_element_at` to tolerate accessing element at invalid index and return NULL instead.'",
      );
  const zero = raise(
    'INVALID_INDEX_OF_ZERO',
    '22003',
    "'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).'",
  );
  return made(
    call,
    fill(`CASE WHEN $2 = 0 THEN ${zero} WHEN abs($2) > len($1) THEN ${outside} ELSE $1[$2] END`, [
      value,
      index,
    ]),
    element,
  );
}

/** `a[i]`, 0-based. */
export function subscript(value: Bound, index: Bound): Bound {
  const name = `${value.name}[${index.name}]`;
  const more = marks([value, index]);
  if (value.type.kind === 'map') {
    return {
      sql: `map_extract(${value.sql}, ${cast(index, value.type.key).sql})[1]`,
      type: value.type.value,
      name,
      ...more,
    };
  }
  if (value.type.kind !== 'array')
    throw mismatch(
      'UNEXPECTED_INPUT_TYPE',
      name,
      `The first parameter requires the ("ARRAY" or "MAP") type, however "${value.name}" has the type "${typeText(value.type)}".`,
    );
  const outside = raise(
    'INVALID_ARRAY_INDEX',
    '22003',
    "'The index ' || $2 || ' is out of bounds. The array has ' || len($1) || ' elements. Use the SQL function `get()` to tolerate accessing element at invalid index and return NULL instead.'",
  );
  return {
    sql: fill(`CASE WHEN $2 < 0 OR $2 >= len($1) THEN ${outside} ELSE $1[$2 + 1] END`, [
      value,
      cast(index, t.int),
    ]),
    type: value.type.element,
    name,
    ...more,
  };
}

function size(call: FunctionCall): Bound {
  const value = arg(call, 0);
  if (value.type.kind === 'map') return made(call, `CAST(cardinality(${value.sql}) AS INTEGER)`, t.int);
  arrayArg(call, 0);
  return made(call, `CAST(len(${value.sql}) AS INTEGER)`, t.int);
}

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
  return made(call, `CAST(${fn}(${value.sql}, ${digits}) AS ${duckType(value.type)})`, value.type);
}

function ceilFloor(call: FunctionCall): Bound {
  arity(call, 1);
  const fn = call.name === 'floor' ? 'floor' : 'ceil';
  const raw = arg(call, 0);
  const value = isNumeric(raw.type) ? raw : arg(call, 0, t.double);
  if (value.type.kind === 'decimal') {
    const type = t.decimal(Math.max(1, value.type.precision - value.type.scale + 1), 0);
    return made(call, `CAST(${fn}(${value.sql}) AS ${duckType(type)})`, type);
  }
  return made(call, `CAST(${fn}(${value.sql}) AS BIGINT)`, t.bigint);
}

function abs(call: FunctionCall): Bound {
  arity(call, 1);
  const raw = arg(call, 0);
  const value = isNumeric(raw.type) ? raw : arg(call, 0, t.double);
  return made(call, `abs(${value.sql})`, value.type);
}

function sha2(call: FunctionCall): Bound {
  arity(call, 2);
  const bits = call.args[1]?.literal?.value;
  if (bits !== 256 && bits !== 0) throw notSupported('"sha2" with another length than 256');
  const value = arg(call, 0);
  return made(
    call,
    `sha256(${value.type.kind === 'binary' ? value.sql : cast(value, t.string).sql})`,
    t.string,
  );
}

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
  const pattern = strftimePattern(literalText(call, 1)).replaceAll('%-', '%');
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
  return made(
    call,
    `strftime(CAST(${value.sql} AS TIMESTAMP), ${quote(strftimePattern(literalText(call, 1)))})`,
    t.string,
  );
}

function fromUnixtime(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const pattern = call.args[1] ? strftimePattern(literalText(call, 1)) : '%Y-%m-%d %H:%M:%S';
  return made(
    call,
    `strftime(CAST(to_timestamp(${arg(call, 0, t.bigint).sql}) AS TIMESTAMP), ${quote(pattern)})`,
    t.string,
  );
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

function sequence(call: FunctionCall): Bound {
  arity(call, 2, 3);
  const from = arg(call, 0);
  if (!isIntegral(from.type)) return dateSequence(call);
  const { type, args } = common(call, call.args);
  const step = args[2] ?? { sql: 'CASE WHEN $1 <= $2 THEN 1 ELSE -1 END', simple: true };
  const illegal = raise(
    'ILLEGAL_SEQUENCE_BOUNDARIES',
    '22023',
    "'Illegal sequence boundaries: ' || $1 || ' to ' || $2 || ' by ' || $3 || '.'",
  );
  const many = raise(
    'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER',
    '54000',
    "'Cannot create an array with more than 10000000 elements.'",
  );
  const body = `CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN ($3 = 0 AND $1 <> $2) OR ($3 > 0 AND $1 > $2) OR ($3 < 0 AND $1 < $2) THEN ${illegal} WHEN $3 = 0 THEN [CAST($1 AS BIGINT)] WHEN ($2 - $1) / $3 > 10000000 THEN ${many} ELSE generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT)) END`;
  const filled = args[2] ? fill(body, args) : fill(body.replaceAll('$3', `(${step.sql})`), args);
  return made(call, `CAST(${filled} AS ${duckType(t.array(type))})`, t.array(type));
}

function dateSequence(call: FunctionCall): Bound {
  const { type, args } = common(call, call.args.slice(0, 2));
  if (type.kind !== 'date' && type.kind !== 'timestamp')
    throw notSupported(`"sequence" of ${typeText(type)}`);
  const step = call.args[2]?.sql ?? 'to_days(1)';
  const [a, b] = args;
  if (type.kind === 'date')
    return made(
      call,
      `CAST(generate_series(CAST(${a?.sql} AS TIMESTAMP), CAST(${b?.sql} AS TIMESTAMP), ${step}) AS DATE[])`,
      t.array(type),
    );
  return made(call, `generate_series(${a?.sql}, ${b?.sql}, ${step})`, t.array(type));
}

function lambdaOf(
  call: FunctionCall,
  index: number,
  types: readonly Type[],
): { variables: readonly string[]; body: Bound } {
  const value = arg(call, index);
  if (!value.lambda) throw unexpectedInput(callName(call), ordinal(index), 'LAMBDA', value.name, value.type);
  return value.lambda(types);
}

function transform(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element, t.int]);
  if (variables.length > 1) {
    const index = variables[1];
    const shifted = body.sql.replaceAll(index ?? '', `(${index} - 1)`);
    return made(
      call,
      `list_transform(${value.sql}, lambda ${variables.join(', ')}: ${shifted})`,
      t.array(body.type),
    );
  }
  return made(call, `list_transform(${value.sql}, lambda ${variables[0]}: ${body.sql})`, t.array(body.type));
}

function filter(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element, t.int]);
  if (variables.length > 1) throw notSupported('"filter" with an index');
  return made(
    call,
    `list_filter(${value.sql}, lambda ${variables[0]}: ${condition(body, body.name).sql})`,
    value.type,
  );
}

/** `exists` and `forall` with three-valued logic. */
function quantified(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element]);
  const list = `list_transform(${value.sql}, lambda ${variables[0]}: ${condition(body, body.name).sql})`;
  const hit = call.name === 'exists' ? 'true' : 'false';
  const miss = call.name === 'exists' ? 'false' : 'true';
  return made(
    call,
    fill(
      `CASE WHEN $1 IS NULL THEN NULL WHEN list_contains($1, ${hit}) THEN ${hit} WHEN len(list_filter($1, lambda e: e IS NULL)) > 0 THEN NULL ELSE ${miss} END`,
      [{ sql: list }],
    ),
    t.boolean,
  );
}

function fold(call: FunctionCall): Bound {
  arity(call, 3, 4);
  const { value, element } = arrayArg(call, 0);
  const start = arg(call, 1);
  const { variables, body } = lambdaOf(call, 2, [start.type, element]);
  const merged = cast(body, start.type);
  const [acc, x] = variables;
  // The start value and the elements have different types, so the list holds pairs: (accumulator, element).
  const pairs = `list_prepend(struct_pack(a := ${start.sql}, e := CAST(NULL AS ${duckType(element)})), list_transform(${value.sql}, lambda q: struct_pack(a := CAST(NULL AS ${duckType(start.type)}), e := q)))`;
  const step = merged.sql
    .replaceAll(new RegExp(`\\b${acc}\\b`, 'g'), 'p.a')
    .replaceAll(new RegExp(`\\b${x}\\b`, 'g'), 'q.e');
  const reduced = `list_reduce(${pairs}, lambda p, q: struct_pack(a := ${step}, e := q.e)).a`;
  if (call.args.length === 3)
    return made(call, `CASE WHEN ${value.sql} IS NULL THEN NULL ELSE ${reduced} END`, start.type);
  const finish = lambdaOf(call, 3, [start.type]);
  return made(
    call,
    `list_transform([${reduced}], lambda ${finish.variables[0]}: ${finish.body.sql})[1]`,
    finish.body.type,
  );
}

function setOperation(call: FunctionCall): Bound {
  arity(call, 2);
  const { type, args } = common(call, call.args);
  const bodies: Record<string, string> = {
    array_union: 'list_distinct($1 || $2)',
    array_intersect: 'list_distinct(list_filter($1, lambda x: list_contains($2, x)))',
    array_except: 'list_distinct(list_filter($1, lambda x: NOT list_contains($2, x)))',
    arrays_overlap: 'list_has_any($1, $2)',
  };
  return made(
    call,
    fill(bodies[call.name] ?? 'NULL', args),
    call.name === 'arrays_overlap' ? t.boolean : type,
  );
}

function slice(call: FunctionCall): Bound {
  arity(call, 3);
  const { value } = arrayArg(call, 0);
  const zero = raise(
    'INVALID_PARAMETER_VALUE.START',
    '22023',
    "'Expects a positive or a negative value for `start`, but got 0.'",
  );
  const body = `CASE WHEN $2 = 0 THEN ${zero} WHEN $2 < 0 AND -$2 > len($1) THEN [] WHEN $2 > 0 THEN list_slice($1, $2, $2 + $3 - 1) ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END`;
  return made(call, fill(body, [value, arg(call, 1, t.int), arg(call, 2, t.int)]), value.type);
}

function elt(call: FunctionCall): Bound {
  const index = arg(call, 0, t.int);
  const { type, args } = common(call, call.args.slice(1));
  const outside = raise(
    'INVALID_ARRAY_INDEX',
    '22003',
    `'The index ' || $1 || ' is out of bounds. The array has ${args.length} elements. If necessary set "ansi_mode" to "false" to bypass this error.'`,
  );
  const whens = args.map((a, i) => `WHEN $1 = ${i + 1} THEN ${a.sql}`).join(' ');
  return made(call, fill(`CASE WHEN $1 IS NULL THEN NULL ${whens} ELSE ${outside} END`, [index]), type);
}

function encode(call: FunctionCall): Bound {
  arity(call, 2);
  const charset = call.args[1]?.literal?.value;
  const value = arg(call, 0, t.string);
  if (typeof charset === 'string') {
    if (!/^utf-?8$/i.test(charset)) throw notSupported(`the character set of "encode"`);
    return made(call, `encode(${value.sql})`, t.binary);
  }
  const wrong = raise(
    'INVALID_PARAMETER_VALUE.CHARSET',
    '22023',
    "'Expects one of the iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8, but got ' || $2 || '.'",
  );
  return made(
    call,
    fill(`CASE WHEN upper($2) IN ('UTF-8', 'UTF8') THEN encode($1) WHEN $2 IS NOT NULL THEN ${wrong} END`, [
      value,
      arg(call, 1, t.string),
    ]),
    t.binary,
  );
}

function decode(call: FunctionCall): Bound {
  if (call.args.length === 2) {
    if (!/^utf-?8$/i.test(literalText(call, 1))) throw notSupported('the character set of "decode"');
    const value = arg(call, 0);
    return made(
      call,
      value.type.kind === 'binary' ? `decode(${value.sql})` : cast(value, t.string).sql,
      t.string,
    );
  }
  const rest = call.args.slice(1);
  const pairs = Math.floor(rest.length / 2);
  const results = [...rest.filter((_a, i) => i % 2 === 1), ...(rest.length % 2 === 1 ? rest.slice(-1) : [])];
  const { type, args } = common(call, results);
  const subject = common(call, [arg(call, 0), ...rest.filter((_a, i) => i % 2 === 0 && i < pairs * 2)]);
  const whens = Array.from(
    { length: pairs },
    (_u, i) =>
      `WHEN ${subject.args[0]?.sql} IS NOT DISTINCT FROM ${subject.args[i + 1]?.sql} THEN ${args[i]?.sql}`,
  );
  return made(call, `CASE ${whens.join(' ')} ELSE ${args[pairs]?.sql ?? 'NULL'} END`, type);
}

function toBinary(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const format = call.args[1] ? literalText(call, 1).toLowerCase() : 'hex';
  const value = arg(call, 0, t.string);
  if (format === 'utf-8' || format === 'utf8') return made(call, `encode(${value.sql})`, t.binary);
  const wrong = raise(
    'CONVERSION_INVALID_INPUT',
    '22018',
    `'The value ''' || $1 || ''' ("STRING") cannot be converted to "BINARY" because its format is malformed. Correct the value as per the syntax, or change its format. Use \`try_to_binary\` to tolerate malformed input and return NULL instead.'`,
  );
  const failed = call.name === 'try_to_binary' ? 'NULL' : wrong;
  const valid =
    format === 'hex'
      ? `regexp_full_match($1, '([0-9a-fA-F]{2})*')`
      : `regexp_full_match($1, '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?')`;
  if (format !== 'hex' && format !== 'base64') throw notSupported(`the format of "${call.name}"`);
  const body = `CASE WHEN $1 IS NULL THEN NULL WHEN ${valid} THEN ${format === 'hex' ? 'unhex' : 'from_base64'}($1) ELSE ${failed} END`;
  return made(call, fill(body, [value]), t.binary);
}

function urlDecode(call: FunctionCall): Bound {
  arity(call, 1);
  const wrong =
    call.name === 'try_url_decode'
      ? 'NULL'
      : raise(
          'CANNOT_DECODE_URL',
          '22546',
          `'The provided URL cannot be decoded: ' || $1 || '. Please ensure that the URL is properly formatted and try again.'`,
        );
  return made(
    call,
    fill(
      `CASE WHEN regexp_full_match($1, '([^%]|%[0-9a-fA-F]{2})*') THEN url_decode(replace($1, '+', ' ')) WHEN $1 IS NOT NULL THEN ${wrong} END`,
      [arg(call, 0, t.string)],
    ),
    t.string,
  );
}

function group(call: FunctionCall): Bound {
  arity(call, 1);
  const name = arg(call, 0).literal?.value;
  if (typeof name !== 'string')
    throw notSupported(`"${call.name}" with a group name that is not a string literal`);
  const member =
    call.name === 'is_member'
      ? call.session.isWorkspaceGroupMember(name)
      : call.session.isAccountGroupMember(name);
  return { ...made(call, String(member), t.boolean), simple: true };
}

function sessionText(call: FunctionCall): Bound {
  arity(call, 0);
  const { user, catalog, schema, timeZone, metastore } = call.session;
  const values: Record<string, string> = {
    current_catalog: catalog,
    current_schema: schema,
    current_database: schema,
    current_timezone: timeZone,
    current_metastore: metastore,
  };
  const value = values[call.name] ?? user;
  return { ...made(call, quote(value), t.string), literal: { value }, simple: true };
}

function now(call: FunctionCall): Bound {
  const sql = call.session.now();
  if (call.name === 'current_date' || call.name === 'curdate')
    return made(call, `CAST(CAST(${sql} AS TIMESTAMP) AS DATE)`, t.date);
  if (call.name === 'localtimestamp') return made(call, `CAST(${sql} AS TIMESTAMP)`, t.timestamp_ntz);
  return made(call, sql, t.timestamp);
}

function random(call: FunctionCall): Bound {
  call.session.volatile();
  if (call.args.length > 0) throw notSupported(`"${call.name}" with a seed`);
  return made(
    call,
    call.name === 'uuid' ? 'CAST(gen_random_uuid() AS VARCHAR)' : 'random()',
    call.name === 'uuid' ? t.string : t.double,
  );
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
    const value = arithmetic(op, arg(call, 0), arg(call, 1));
    return made(call, `TRY(${value.sql})`, value.type);
  }),
);

function regexpExtract(call: FunctionCall): Bound {
  arity(call, 3);
  const index = call.args[2]?.literal?.value;
  if (typeof index !== 'number') throw notSupported(`"${call.name}" with a group that is not a literal`);
  const fn = call.name === 'regexp_extract' ? 'regexp_extract' : 'regexp_extract_all';
  return made(
    call,
    `${fn}(${arg(call, 0, t.string).sql}, ${arg(call, 1, t.string).sql}, ${index})`,
    fn === 'regexp_extract' ? t.string : t.array(t.string),
  );
}

function sortArray(call: FunctionCall): Bound {
  arity(call, 2);
  const { value } = arrayArg(call, 0);
  const ascending = call.args[1]?.literal?.value;
  if (typeof ascending !== 'boolean') throw notSupported('"sort_array" with an order that is not a literal');
  return made(
    call,
    `list_sort(${value.sql}, ${ascending ? "'ASC', 'NULLS FIRST'" : "'DESC', 'NULLS LAST'"})`,
    value.type,
  );
}

function mapPart(call: FunctionCall): Bound {
  arity(call, 1);
  const value = arg(call, 0);
  if (value.type.kind !== 'map')
    throw unexpectedInput(callName(call), 'first', 'MAP', value.name, value.type);
  const { key, value: item } = value.type;
  if (call.name === 'map_keys') return made(call, `map_keys(${value.sql})`, t.array(key));
  if (call.name === 'map_values') return made(call, `map_values(${value.sql})`, t.array(item));
  const fields = [
    { name: 'key', type: key },
    { name: 'value', type: item },
  ];
  return made(
    call,
    `list_transform(map_entries(${value.sql}), lambda e: struct_pack(f0 := e.key, f1 := e.value))`,
    t.array({ kind: 'struct', fields }),
  );
}

function mapContains(call: FunctionCall): Bound {
  const value = arg(call, 0);
  if (value.type.kind !== 'map')
    throw unexpectedInput(callName(call), 'first', 'MAP', value.name, value.type);
  return made(call, `map_contains(${value.sql}, ${cast(arg(call, 1), value.type.key).sql})`, t.boolean);
}

function get(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, element } = arrayArg(call, 0);
  return made(call, fill('CASE WHEN $2 >= 0 THEN $1[$2 + 1] END', [value, arg(call, 1, t.int)]), element);
}

function arrayPosition(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, element } = arrayArg(call, 0);
  const item = arg(call, 1);
  const type = widest([element, item.type]);
  if (!type) throw unexpectedInput(callName(call), 'second', typeText(element), item.name, item.type);
  const list = cast(value, t.array(type));
  if (call.name === 'array_remove')
    return made(
      call,
      fill('CASE WHEN $2 IS NULL THEN NULL ELSE list_filter($1, lambda x: x IS DISTINCT FROM $2) END', [
        list,
        cast(item, type),
      ]),
      list.type,
    );
  return made(
    call,
    fill('CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE coalesce(list_position($1, $2), 0) END', [
      list,
      cast(item, type),
    ]),
    t.bigint,
  );
}

function formatNumber(call: FunctionCall): Bound {
  arity(call, 2);
  const digits = call.args[1]?.literal?.value;
  if (typeof digits !== 'number') throw notSupported('"format_number" with a pattern');
  const value = arg(call, 0, t.double);
  return made(call, `format('{:,.${Math.max(0, Math.trunc(digits))}f}', ${value.sql})`, t.string);
}

function typeOf(call: FunctionCall): Bound {
  arity(call, 1);
  const value = typeText(arg(call, 0).type).toLowerCase().replaceAll(': ', ':').replaceAll(', ', ',');
  return { ...made(call, quote(value), t.string), literal: { value } };
}

function toJson(call: FunctionCall): Bound {
  const value = arg(call, 0);
  if (!isNested(value.type)) throw unexpectedInput(callName(call), 'first', 'STRUCT', value.name, value.type);
  return made(call, fill('$1', [{ sql: jsonText(value.sql, value.type, 0) }]), t.string);
}

/** JSON as Spark writes it: no blanks, null fields of structs left out. */
function jsonText(sql: string, type: Type, depth: number): string {
  const v = `j${depth}`;
  if (type.kind === 'struct') {
    const fields = type.fields.map(
      (f, i) =>
        `CASE WHEN ${v}.f${i} IS NOT NULL THEN ${quote(`${JSON.stringify(f.name)}:`)} || ${jsonText(`${v}.f${i}`, f.type, depth + 1)} END`,
    );
    return `list_transform([${sql}], lambda ${v}: CASE WHEN ${v} IS NOT NULL THEN '{' || array_to_string(list_filter([${fields.join(', ')}], lambda x: x IS NOT NULL), ',') || '}' END)[1]`;
  }
  if (type.kind === 'array')
    return `('[' || array_to_string(list_transform(${sql}, lambda ${v}: coalesce(${jsonText(v, type.element, depth + 1)}, 'null')), ',') || ']')`;
  if (type.kind === 'map') {
    const entry = `CAST(to_json(${toText(`${v}.key`, true, type.key)}) AS VARCHAR) || ':' || coalesce(${jsonText(`${v}.value`, type.value, depth + 1)}, 'null')`;
    return `('{' || array_to_string(list_transform(map_entries(${sql}), lambda ${v}: ${entry}), ',') || '}')`;
  }
  if (isNumeric(type) || type.kind === 'boolean') return toText(sql, true, type);
  return `CAST(to_json(${toText(sql, true, type)}) AS VARCHAR)`;
}

export const specialRules: FunctionRule[] = [
  rule('if', ifRule),
  rule('iff', ifRule),
  rule('concat', concat),
  rule('concat_ws', concatWs),
  rule('array', array),
  rule('map', map),
  rule('struct', struct),
  rule('named_struct', namedStruct),
  rule('element_at', elementAt),
  rule('try_element_at', elementAt),
  rule('get', get),
  rule('size', size),
  rule('cardinality', size),
  rule('round', round),
  rule('bround', round),
  rule('ceil', ceilFloor),
  rule('ceiling', ceilFloor),
  rule('floor', ceilFloor),
  rule('abs', abs),
  rule('sha2', sha2),
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
  rule('sequence', sequence),
  rule('transform', transform),
  rule('filter', filter),
  rule('exists', quantified),
  rule('forall', quantified),
  rule('aggregate', fold),
  rule('reduce', fold),
  rule('array_union', setOperation),
  rule('array_intersect', setOperation),
  rule('array_except', setOperation),
  rule('arrays_overlap', setOperation),
  rule('array_position', arrayPosition),
  rule('array_remove', arrayPosition),
  rule('slice', slice),
  rule('elt', elt),
  rule('encode', encode),
  rule('decode', decode),
  rule('to_binary', toBinary),
  rule('try_to_binary', toBinary),
  rule('url_decode', urlDecode),
  rule('try_url_decode', urlDecode),
  rule('is_account_group_member', group),
  rule('is_member', group),
  ...[
    'current_user',
    'session_user',
    'user',
    'current_catalog',
    'current_schema',
    'current_database',
    'current_timezone',
    'current_metastore',
  ].map((name) => rule(name, sessionText)),
  ...['current_timestamp', 'now', 'current_date', 'curdate', 'localtimestamp'].map((name) => rule(name, now)),
  ...['rand', 'random', 'uuid'].map((name) => rule(name, random)),
  ...castRules,
  ...tryRules,
  rule(
    'regexp_extract',
    regexpExtract,
    'approximate',
    'Patterns are RE2, not Java: no look-around and no back-references.',
  ),
  rule('regexp_extract_all', regexpExtract, 'approximate', 'Patterns are RE2, not Java.'),
  rule('sort_array', sortArray),
  rule('map_keys', mapPart),
  rule('map_values', mapPart),
  rule('map_entries', mapPart),
  rule('map_contains_key', mapContains),
  rule('format_number', formatNumber),
  rule('typeof', typeOf),
  rule('to_json', toJson),
  rule('mod', (call) => ({ ...arithmetic('%', arg(call, 0), arg(call, 1)), name: callName(call) })),
  rule('pmod', (call) => {
    const value = arithmetic('%', arg(call, 0), arg(call, 1));
    return made(
      call,
      fill('CASE WHEN $1 < 0 THEN ($1 + $2) % $2 ELSE $1 END', [value, cast(arg(call, 1), value.type)]),
      value.type,
    );
  }),
  rule('positive', (call) => arg(call, 0)),
  rule('negative', (call) => ({ ...made(call, `(-${arg(call, 0).sql})`, arg(call, 0).type) })),
  rule('not', (call) => made(call, `(NOT ${condition(arg(call, 0), '').sql})`, t.boolean)),
];
