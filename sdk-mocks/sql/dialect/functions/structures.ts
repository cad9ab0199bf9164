import { type Bound, fill, marks, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { condition } from '../bind/operators.ts';
import { mismatch, unexpectedInput, wrongArgs } from '../errors.ts';
import { duckType, quote, type Type, t, typeText } from '../types/index.ts';
import { arg, arity, arrayArg, common, literalText, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

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
    `CASE WHEN ${separator.sql} IS NOT NULL THEN array_to_string(list_filter(${all}, lambda x: x IS NOT NULL), ${separator.sql}) END`,
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
  value.named || (value.column && /^[A-Za-z_][A-Za-z0-9_]*$/.test(value.name))
    ? value.name
    : `col${index + 1}`;

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
  if (call.args[0]?.type.kind === 'void')
    throw unexpectedInput(callName(call), 'first', 'ARRAY', call.args[0].name, call.args[0].type);
  const { value, element } = arrayArg(call, 0);
  return made(call, fill('CASE WHEN $2 >= 0 THEN $1[$2 + 1] END', [value, arg(call, 1, t.int)]), element);
}

function typeOf(call: FunctionCall): Bound {
  arity(call, 1);
  const value = typeText(arg(call, 0).type).toLowerCase().replaceAll(': ', ':').replaceAll(', ', ',');
  return { ...made(call, quote(value), t.string), literal: { value } };
}

export const structuresRules: FunctionRule[] = [
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
  rule('elt', elt),
  rule('map_keys', mapPart),
  rule('map_values', mapPart),
  rule('map_entries', mapPart),
  rule('map_contains_key', mapContains),
  rule('typeof', typeOf),
];
