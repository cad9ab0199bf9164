import { SqlError } from '../../../../emulator/core/index.ts';
import { type Bound, fill } from '../bind/bound.ts';
import { toText } from '../bind/cast.ts';
import { notSupported, unexpectedInput } from '../errors.ts';
import { isNested, isNumeric, quote, type Type, t, typeText } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

/** Options are a map of text to text; what they change is not built. */
function checkOptions(options: Bound): never {
  const { type } = options;
  if (type.kind !== 'map')
    throw new SqlError(
      'INVALID_OPTIONS.NON_MAP_FUNCTION',
      '42K06',
      'Invalid options: Must use the `map()` function for options.',
    );
  if (type.key.kind !== 'string' || type.value.kind !== 'string')
    throw new SqlError(
      'INVALID_OPTIONS.NON_STRING_TYPE',
      '42K06',
      `Invalid options: A type of keys and values in ` +
        `\`map()\` must be string, but got "${typeText(type)}".`,
    );
  throw notSupported('options of "to_json"');
}

function toJson(call: FunctionCall): Bound {
  arity(call, 1, 2);
  if (call.args[1]) checkOptions(call.args[1]);
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
    if (isNested(type.key)) throw notSupported('a map with keys that are lists or structs in "to_json"');
    const entry = `CAST(to_json(${toText(`${v}.key`, true, type.key)}) AS VARCHAR) || ':' || coalesce(${jsonText(`${v}.value`, type.value, depth + 1)}, 'null')`;
    return `('{' || array_to_string(list_transform(map_entries(${sql}), lambda ${v}: ${entry}), ',') || '}')`;
  }
  if (isNumeric(type) || type.kind === 'boolean') return toText(sql, true, type);
  return `CAST(to_json(${toText(sql, true, type)}) AS VARCHAR)`;
}

export const jsonRules: FunctionRule[] = [rule('to_json', toJson)];
