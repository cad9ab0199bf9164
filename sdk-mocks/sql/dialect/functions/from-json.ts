import { SqlError } from '../../../../emulator/core/index.ts';
import { type Bound, fill, raise } from '../bind/bound.ts';
import { castSql } from '../bind/cast.ts';
import { mismatch, notSupported } from '../errors.ts';
import { duckType, isNumeric, parseType, quote, type Type, t } from '../types/index.ts';
import { arg, arity, literalText, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule, rules } from './define.ts';

/** A schema is a type (`ARRAY<INT>`) or the fields of a struct (`a INT, b DOUBLE`). */
function schemaOf(text: string): Type {
  try {
    return parseType(text);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return parseType(`STRUCT<${text}>`);
  }
}

/** The value at `json` (JSON or NULL) as `type`; NULL for a value of another kind, as Spark's permissive mode has it. */
function fromJson(json: string, type: Type, depth: number): string {
  const v = `f${depth}j`;
  const let1 = (body: string) => `list_transform([${json}], lambda ${v}: ${body})[1]`;
  switch (type.kind) {
    case 'struct': {
      const fields = type.fields.map(
        (field, i) =>
          `f${i} := ${fromJson(`json_extract(${v}, ${quote(`$."${field.name.replaceAll('"', '')}"`)})`, field.type, depth + 1)}`,
      );
      return let1(`CASE WHEN json_type(${v}) = 'OBJECT' THEN struct_pack(${fields.join(', ')}) END`);
    }
    case 'array': {
      // One object where an array of objects is wanted counts as an array of one.
      const single =
        depth === 0 && type.element.kind === 'struct'
          ? `WHEN json_type(${v}) = 'OBJECT' THEN [${fromJson(v, type.element, depth + 1)}] `
          : '';
      return let1(
        `CASE WHEN json_type(${v}) = 'ARRAY' THEN ${wholeOrNull(`json_extract(${v}, '$[*]')`, type.element, depth)} ${single}END`,
      );
    }
    case 'map': {
      if (type.key.kind !== 'string') throw notSupported('a JSON map with keys that are not text');
      return let1(
        `CASE WHEN json_type(${v}) = 'OBJECT' THEN map(json_keys(${v}), list_transform(json_extract(${v}, '$.*'), lambda e${depth}: ${fromJson(`e${depth}`, type.value, depth + 1)})) END`,
      );
    }
    case 'string':
      return let1(`CASE WHEN json_type(${v}) <> 'NULL' THEN json_extract_string(${v}, '$') END`);
    case 'boolean':
      return let1(`CASE WHEN json_type(${v}) = 'BOOLEAN' THEN CAST(${v} AS BOOLEAN) END`);
    case 'date':
    case 'timestamp':
    case 'timestamp_ntz':
      return let1(
        `CASE WHEN json_type(${v}) = 'VARCHAR' THEN ${castSql(`json_extract_string(${v}, '$')`, false, t.string, type, { safe: true })} END`,
      );
    default:
      if (!isNumeric(type)) throw notSupported('this type in the schema of from_json');
      return let1(
        `CASE WHEN json_type(${v}) IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT') AND NOT (${type.kind === 'float' || type.kind === 'double' || type.kind === 'decimal' ? 'false' : `json_type(${v}) = 'DOUBLE'`}) THEN TRY_CAST(json_extract_string(${v}, '$') AS ${duckType(type)}) END`,
      );
  }
}

/** The elements of a JSON list, or NULL when one of them does not fit: Spark gives up the whole list. */
function wholeOrNull(list: string, element: Type, depth: number): string {
  const [e, l, m, i] = [`e${depth}`, `l${depth}`, `m${depth}`, `i${depth}`];
  const made = `list_transform(${l}, lambda ${e}: ${fromJson(e, element, depth + 1)})`;
  const misfit = `list_filter(${l}, lambda ${e}, ${i}: ${m}[${i}] IS NULL AND json_type(${e}) <> 'NULL')`;
  return `list_transform([${list}], lambda ${l}: list_transform([${made}], lambda ${m}: CASE WHEN len(${misfit}) = 0 THEN ${m} END)[1])[1]`;
}

