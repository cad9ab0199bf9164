import { type Bound, fill, raise } from '../bind/bound.ts';
import { t } from '../types/index.ts';
import { arg, arity, made, rule } from './arguments.ts';
import type { FunctionCall, FunctionRule } from './define.ts';

const refused = raise(
  'UNSUPPORTED_FEATURE',
  '0A000',
  "'Wildcards and quotes in a JSON path are not supported by the Brickbox warehouse.'",
);

/**
 * `get_json_object(text, path)`: names and places only. Other paths that Spark knows are refused, as the engine's own
 * path language would answer something else; text that is no path gives NULL.
 */
function getJsonObject(call: FunctionCall): Bound {
  arity(call, 2);
  const quotedPath = `regexp_replace(regexp_replace($2, '\\.([^.\\[]+)', '."\\1"', 'g'), '\\[''([^'']*)''\\]', '."\\1"', 'g')`;
  const body =
    `CASE WHEN $1 IS NULL OR $2 IS NULL OR NOT json_valid($1) THEN NULL WHEN regexp_matches($2, '[*"]') THEN ${refused} ` +
    `WHEN regexp_full_match($2, '\\$(\\.[^.\\[''"]+|\\[[0-9]+\\]|\\[''[^''".]*''\\])*') THEN json_extract_string($1, ${quotedPath}) END`;
  return made(call, fill(body, [arg(call, 0, t.string), arg(call, 1, t.string)]), t.string);
}

export const jsonPathRules: FunctionRule[] = [
  rule('get_json_object', getJsonObject, 'approximate', 'Paths of names and places; wildcards are refused.'),
];
