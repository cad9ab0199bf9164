import { type Bound, fill, raise } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { condition } from '../bind/operators.ts';
import { notSupported, unexpectedInput } from '../errors.ts';
import { duckType, isIntegral, t, typeText, widest } from '../types/index.ts';
import { arg, arity, arrayArg, common, lambdaOf, made, rule } from './arguments.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

function sequence(call: FunctionCall): Bound {
  arity(call, 2, 3);
  const from = arg(call, 0);
  if (!isIntegral(from.type)) return dateSequence(call);
  const { type, args } = common(call, call.args);
  const step = args[2] ?? { sql: 'CASE WHEN $1 <= $2 THEN 1 ELSE -1 END', simple: true };
  const illegal = raise(
    'ILLEGAL_SEQUENCE_BOUNDARIES',
    '22023',
    "'Illegal sequence boundaries: ' || $1 || ' to ' || $2 || ' by ' || $3 || '.'",
  );
  const many = raise(
    'COLLECTION_SIZE_LIMIT_EXCEEDED.PARAMETER',
    '54000',
    "'Cannot create an array with more than 10000000 elements.'",
  );
  const body = `CASE WHEN $1 IS NULL OR $2 IS NULL OR $3 IS NULL THEN NULL WHEN ($3 = 0 AND $1 <> $2) OR ($3 > 0 AND $1 > $2) OR ($3 < 0 AND $1 < $2) THEN ${illegal} WHEN $3 = 0 THEN [CAST($1 AS BIGINT)] WHEN ($2 - $1) / $3 > 10000000 THEN ${many} ELSE generate_series(CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS BIGINT)) END`;
  const filled = args[2] ? fill(body, args) : fill(body.replaceAll('$3', `(${step.sql})`), args);
  return made(call, `CAST(${filled} AS ${duckType(t.array(type))})`, t.array(type));
}

function dateSequence(call: FunctionCall): Bound {
  const { type, args } = common(call, call.args.slice(0, 2));
  if (type.kind !== 'date' && type.kind !== 'timestamp')
    throw notSupported(`"sequence" of ${typeText(type)}`);
  const step = call.args[2]?.sql ?? 'to_days(1)';
  const [a, b] = args;
  if (type.kind === 'date')
    return made(
      call,
      `CAST(generate_series(CAST(${a?.sql} AS TIMESTAMP), CAST(${b?.sql} AS TIMESTAMP), ${step}) AS DATE[])`,
      t.array(type),
    );
  return made(call, `generate_series(${a?.sql}, ${b?.sql}, ${step})`, t.array(type));
}

function transform(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element, t.int]);
  if (variables.length > 1) {
    const index = variables[1];
    const shifted = body.sql.replaceAll(index ?? '', `(${index} - 1)`);
    return made(
      call,
      `list_transform(${value.sql}, lambda ${variables.join(', ')}: ${shifted})`,
      t.array(body.type),
    );
  }
  return made(call, `list_transform(${value.sql}, lambda ${variables[0]}: ${body.sql})`, t.array(body.type));
}

function filter(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element, t.int]);
  const [x, index] = variables;
  if (index !== undefined) {
    const test = condition(body, body.name).sql.replaceAll(index, `(${index} - 1)`);
    return made(call, `list_filter(${value.sql}, lambda ${x}, ${index}: ${test})`, value.type);
  }
  return made(
    call,
    `list_filter(${value.sql}, lambda ${variables[0]}: ${condition(body, body.name).sql})`,
    value.type,
  );
}

/** `exists` and `forall` with three-valued logic. */
function quantified(call: FunctionCall): Bound {
  const { value, element } = arrayArg(call, 0);
  const { variables, body } = lambdaOf(call, 1, [element]);
  const list = `list_transform(${value.sql}, lambda ${variables[0]}: ${condition(body, body.name).sql})`;
  const hit = call.name === 'exists' ? 'true' : 'false';
  const miss = call.name === 'exists' ? 'false' : 'true';
  return made(
    call,
    fill(
      `CASE WHEN $1 IS NULL THEN NULL WHEN list_contains($1, ${hit}) THEN ${hit} WHEN len(list_filter($1, lambda e: e IS NULL)) > 0 THEN NULL ELSE ${miss} END`,
      [{ sql: list }],
    ),
    t.boolean,
  );
}

