import { type Bound, fill, once, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { condition } from '../bind/operators.ts';
import { mismatch, unexpectedInput, wrongArgs } from '../errors.ts';
import { duckType, type Type, t, widestPlain } from '../types/index.ts';
import { arg, arity, arrayArg, common, lambdaOf, made, mapArg, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

const duplicateKey = raise(
  'DUPLICATED_MAP_KEY',
  '23505',
  "'Duplicate map key was found, please check the input data.'",
);
const nullKey = raise('NULL_MAP_KEY', '2200E', "'Cannot use null as map key.'");

/** A map of two lists; Spark refuses null and repeated keys. */
function mapOf(keys: string, values: string, type: Type): string {
  const checked = fill(
    `CASE WHEN len(list_filter($1, lambda k: k IS NULL)) > 0 THEN ${nullKey} WHEN len(list_distinct($1)) < len($1) THEN ${duplicateKey} ELSE map($1, $2) END`,
    [{ sql: keys }, { sql: values, simple: true }],
  );
  return `CAST(${checked} AS ${duckType(type)})`;
}

function mapFromArrays(call: FunctionCall): Bound {
  arity(call, 2);
  const keys = arrayArg(call, 0);
  const values = arrayArg(call, 1);
  const type = t.map(keys.element, values.element);
  const uneven = raise(
    'INTERNAL_ERROR',
    'XX000',
    "'The key array and value array of MapData must have the same length.'",
  );
  const body = `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN len($1) <> len($2) THEN ${uneven} ELSE ${mapOf('$1', '$2', type)} END`;
  return made(call, fill(body, [keys.value, values.value]), type);
}

function mapFromEntries(call: FunctionCall): Bound {
  arity(call, 1);
  const { value, element } = arrayArg(call, 0);
  if (element.kind !== 'struct' || element.fields.length !== 2)
    throw unexpectedInput(callName(call), 'first', 'ARRAY of pair STRUCT', value.name, value.type);
  const type = t.map(element.fields[0]?.type ?? t.void, element.fields[1]?.type ?? t.void);
  const built = mapOf('list_transform($1, lambda e: e.f0)', 'list_transform($1, lambda e: e.f1)', type);
  const body = `CASE WHEN $1 IS NULL OR len(list_filter($1, lambda e: e IS NULL)) > 0 THEN NULL ELSE ${built} END`;
  return made(call, fill(body, [value]), type);
}

function mapConcat(call: FunctionCall): Bound {
  const wrong = call.args.find((a) => a.type.kind !== 'map');
  if (wrong)
    throw mismatch('MAP_CONCAT_DIFF_TYPES', callName(call), 'The `map_concat` should all be of type map.');
  if (call.args.length === 0) return made(call, 'map([], [])', t.map(t.string, t.string));
  const { type, args } = common(call, call.args);
  const some = args.map((a) => `${a.sql} IS NULL`).join(' OR ');
  const flat = (fn: string) => `flatten([${args.map((a) => `${fn}(${a.sql})`).join(', ')}])`;
  return made(
    call,
    `CASE WHEN NOT (${some}) THEN ${mapOf(flat('map_keys'), flat('map_values'), type)} END`,
    type,
  );
}

function strToMap(call: FunctionCall): Bound {
  arity(call, 1, 2, 3);
  const text = arg(call, 0, t.string);
  const pair = call.args[1] ? arg(call, 1, t.string).sql : "','";
  const key = call.args[2] ? arg(call, 2, t.string).sql : "':'";
  const type = t.map(t.string, t.string);
  const parts = `regexp_split_to_array(${text.sql}, ${pair})`;
  const keys = `list_transform(${parts}, lambda p: regexp_split_to_array(p, ${key})[1])`;
  const values = `list_transform(${parts}, lambda p: CASE WHEN len(regexp_split_to_array(p, ${key})) > 1 THEN substr(p, length(regexp_split_to_array(p, ${key})[1]) + 1 + length(regexp_extract(substr(p, length(regexp_split_to_array(p, ${key})[1]) + 1), ${key}))) END)`;
  return made(call, `CASE WHEN ${text.sql} IS NOT NULL THEN ${mapOf(keys, values, type)} END`, type);
}

const entries = (sql: string) => `map_entries(${sql})`;

/** Binds `(k, v) -> …` to an entry called `e`. */
function overEntries(call: FunctionCall, index: number, key: Type, item: Type): Bound {
  const { variables, body } = lambdaOf(call, index, [key, item]);
  const [k = 'k', v = 'v'] = variables;
  const sql = body.sql
    .replaceAll(new RegExp(`\\b${k}\\b`, 'g'), 'en.key')
    .replaceAll(new RegExp(`\\b${v}\\b`, 'g'), 'en.value');
  return { ...body, sql };
}

function transformMap(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, key, item } = mapArg(call, 0);
  const body = overEntries(call, 1, key, item);
  const keys = call.name === 'transform_keys';
  const type = keys ? t.map(body.type, item) : t.map(key, body.type);
  return made(
    call,
    once(value.sql, value.simple ?? false, (m) => {
      const changed = `list_transform(${entries(m)}, lambda en: ${body.sql})`;
      const built = keys
        ? mapOf(changed, `map_values(${m})`, type)
        : `CAST(map(map_keys(${m}), ${changed}) AS ${duckType(type)})`;
      return `CASE WHEN ${m} IS NOT NULL THEN ${built} END`;
    }),
    type,
  );
}

function mapFilter(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, key, item } = mapArg(call, 0);
  const body = overEntries(call, 1, key, item);
  const kept = `map_from_entries(list_filter(${entries(value.sql)}, lambda en: ${condition(body, body.name).sql}))`;
  return made(call, `CASE WHEN ${value.sql} IS NOT NULL THEN ${kept} END`, value.type);
}

