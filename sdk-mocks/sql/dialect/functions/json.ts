import { type Bound, fill } from '../bind/bound.ts';
import { toText } from '../bind/cast.ts';
import { unexpectedInput } from '../errors.ts';
import { isNested, isNumeric, quote, type Type, t } from '../types/index.ts';
import { arg, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

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

export const jsonRules: FunctionRule[] = [rule('to_json', toJson)];
