import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { mismatch, notSupported, wrongArgs } from '../errors.ts';
import { isFloating, isIntegral, quote, t } from '../types/index.ts';
import { arg, arity, literalText, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule, rules } from './define.ts';
import { timesRules } from './times.ts';

/** `mask(text, upper, lower, digit, other)`; a NULL replacement keeps the characters of its kind. */
function mask(call: FunctionCall): Bound {
  arity(call, 1, 2, 3, 4, 5);
  const value = arg(call, 0, t.string);
  const kinds = [
    ['[A-Z]', 'X'],
    ['[a-z]', 'x'],
    ['[0-9]', 'n'],
    ['[^A-Za-z0-9]', null],
  ] as const;
  const choices = kinds.map(([pattern, standard], i) => {
    const given = call.args[i + 1];
    if (given && given.literal === undefined)
      throw mismatch(
        'NON_FOLDABLE_INPUT',
        callName(call),
        'the input should be a foldable "STRING" expression.',
      );
    const literal = given ? given.literal?.value : standard;
    if (literal !== null && (typeof literal !== 'string' || [...literal].length !== 1))
      throw mismatch('INPUT_SIZE_NOT_ONE', callName(call), 'Length of the replacement should be 1.');
    return { pattern, literal: typeof literal === 'string' ? literal : null };
  });
  const whens = choices.map(({ pattern, literal }) =>
    literal === null
      ? `WHEN regexp_full_match(ch, '(?s)${pattern}') THEN ch`
      : `WHEN regexp_full_match(ch, '(?s)${pattern}') THEN ${quote(literal)}`,
  );
  const each = `array_to_string(list_transform(regexp_split_to_array($1, ''), lambda ch: CASE ${whens.join(' ')} ELSE ch END), '')`;
  return made(
    call,
    fill(`CASE WHEN $1 IS NOT NULL THEN CASE WHEN $1 = '' THEN '' ELSE ${each} END END`, [value]),
    t.string,
  );
}

/** Java's Formatter, for a literal format: %s %d %x %X %o %f %e %c %b %% %n with flags, width and precision. */
function formatString(call: FunctionCall): Bound {
  if (call.args.length === 0) throw wrongArgs(call.name, '> 0', 0);
  const format = literalText(call, 0);
  let next = 1;
  const pieces: string[] = [];
  let rest = 0;
  for (const match of format.matchAll(/%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g)) {
    pieces.push(quote(format.slice(rest, match.index)));
    rest = match.index + match[0].length;
    const [, place, flags = '', width, digits, letter = ''] = match;
    if (letter === '%' || letter === 'n') {
      pieces.push(letter === '%' ? "'%'" : 'chr(10)');
      continue;
    }
    const index = place === undefined ? next : Number(place);
    if (place === undefined) next += 1;
    pieces.push(formatted(call, index, { flags, width, digits, letter }));
  }
  pieces.push(quote(format.slice(rest)));
  return made(call, `(${pieces.join(' || ')})`, t.string);
}