/** Keys of both maps, in the order of their first appearance. */
function mapZipWith(call: FunctionCall): Bound {
  arity(call, 3);
  const left = mapArg(call, 0);
  const right = mapArg(call, 1);
  const key = widestPlain([left.key, right.key]);
  if (!key)
    throw mismatch(
      'MAP_ZIP_WITH_DIFF_TYPES',
      callName(call),
      'Input to the `map_zip_with` should have been two maps with compatible key types.',
    );
  const a = cast(left.value, t.map(key, left.item));
  const b = cast(right.value, t.map(key, right.item));
  const { variables, body } = lambdaOf(call, 2, [key, left.item, right.item]);
  const [k = 'k', v1 = 'v1', v2 = 'v2'] = variables;
  const type = t.map(key, body.type);
  const sql = fill(
    `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE list_transform([map_keys($1) || list_filter(map_keys($2), lambda kk: NOT list_contains(map_keys($1), kk))], lambda ks: map(ks, list_transform(ks, lambda ${k}: ${body.sql
      .replaceAll(new RegExp(`\\b${v1}\\b`, 'g'), `map_extract($1, ${k})[1]`)
      .replaceAll(new RegExp(`\\b${v2}\\b`, 'g'), `map_extract($2, ${k})[1]`)})))[1] END`,
    [
      { sql: a.sql, simple: true },
      { sql: b.sql, simple: true },
    ],
  );
  return made(call, `CAST(${sql} AS ${duckType(type)})`, type);
}

/** `zip_with`: the shorter list is filled with nulls. */
function zipWith(call: FunctionCall): Bound {
  arity(call, 3);
  const left = arrayArg(call, 0);
  const right = arrayArg(call, 1);
  const { variables, body } = lambdaOf(call, 2, [left.element, right.element]);
  const [x = 'x', y = 'y'] = variables;
  const inner = body.sql
    .replaceAll(new RegExp(`\\b${x}\\b`, 'g'), '$1[zi]')
    .replaceAll(new RegExp(`\\b${y}\\b`, 'g'), '$2[zi]');
  const sql = fill(
    `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE list_transform(generate_series(1, greatest(len($1), len($2))), lambda zi: ${inner}) END`,
    [left.value, right.value],
  );
  return made(call, sql, t.array(body.type));
}

function arraysZip(call: FunctionCall): Bound {
  if (call.args.length === 0) throw wrongArgs(call.name, '> 0', 0);
  const lists = call.args.map((_a, i) => arrayArg(call, i));
  const fields = lists.map(({ value, element }, i) => ({
    name: /^[A-Za-z_]\w*$/.test(value.name) && value.simple ? value.name : String(i),
    type: element,
  }));
  const places = lists.map((_l, i) => `$${i + 1}`);
  const sql = fill(
    `CASE WHEN ${places.map((p) => `${p} IS NULL`).join(' OR ')} THEN NULL ELSE list_transform(generate_series(1, greatest(${places.map((p) => `len(${p})`).join(', ')})), lambda zi: struct_pack(${places.map((p, i) => `f${i} := ${p}[zi]`).join(', ')})) END`,
    lists.map(({ value }) => value),
  );
  return made(call, sql, t.array({ kind: 'struct', fields }));
}

export const mapsRules: FunctionRule[] = [
  rule('map_from_arrays', mapFromArrays),
  rule('map_from_entries', mapFromEntries),
  rule('map_concat', mapConcat),
  rule('str_to_map', strToMap),
  rule('transform_keys', transformMap),
  rule('transform_values', transformMap),
  rule('map_filter', mapFilter),
  rule('map_zip_with', mapZipWith),
  rule('zip_with', zipWith),
  rule('arrays_zip', arraysZip),
];
