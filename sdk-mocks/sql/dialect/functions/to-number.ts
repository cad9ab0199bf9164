import { type Bound, fill, raise } from '../bind/bound.ts';
import { mismatch, notSupported } from '../errors.ts';
import { duckType, quote, t } from '../types/index.ts';
import { arg, arity, literalText, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

/** `MI`, `S`, `$`, digits with separators, a point, digits, `$`, `PR`, `MI`, `S` (docs: functions/to_number). */
const format = /^(MI|S)?(\$)?([09,G]*)(?:[.D]([09]*))?(\$)?(PR|MI|S)?$/i;

/** Text that a format accepts as whole digits: leading zeros of the format ask for all digits. */
function wholePattern(groups: readonly string[]): string {
  if (groups.join('').startsWith('0')) return groups.map((group) => `[0-9]{${group.length}}`).join(',');
  const choices = groups.map((group, i) =>
    [`[0-9]{1,${group.length}}`, ...groups.slice(i + 1).map((next) => `[0-9]{${next.length}}`)].join(','),
  );
  return `(?:${choices.join('|')})`;
}

const signPattern: Record<string, string> = { S: '[+-]?', MI: '-?' };

/** `to_number(text, format)` and its tolerant form; the format is a literal and gives the digits of the result. */
function toNumber(call: FunctionCall): Bound {
  arity(call, 2);
  const value = arg(call, 0, t.string);
  const written = literalText(call, 1);
  const match = format.exec(written);
  if (
    !match ||
    /^[,G]|[,G]{2}|[,G]$/i.test(match[3] ?? '') ||
    (match[1] && match[6]) ||
    (match[2] && match[5])
  )
    throw notSupported(`the format "${written}" of "${call.name}"`);
  const groups = (match[3] ?? '').toUpperCase().replaceAll('G', ',').split(',');
  const fraction = match[4] ?? '';
  const digits = groups.join('').length;
  if (digits === 0 || digits + fraction.length > 38)
    throw digits === 0
      ? notSupported(`a format without whole digits in "${call.name}"`)
      : mismatch('TYPE_CHECK_FAILURE_WITH_HINT', callName(call), 'a number has at most 38 digits.');
  const point = written.toUpperCase().match(/[.D]/) ? `(?:\\.[0-9]{0,${fraction.length}})?` : '';
  const core = `${match[2] ? '\\$' : ''}${wholePattern(groups)}${point}${match[5] ? '\\$' : ''}`;
  const last = (match[6] ?? '').toUpperCase();
  const signed = `${signPattern[(match[1] ?? '').toUpperCase()] ?? ''}${core}${signPattern[last] ?? ''}`;
  const pattern = last === 'PR' ? `${core}|<${core}>` : signed;
  const type = t.decimal(digits + fraction.length, fraction.length);
  const misfit = raise(
    'INVALID_FORMAT.MISMATCH_INPUT',
    '42601',
    `'The format is invalid: ' || ${quote(written)} || '. The input "STRING" ' || $1 || ' does not match the format.'`,
  );
  const failed = call.name.startsWith('try_') ? 'NULL' : misfit;
  const amount = `CAST(regexp_replace($1, '[^0-9.]', '', 'g') AS ${duckType(type)})`;
  const sql = fill(
    `CASE WHEN $1 IS NULL THEN NULL WHEN NOT regexp_full_match($1, ${quote(pattern)}) THEN ${failed} WHEN regexp_matches($1, '[-<]') THEN -${amount} ELSE ${amount} END`,
    [{ sql: `trim(${value.sql})` }],
  );
  return made(call, sql, type);
}

const note = 'The format is a literal with whole digits; unusual places of signs are refused.';

export const toNumberRules: FunctionRule[] = [
  rule('to_number', toNumber, 'approximate', note),
  rule('try_to_number', toNumber, 'approximate', note),
];