function formatted(
  call: FunctionCall,
  index: number,
  spec: { flags: string; width: string | undefined; digits: string | undefined; letter: string },
): string {
  const value = call.args[index];
  if (!value)
    throw mismatch(
      'UNEXPECTED_INPUT_TYPE',
      callName(call),
      'the format needs more arguments than there are.',
    );
  const { flags, width, digits, letter } = spec;
  if (/[#( ]/.test(flags)) throw notSupported('this flag of "format_string"');
  const padded = (text: string) => {
    if (width === undefined) return text;
    const size = Number(width);
    return fill(
      flags.includes('-')
        ? `CASE WHEN length($1) < ${size} THEN rpad($1, ${size}, ' ') ELSE $1 END`
        : `CASE WHEN length($1) < ${size} THEN lpad($1, ${size}, ' ') ELSE $1 END`,
      [{ sql: text }],
    );
  };
  const orNull = (sql: string) => `coalesce(${sql}, 'null')`;
  const number = `${flags.includes('+') ? '+' : ''}${flags.includes('0') ? '0' : ''}`;
  const size = flags.includes('0') && width !== undefined ? width : '';
  switch (letter) {
    case 's':
    case 'S': {
      const text = orNull(cast(value, t.string).sql);
      const cut = digits === undefined ? text : `left(${text}, ${digits})`;
      return padded(letter === 'S' ? `upper(${cut})` : cut);
    }
    case 'd':
      if (!isIntegral(value.type)) throw notSupported('"%d" with a value that is not a whole number');
      return padded(
        orNull(
          `format('{:${number}${size}${flags.includes(',') ? ',' : ''}d}', ${cast(value, t.bigint).sql})`,
        ),
      );
    case 'x':
    case 'X':
    case 'o':
      if (!isIntegral(value.type)) throw notSupported('"%x" with a value that is not a whole number');
      return padded(orNull(`format('{:${number}${size}${letter}}', ${cast(value, t.bigint).sql})`));
    case 'f':
    case 'e':
    case 'E':
      if (!isFloating(value.type) && value.type.kind !== 'decimal')
        throw notSupported('"%f" with a value that is not a fraction');
      return padded(
        orNull(
          `format('{:${number}${size}${flags.includes(',') ? ',' : ''}.${digits ?? '6'}${letter}}', ${cast(value, t.double).sql})`,
        ),
      );
    case 'c':
      return padded(orNull(`chr(${cast(value, t.int).sql})`));
    case 'b':
    case 'B':
      return padded(
        value.type.kind === 'boolean' ? `coalesce(CAST(${value.sql} AS VARCHAR), 'false')` : 'NULL',
      );
    default:
      throw notSupported(`"%${letter}" of "format_string"`);
  }
}

const builtinDateFormat = timesRules.filter(({ name }) => name === 'date_format');

/** Number formats of `to_char`: `9 0 . , D G $ S MI PR`. */
const numberFormat = /^(MI|S)?(\$)?([09GD.,]+)(\$)?(MI|S|PR)?$/i;

function toChar(call: FunctionCall): Bound {
  arity(call, 2);
  const value = arg(call, 0);
  if (['date', 'timestamp', 'timestamp_ntz'].includes(value.type.kind)) {
    const [format] = builtinDateFormat;
    if (format) return { ...format.bind(call), name: callName(call) };
  }
  const format = literalText(call, 1);
  if (value.type.kind === 'binary') {
    const by = { hex: 'hex($1)', base64: 'to_base64($1)', 'utf-8': 'decode($1)' }[format.toLowerCase()];
    if (by === undefined)
      throw mismatch('INVALID_ARG_VALUE', callName(call), 'the format must be one of hex, base64, utf-8.');
    return made(call, fill(by, [value]), t.string);
  }
  const match = numberFormat.exec(format);
  if (!match) throw notSupported(`the format of "${call.name}"`);
  const [, first = '', , body = '', , last = ''] = match;
  const dollar = match[2] ?? match[4] ?? '';
  const [whole = '', part = ''] = body.toUpperCase().replaceAll('G', ',').replaceAll('D', '.').split('.');
  const places = whole.replaceAll(',', '').length;
  const sign = (first || last).toUpperCase();
  if (whole.includes(',') && !/^[09]{1,3}(?:,[09]{3})*$/.test(whole))
    throw notSupported('uneven groups of digits');
  const text = `format('{:${whole.includes(',') ? ',' : ''}.${part.length}f}', CAST(abs(CAST($1 AS DECIMAL(38,${part.length}))) AS DOUBLE))`;
  if (places + part.length > 15) throw notSupported(`a format of more than 15 digits in "${call.name}"`);
  const zeros = whole.startsWith('0');
  if (zeros && whole.includes(',')) throw notSupported('leading zeros with groups of digits');
  const size = whole.length + (part.length > 0 ? part.length + 1 : 0);
  const shown = zeros ? `lpad(${text}, ${size}, '0')` : text;
  const fits = `abs($1) < ${10 ** places}`;
  const core = `'${dollar}' || ${shown}`;
  const padded = `lpad(${core}, ${size + dollar.length}, ' ')`;
  const plain = `CASE WHEN $1 < 0 THEN '-' ELSE '' END || ${padded}`;
  const signed =
    sign === ''
      ? `CASE WHEN ${fits} AND $1 >= 0 THEN ${padded} WHEN ${fits} THEN ${plain} ELSE repeat('#', ${size}) END`
      : undefined;
  if (signed === undefined) throw notSupported(`signs in the format of "${call.name}"`);
  return made(call, fill(`CASE WHEN $1 IS NOT NULL THEN ${signed} END`, [cast(value, t.double)]), t.string);
}

export const textsRules: FunctionRule[] = [
  rule('mask', mask),
  rule('format_string', formatString),
  rule('printf', formatString),
  rule('to_char', toChar, 'approximate', 'Numbers without sign marks and up to 15 digits; binary values.'),
  rule('to_varchar', toChar, 'approximate', 'As to_char.'),
  ...rules(
    'scalar',
    'exact',
    `
luhn_check(s) -> b | CASE WHEN $1 IS NULL THEN NULL WHEN NOT regexp_full_match($1, '[0-9]+') THEN false ELSE list_sum(list_transform(generate_series(1, length($1)), lambda i: CASE WHEN (length($1) - i) % 2 = 0 THEN CAST(substr($1, i, 1) AS INTEGER) ELSE (CAST(substr($1, i, 1) AS INTEGER) * 2) // 10 + (CAST(substr($1, i, 1) AS INTEGER) * 2) % 10 END)) % 10 = 0 END
quote(s) -> s | '''' || replace($1, '''', '\\''') || ''''
is_valid_utf8(s) -> b | CASE WHEN $1 IS NOT NULL THEN true END
make_valid_utf8(s) -> s | $1
validate_utf8,try_validate_utf8(s) -> s | $1
current_path() -> s | 'system.builtin,system.session'
levenshtein(s s i) -> i | CASE WHEN levenshtein($1, $2) > $3 THEN -1 ELSE CAST(levenshtein($1, $2) AS INTEGER) END
like(s s) -> b | ($1 LIKE $2 ESCAPE '\\')
ilike(s s) -> b | ($1 ILIKE $2 ESCAPE '\\')
like(s s s) -> b | ($1 LIKE $2 ESCAPE $3)
ilike(s s s) -> b | ($1 ILIKE $2 ESCAPE $3)
regexp_instr(s s) -> i | CASE WHEN regexp_matches($1, $2) THEN CAST(length($1) - length(regexp_replace($1, '(?s)^.*?(' || $2 || ')', '')) + 1 - length(regexp_extract($1, $2)) AS INTEGER) WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN 0 END
bitmap_bit_position(l) -> l | CASE WHEN $1 > 0 THEN ($1 - 1) % 32768 ELSE (-$1) % 32768 END
bitmap_bucket_number(l) -> l | CASE WHEN $1 > 0 THEN 1 + ($1 - 1) // 32768 ELSE CAST(trunc($1 / 32768.0) AS BIGINT) END
conv(s i i) -> s | CASE WHEN $2 BETWEEN 2 AND 36 AND $3 BETWEEN -36 AND -2 THEN ${raise('UNSUPPORTED_FEATURE', '0A000', "'A negative base is not supported by conv of the Brickbox warehouse.'")} WHEN $2 NOT BETWEEN 2 AND 36 OR $3 NOT BETWEEN 2 AND 36 OR $1 IS NULL THEN NULL WHEN regexp_full_match(trim($1), '[0-9A-Za-z]{1,12}') AND len(list_filter(regexp_split_to_array(upper(trim($1)), ''), lambda d: instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', d) > $2)) = 0 THEN to_base(CAST(list_sum(list_transform(generate_series(1, length(trim($1))), lambda i: (instr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', upper(substr(trim($1), i, 1))) - 1) * CAST(pow($2, length(trim($1)) - i) AS HUGEINT))) AS BIGINT), $3) ELSE ${raise('UNSUPPORTED_FEATURE', '0A000', "'This number is not supported by conv of the Brickbox warehouse.'")} END
soundex(s) -> s | CASE WHEN $1 IS NULL THEN NULL WHEN NOT regexp_matches($1, '^[A-Za-z]') THEN $1 ELSE rpad(left(upper(left($1, 1)) || substr(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(translate(regexp_replace(upper($1), '[HW]', '', 'g'), 'BFPVCGJKQSXZDTLMNRAEIOUY', '111122222222334556000000'), '1+', '1', 'g'), '2+', '2', 'g'), '3+', '3', 'g'), '4+', '4', 'g'), '5+', '5', 'g'), '6+', '6', 'g'), '0', CASE WHEN regexp_matches($1, '^[AEIOUYHWaeiouyhw]') THEN '0' ELSE '' END, 'g'), 2), 4), 4, '0') END
split(s s i) -> As | CASE WHEN $2 IS NULL OR $3 IS NULL THEN NULL WHEN $3 <= 0 OR len(regexp_split_to_array($1, $2)) <= $3 THEN regexp_split_to_array($1, $2) WHEN NOT list_contains(regexp_extract_all($1, $2), '') THEN list_append(list_slice(regexp_split_to_array($1, $2), 1, $3 - 1), substr($1, 1 + length(array_to_string(list_slice(regexp_split_to_array($1, $2), 1, $3 - 1), '')) + length(array_to_string(list_slice(regexp_extract_all($1, $2), 1, $3 - 1), '')))) ELSE ${raise('UNSUPPORTED_FEATURE', '0A000', "'A limit of split that leaves a rest is not supported by the Brickbox warehouse.'")} END
parse_url,try_parse_url(s s) -> s | CASE upper($2) WHEN 'HOST' THEN nullif(regexp_extract($1, '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)', 1), '') WHEN 'PATH' THEN regexp_extract($1, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^?#]*)', 1) WHEN 'QUERY' THEN nullif(regexp_extract($1, '\\?([^#]*)', 1), '') WHEN 'REF' THEN nullif(regexp_extract($1, '#(.*)$', 1), '') WHEN 'PROTOCOL' THEN nullif(regexp_extract($1, '^([a-zA-Z][a-zA-Z0-9+.-]*):', 1), '') WHEN 'FILE' THEN regexp_extract($1, '^[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*([^#]*)', 1) WHEN 'AUTHORITY' THEN nullif(regexp_extract($1, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#]*)', 1), '') WHEN 'USERINFO' THEN nullif(regexp_extract($1, '^[a-zA-Z][a-zA-Z0-9+.-]*://([^/?#@]*)@', 1), '') END
parse_url,try_parse_url(s s s) -> s | CASE WHEN upper($2) = 'QUERY' THEN nullif(regexp_extract(regexp_extract($1, '\\?([^#]*)', 1), '(?:^|&)' || regexp_escape($3) || '=([^&]*)', 1), '') END
`,
  ),
];