function fromJsonRule(call: FunctionCall): Bound {
  arity(call, 2, 3);
  if (call.args.length === 3) throw notSupported('options of "from_json"');
  const type = schemaOf(literalText(call, 1));
  if (!['struct', 'array', 'map'].includes(type.kind))
    throw mismatch(
      'INVALID_JSON_SCHEMA',
      callName(call),
      'Input schema must be a struct, an array, or a map.',
    );
  const value = arg(call, 0, t.string);
  const parsed = `CASE WHEN json_valid($1) THEN CAST($1 AS JSON) END`;
  const plain = fill(parsed, [value]);
  // Text that is no JSON gives a struct of nulls, and NULL for lists and maps.
  const broken =
    type.kind === 'struct'
      ? `struct_pack(${type.fields.map((f, i) => `f${i} := CAST(NULL AS ${duckType(f.type)})`).join(', ')})`
      : `CAST(NULL AS ${duckType(type)})`;
  const sql = `CASE WHEN ${value.sql} IS NULL OR trim(${value.sql}) = '' THEN NULL ELSE coalesce(${fromJson(plain, type, 0)}, ${broken}) END`;
  return made(call, sql, type);
}

/** `$.a['b'][0]` of a literal path, or an error. */
function pathOf(call: FunctionCall, index: number): string {
  const path = literalText(call, index);
  if (!/^\$(?:\.[A-Za-z_]\w*|\[\d+\]|\['[^'"]*'\])*$/.test(path))
    throw new SqlError(
      'INVALID_VARIANT_GET_PATH',
      '22023',
      `The path \`${path}\` is not a valid variant extraction path in \`${call.name}\`.`,
    );
  return path.replace(/\['([^']*)'\]/g, (_all, key: string) => `."${key}"`);
}

/** `variant_get(v, path [, type])`. */
function variantGet(call: FunctionCall): Bound {
  arity(call, 2, 3);
  const value = arg(call, 0);
  if (value.type.kind !== 'variant') throw notSupported(`"${call.name}" of a value that is not a VARIANT`);
  const found = `json_extract(${value.sql}, ${quote(pathOf(call, 1))})`;
  const type = call.args[2] ? parseType(literalText(call, 2)) : t.variant;
  if (type.kind === 'variant') return made(call, found, t.variant);
  const text = fill(`CASE WHEN json_type($1) <> 'NULL' THEN json_extract_string($1, '$') END`, [
    { sql: found },
  ]);
  if (type.kind === 'string') return made(call, text, type);
  const safe = call.name.startsWith('try_');
  if (!isNumeric(type) && type.kind !== 'boolean' && !safe) throw notSupported(`this type in "${call.name}"`);
  return made(call, castSql(text, false, t.string, type, { safe }, value.name), type);
}

export const fromJsonRules: FunctionRule[] = [
  rule('from_json', fromJsonRule, 'approximate', 'Without options.'),
  rule('variant_get', variantGet, 'approximate', 'Paths are literals.'),
  rule('try_variant_get', variantGet, 'approximate', 'Paths are literals.'),
  ...rules(
    'scalar',
    'exact',
    `
json_object_keys(S) -> As | CASE WHEN json_valid($1) AND json_type($1) = 'OBJECT' THEN json_keys($1) END
parse_json(s) -> v | CASE WHEN json_valid($1) THEN CAST($1 AS JSON) WHEN $1 IS NOT NULL THEN ${raise('MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION', '22023', "'Malformed records are detected in record parsing.'")} END
try_parse_json(s) -> v | CASE WHEN json_valid($1) THEN CAST($1 AS JSON) END
is_variant_null(v) -> b | coalesce(json_type($1) = 'NULL', false)
is_valid_variant(v) -> b | CASE WHEN $1 IS NOT NULL THEN true END
`,
  ),
];