function fold(call: FunctionCall): Bound {
  arity(call, 3, 4);
  const { value, element } = arrayArg(call, 0);
  const start = arg(call, 1);
  const { variables, body } = lambdaOf(call, 2, [start.type, element]);
  const merged = cast(body, start.type);
  const [acc, x] = variables;
  // The start value and the elements have different types, so the list holds pairs: (accumulator, element).
  const pairs = `list_prepend(struct_pack(a := ${start.sql}, e := CAST(NULL AS ${duckType(element)})), list_transform(${value.sql}, lambda q: struct_pack(a := CAST(NULL AS ${duckType(start.type)}), e := q)))`;
  const step = merged.sql
    .replaceAll(new RegExp(`\\b${acc}\\b`, 'g'), 'p.a')
    .replaceAll(new RegExp(`\\b${x}\\b`, 'g'), 'q.e');
  const reduced = `list_reduce(${pairs}, lambda p, q: struct_pack(a := ${step}, e := q.e)).a`;
  if (call.args.length === 3)
    return made(call, `CASE WHEN ${value.sql} IS NULL THEN NULL ELSE ${reduced} END`, start.type);
  const finish = lambdaOf(call, 3, [start.type]);
  return made(
    call,
    `CASE WHEN ${value.sql} IS NOT NULL THEN list_transform([${reduced}], lambda ${finish.variables[0]}: ${finish.body.sql})[1] END`,
    finish.body.type,
  );
}

function setOperation(call: FunctionCall): Bound {
  arity(call, 2);
  const { type, args } = common(call, call.args);
  const bodies: Record<string, string> = {
    array_union: 'list_filter($1 || $2, lambda x, i: list_position($1 || $2, x) = i)',
    array_intersect:
      'list_filter($1, lambda x, i: list_position($1, x) = i AND list_position($2, x) IS NOT NULL)',
    array_except: 'list_filter($1, lambda x, i: list_position($1, x) = i AND list_position($2, x) IS NULL)',
    arrays_overlap: 'list_has_any($1, $2)',
  };
  return made(
    call,
    fill(bodies[call.name] ?? 'NULL', args),
    call.name === 'arrays_overlap' ? t.boolean : type,
  );
}

function slice(call: FunctionCall): Bound {
  arity(call, 3);
  const { value } = arrayArg(call, 0);
  const zero = raise(
    'INVALID_PARAMETER_VALUE.START',
    '22023',
    "'Expects a positive or a negative value for `start`, but got 0.'",
  );
  const body = `CASE WHEN $2 = 0 THEN ${zero} WHEN $2 < 0 AND -$2 > len($1) THEN [] WHEN $2 > 0 THEN list_slice($1, $2, $2 + $3 - 1) ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END`;
  return made(call, fill(body, [value, arg(call, 1, t.int), arg(call, 2, t.int)]), value.type);
}

function sortArray(call: FunctionCall): Bound {
  arity(call, 2);
  const { value } = arrayArg(call, 0);
  const ascending = call.args[1]?.literal?.value;
  if (typeof ascending !== 'boolean') throw notSupported('"sort_array" with an order that is not a literal');
  return made(
    call,
    `list_sort(${value.sql}, ${ascending ? "'ASC', 'NULLS FIRST'" : "'DESC', 'NULLS LAST'"})`,
    value.type,
  );
}

function arrayPosition(call: FunctionCall): Bound {
  arity(call, 2);
  const { value, element } = arrayArg(call, 0);
  const item = arg(call, 1);
  const type = widest([element, item.type]);
  if (!type) throw unexpectedInput(callName(call), 'second', typeText(element), item.name, item.type);
  const list = cast(value, t.array(type));
  if (call.name === 'array_remove')
    return made(
      call,
      fill('CASE WHEN $2 IS NULL THEN NULL ELSE list_filter($1, lambda x: x IS DISTINCT FROM $2) END', [
        list,
        cast(item, type),
      ]),
      list.type,
    );
  return made(
    call,
    fill('CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE coalesce(list_position($1, $2), 0) END', [
      list,
      cast(item, type),
    ]),
    t.bigint,
  );
}

export const listsRules: FunctionRule[] = [
  rule('sequence', sequence),
  rule('transform', transform),
  rule('filter', filter),
  rule('exists', quantified),
  rule('forall', quantified),
  rule('aggregate', fold),
  rule('reduce', fold),
  rule('array_union', setOperation),
  rule('array_intersect', setOperation),
  rule('array_except', setOperation),
  rule('arrays_overlap', setOperation),
  rule('array_position', arrayPosition),
  rule('array_remove', arrayPosition),
  rule('slice', slice),
  rule('sort_array', sortArray),
];
