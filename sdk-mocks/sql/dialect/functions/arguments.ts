import { type Bound, marks } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { mismatch, notSupported, ordinal, unexpectedInput, wrongArgs } from '../errors.ts';
import { implicitlyCastable, type Type, t, typeText, widest } from '../types/index.ts';
import { callName, type FunctionCall, type FunctionRule } from './define.ts';

/** A scalar result of `type`. */
export const made = (call: FunctionCall, sql: string, type: Type): Bound => ({
  sql,
  type,
  name: callName(call),
  ...marks(call.args),
});

/** A function whose arguments need more than a template. */
export const rule = (
  name: string,
  bind: (call: FunctionCall) => Bound,
  status: FunctionRule['status'] = 'exact',
  note?: string,
): FunctionRule => ({
  name,
  kind: 'scalar',
  status,
  bind,
  ...(note === undefined ? {} : { note }),
});

/** The argument at `index`, cast to `type` when one is given. @throws SqlError UNEXPECTED_INPUT_TYPE, WRONG_NUM_ARGS */
export function arg(call: FunctionCall, index: number, type?: Type): Bound {
  const value = call.args[index];
  if (!value) throw wrongArgs(call.name, `at least ${index + 1}`, call.args.length);
  if (value.lambda && type) throw nonLambda(call);
  if (!type) return value;
  if (!implicitlyCastable(value.type, type))
    throw unexpectedInput(callName(call), ordinal(index), typeText(type), value.name, value.type);
  return cast(value, type);
}

const nonLambda = (call: FunctionCall) =>
  mismatch('UNEXPECTED_INPUT_TYPE', callName(call), 'a lambda function is not expected here.');

export function arity(call: FunctionCall, ...sizes: number[]): void {
  if (sizes.includes(call.args.length)) return;
  throw wrongArgs(
    call.name,
    sizes.length === 1 ? String(sizes[0]) : `[${sizes.join(', ')}]`,
    call.args.length,
  );
}

export function arrayArg(call: FunctionCall, index: number): { value: Bound; element: Type } {
  const value = arg(call, index);
  if (value.type.kind === 'void')
    return { value: { ...value, sql: 'CAST(NULL AS INTEGER[])', type: t.array(t.void) }, element: t.void };
  if (value.type.kind !== 'array')
    throw unexpectedInput(callName(call), ordinal(index), 'ARRAY', value.name, value.type);
  return { value, element: value.type.element };
}

export function mapArg(call: FunctionCall, index: number): { value: Bound; key: Type; item: Type } {
  const value = arg(call, index);
  if (value.type.kind !== 'map')
    throw unexpectedInput(callName(call), ordinal(index), 'MAP', value.name, value.type);
  return { value, key: value.type.key, item: value.type.value };
}

/** The value of a string literal. @throws SqlError when it depends on rows */
export function literalText(call: FunctionCall, index: number): string {
  const value = arg(call, index);
  const literal = value.literal?.value;
  if (typeof literal !== 'string')
    throw notSupported(`"${call.name}" with a ${ordinal(index)} argument that is not a string literal`);
  return literal;
}

/** All arguments brought to one type. */
export function common(call: FunctionCall, args: readonly Bound[]): { type: Type; args: Bound[] } {
  const type = widest(args.map((a) => a.type));
  if (!type) {
    throw mismatch(
      'DATA_DIFF_TYPES',
      callName(call),
      `Input to \`${call.name}\` should all be the same type, but it's [${args.map((a) => `"${typeText(a.type)}"`).join(', ')}].`,
    );
  }
  return { type, args: args.map((a) => cast(a, type)) };
}

/** The lambda at `index`, bound with the types of its variables. */
export function lambdaOf(
  call: FunctionCall,
  index: number,
  types: readonly Type[],
): { variables: readonly string[]; body: Bound } {
  const value = arg(call, index);
  if (!value.lambda) throw unexpectedInput(callName(call), ordinal(index), 'LAMBDA', value.name, value.type);
  return value.lambda(types);
}
