import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { notSupported } from '../errors.ts';
import { t } from '../types/index.ts';
import { arg, arity, common, literalText, made, rule } from './arguments.ts';
import type { FunctionCall, FunctionRule } from './define.ts';

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
      ? `regexp_full_match($1, '[0-9a-fA-F]*')`
      : `regexp_full_match($1, '([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?')`;
  if (format !== 'hex' && format !== 'base64') throw notSupported(`the format of "${call.name}"`);
  const body = `CASE WHEN $1 IS NULL THEN NULL WHEN ${valid} THEN ${format === 'hex' ? "unhex(CASE WHEN length($1) % 2 = 1 THEN '0' || $1 ELSE $1 END)" : 'from_base64($1)'} ELSE ${failed} END`;
  // Blanks between the letters of base64 do not count; a missing end is filled up.
  const clean =
    format === 'base64'
      ? fill(
          "CASE WHEN length($1) % 4 IN (2, 3) THEN rpad($1, CAST(length($1) + 4 - length($1) % 4 AS INTEGER), '=') ELSE $1 END",
          [{ sql: `regexp_replace(${value.sql}, '\\s', '', 'g')` }],
        )
      : value.sql;
  return made(
    call,
    fill(body, [{ sql: clean, simple: format !== 'base64' && (value.simple ?? false) }]),
    t.binary,
  );
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

export const codecsRules: FunctionRule[] = [
  rule('sha2', sha2),
  rule('encode', encode),
  rule('decode', decode),
  rule('to_binary', toBinary),
  rule('try_to_binary', toBinary),
  rule('url_decode', urlDecode),
  rule('try_url_decode', urlDecode),
  rule(
    'regexp_extract',
    regexpExtract,
    'approximate',
    'Patterns are RE2, not Java: no look-around and no back-references.',
  ),
  rule('regexp_extract_all', regexpExtract, 'approximate', 'Patterns are RE2, not Java.'),
];
