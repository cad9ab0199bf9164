import { type Bound, fill, raise, tail } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { notSupported, unexpectedInput } from '../errors.ts';
import { isIntegral, isNumeric, type Type, t, widest } from '../types/index.ts';
import { arg, arity, arrayArg, lambdaOf, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

const zero = raise(
  'INVALID_INDEX_OF_ZERO',
  '22003',
  "'The index 0 is invalid. An index shall be either < 0 or > 0 (the first element has index 1).'",
);

/** `array_insert(list, place, item)`: places beyond the ends are reached with nulls. */
function arrayInsert(call: FunctionCall): Bound {
  arity(call, 3);
  const { value, element } = arrayArg(call, 0);
  const place = arg(call, 1);
  if (!isIntegral(place.type) && place.type.kind !== 'void')
    throw unexpectedInput(callName(call), 'second', 'INT', place.name, place.type);
  const item = arg(call, 2);
  const type = widest([element, item.type]);
  if (!type) throw unexpectedInput(callName(call), 'third', element.kind.toUpperCase(), item.name, item.type);
  const list = t.array(type);
  const body =
    `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $2 = 0 THEN ${zero} ` +
    'WHEN $2 > 0 THEN list_resize(list_slice($1, 1, $2 - 1), $2 - 1) || [$3] || list_slice($1, $2, len($1)) ' +
    'WHEN -$2 <= len($1) + 1 THEN list_slice($1, 1, len($1) + $2 + 1) || [$3] || list_slice($1, len($1) + $2 + 2, len($1)) ' +
    'ELSE [$3] || list_resize(list_slice($1, 1, 0), -$2 - len($1) - 1) || $1 END';
  return made(call, fill(body, [cast(value, list), cast(place, t.int), cast(item, type)]), list);
}

/** Ascending with nulls last; an order of one's own only when the engine can be told it. */
function arraySort(call: FunctionCall): Bound {
  arity(call, 1, 2);
  const { value, element } = arrayArg(call, 0);
  if (call.args.length === 2) {
    lambdaOf(call, 1, [element, element]);
    throw notSupported('"array_sort" with a comparator');
  }
  return made(call, `list_sort(${value.sql}, 'ASC', 'NULLS LAST')`, value.type);
}

/** The value of `percentile_cont(p) WITHIN GROUP (ORDER BY x)` comes in as the second argument. */
function ordered(call: FunctionCall): Bound {
  arity(call, 2);
  const [share, value] = call.args;
  if (!share || !value) throw unexpectedInput(callName(call), 'first', 'DOUBLE', '', t.void);
  if (share.type.kind === 'array') throw notSupported(`"${call.name}" with several shares`);
  if (!isNumeric(value.type) && value.type.kind !== 'interval' && value.type.kind !== 'void')
    throw unexpectedInput(callName(call), 'second', 'DOUBLE', value.name, value.type);
  const amount = cast(share, t.double);
  const result: Type = value.type.kind === 'interval' ? value.type : t.double;
  const source = value.type.kind === 'interval' ? value : cast(value, t.double);
  const fn = call.name === 'percentile_cont' ? 'quantile_cont' : 'quantile_disc';
  return { ...made(call, `${fn}(${source.sql}, ${amount.sql})${tail}`, result), aggregate: true };
}

export const collectionsRules: FunctionRule[] = [
  rule('array_insert', arrayInsert),
  rule('array_sort', arraySort, 'approximate', 'A comparator of its own is refused.'),
  { ...rule('percentile_cont', ordered), kind: 'aggregate' },
  { ...rule('percentile_disc', ordered), kind: 'aggregate' },
];
