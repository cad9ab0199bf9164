import { type Bound, fill, raise, tail } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { mismatch, notSupported, unexpectedInput } from '../errors.ts';
import { isIntegral, isNumeric, type Type, t, typeText, widestPlain } from '../types/index.ts';
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
  const type = itemType(call, element, item.type);
  const list = t.array(type);
  const body =
    `CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN $2 = 0 THEN ${zero} ` +
    'WHEN $2 > 0 THEN list_resize(list_slice($1, 1, $2 - 1), $2 - 1) || [$3] || list_slice($1, $2, len($1)) ' +
    'WHEN -$2 <= len($1) + 1 THEN list_slice($1, 1, len($1) + $2 + 1) || [$3] || list_slice($1, len($1) + $2 + 2, len($1)) ' +
    'ELSE [$3] || list_resize(list_slice($1, 1, 0), -$2 - len($1) - 1) || $1 END';
  return made(call, fill(body, [cast(value, list), cast(place, t.int), cast(item, type)]), list);
}

/** Element type of a list that takes in one more value: numbers widen, text stays text (code: Spark ArrayAppend). */
function itemType(call: FunctionCall, element: Type, item: Type): Type {
  const type = widestPlain([element, item]);
  if (type) return type;
  throw mismatch(
    'ARRAY_FUNCTION_DIFF_TYPES',
    callName(call),
    `Input to \`${call.name}\` should have been "ARRAY" followed by a value with same element type, but it's ["${typeText(t.array(element))}", "${typeText(item)}"].`,
  );
}

function arrayExtend(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, element } = arrayArg(call, 0);
  const item = arg(call, 1);
  const type = itemType(call, element, item.type);
  const body = call.name === 'array_append' ? 'list_append($1, $2)' : 'list_prepend($2, $1)';
  return made(
    call,
    fill(`CASE WHEN $1 IS NOT NULL THEN ${body} END`, [cast(value, t.array(type)), cast(item, type)]),
    t.array(type),
  );
}

/** Elements as CAST to STRING prints them; nulls are left out unless a text for them is given. */
function arrayJoin(call: FunctionCall): Bound {
  arity(call, 2, 3);
  const { value } = arrayArg(call, 0);
  const texts = cast(value, t.array(t.string));
  const by = arg(call, 1, t.string);
  if (call.args.length === 2)
    return made(
      call,
      fill('array_to_string(list_filter($1, lambda x: x IS NOT NULL), $2)', [texts, by]),
      t.string,
    );
  const body = 'array_to_string(list_transform($1, lambda x: coalesce(x, $3)), $2)';
  return made(call, fill(body, [texts, by, arg(call, 2, t.string)]), t.string);
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
  arity(call, 2, 3);
  const [share, value, downwards] = call.args;
  if (!share || !value) throw unexpectedInput(callName(call), 'first', 'DOUBLE', '', t.void);
  if (share.type.kind === 'array') throw notSupported(`"${call.name}" with several shares`);
  if (!isNumeric(value.type) && value.type.kind !== 'interval' && value.type.kind !== 'void')
    throw unexpectedInput(callName(call), 'second', 'DOUBLE', value.name, value.type);
  const amount = cast(share, t.double);
  const result: Type = value.type.kind === 'interval' ? value.type : t.double;
  const source = value.type.kind === 'interval' ? value : cast(value, t.double);
  if (downwards) {
    const list = `list_reverse_sort(list_filter(list(${source.sql})${tail}, lambda e: e IS NOT NULL))`;
    const picked = `list_transform([${list}], lambda l: l[CAST(greatest(1, ceil(${amount.sql} * len(l))) AS BIGINT)])[1]`;
    return { ...made(call, picked, result), aggregate: true };
  }
  const fn = call.name === 'percentile_cont' ? 'quantile_cont' : 'quantile_disc';
  return { ...made(call, `${fn}(${source.sql}, ${amount.sql})${tail}`, result), aggregate: true };
}

export const collectionsRules: FunctionRule[] = [
  rule('array_append', arrayExtend),
  rule('array_prepend', arrayExtend),
  rule('array_join', arrayJoin),
  rule('array_insert', arrayInsert),
  rule('array_sort', arraySort, 'approximate', 'A comparator of its own is refused.'),
  { ...rule('percentile_cont', ordered), kind: 'aggregate' },
  { ...rule('percentile_disc', ordered), kind: 'aggregate' },
];
