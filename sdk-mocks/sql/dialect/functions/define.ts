import { SqlError } from '../../../../emulator/core/index.ts';
import { type Bound, fill, marks } from '../bind/bound.ts';
import { cast } from '../bind/cast.ts';
import { ordinal, unexpectedInput, wrongArgs } from '../errors.ts';
import { implicitlyCastable, isNumeric, type Type, t, widest } from '../types/index.ts';

/** How close a function is to Spark's. Only `exact` and `approximate` ones run. */
export type Status = 'exact' | 'approximate' | 'refused';

export interface FunctionCall {
  name: string;
  args: readonly Bound[];
  distinct: boolean;
  /** Values of the session: see `session.ts`. */
  session: SessionValues;
}

export interface SessionValues {
  user: string;
  catalog: string;
  schema: string;
  timeZone: string;
  metastore: string;
  isAccountGroupMember(group: string): boolean;
  isWorkspaceGroupMember(group: string): boolean;
  /** SQL of the statement's start, TIMESTAMPTZ. Marks the statement as depending on time. */
  now(): string;
  /** Says that equal calls may give different answers. */
  volatile(): void;
}

export interface FunctionRule {
  name: string;
  status: Status;
  kind: 'scalar' | 'aggregate' | 'window';
  /** Why it is not exact, for the coverage table and the refusal. */
  note?: string;
  bind(call: FunctionCall): Bound;
}

interface Overload {
  params: string[];
  returns: string;
  template: string;
  variadic: boolean;
}

const simple: Record<string, Type> = {
  s: t.string,
  i: t.int,
  l: t.bigint,
  d: t.double,
  f: t.float,
  b: t.boolean,
  D: t.date,
  T: t.timestamp,
  N: t.timestamp_ntz,
  y: t.binary,
  v: t.variant,
  h: t.smallint,
  w: t.tinyint,
  z: t.void,
};

/**
 * Reads rules from lines `name(params) -> returns | template`, one overload a line. Parameters are letters:
 * s i l d f b D T N y v simple types, S text that is no other type's, n any number, a anything, c a type common to all c, A array, M map;
 * a trailing `*` repeats the last one (the template's `$*` is the list). Returns: a letter, a digit (type of
 * that argument), `c`, `eN` (element of argument N), `AN` (array of argument N's type), `Ac`.
 */
export function rules(kind: FunctionRule['kind'], status: Status, text: string): FunctionRule[] {
  const byName = new Map<string, Overload[]>();
  for (const line of text.split('\n')) {
    const match = /^([a-z_0-9,]+)\(([^)]*)\) -> (\S+) \| (.+)$/.exec(line.trim());
    if (!match) continue;
    const [, names = '', params = '', returns = '', template = ''] = match;
    const variadic = params.endsWith('*');
    const list = params.replace('*', '').split(/\s+/).filter(Boolean);
    for (const name of names.split(',')) {
      const overloads = byName.get(name) ?? [];
      overloads.push({ params: list, returns, template, variadic });
      byName.set(name, overloads);
    }
  }
  return [...byName].map(([name, overloads]) => ({
    name,
    status,
    kind,
    bind: (call) => apply(call, overloads, kind),
  }));
}

function apply(call: FunctionCall, overloads: readonly Overload[], kind: FunctionRule['kind']): Bound {
  const { args } = call;
  const fitting = overloads.filter((o) =>
    o.variadic ? args.length >= o.params.length - 1 : args.length === o.params.length,
  );
  if (fitting.length === 0) throw wrongArgs(call.name, counts(overloads), args.length);
  const accepted =
    fitting.find((o) => accepts(o, args)) ?? fitting.find((o) => castable(o, args)) ?? fitting[0];
  if (!accepted) throw wrongArgs(call.name, counts(overloads), args.length);
  const typed = convert(call, accepted);
  const template = accepted.template.replaceAll('$*', typed.map((_arg, i) => `$${i + 1}`).join(', '));
  const sql =
    kind === 'aggregate' && call.distinct
      ? fill(
          template.replace('$1', 'DISTINCT $1'),
          typed.map((arg) => ({ ...arg, simple: true })),
        )
      : fill(template, kind === 'aggregate' ? typed.map((arg) => ({ ...arg, simple: true })) : typed);
  return {
    sql,
    type: returnType(accepted.returns, typed),
    name: callName(call),
    ...marks(args),
    ...(kind === 'aggregate' ? { aggregate: true } : {}),
  };
}

export function callName(call: Pick<FunctionCall, 'name' | 'args' | 'distinct'>): string {
  return `${call.name}(${call.distinct ? 'DISTINCT ' : ''}${call.args.map((arg) => arg.name).join(', ')})`;
}

function counts(overloads: readonly Overload[]): string {
  const sizes = [...new Set(overloads.map((o) => o.params.length))].sort((a, b) => a - b);
  return sizes.length === 1 ? String(sizes[0]) : `[${sizes.join(', ')}]`;
}

const param = (overload: Overload, index: number): string =>
  overload.params[Math.min(index, overload.params.length - 1)] ?? 'a';

function accepts(overload: Overload, args: readonly Bound[]): boolean {
  return args.every(({ type }, i) => {
    const code = param(overload, i);
    if (code === 'a' || code === 'c') return true;
    if (type.kind === 'void') return true;
    if (code === 'n') return isNumeric(type);
    if (code === 'A') return type.kind === 'array';
    if (code === 'M') return type.kind === 'map';
    if (code === 'S') return type.kind === 'string';
    return simple[code]?.kind === type.kind;
  });
}

function castable(overload: Overload, args: readonly Bound[]): boolean {
  return args.every(({ type }, i) => {
    const wanted = simple[param(overload, i)];
    return wanted
      ? implicitlyCastable(type, wanted)
      : accepts({ ...overload, params: [param(overload, i)] }, [{ sql: '', name: '', type }]);
  });
}

function convert(call: FunctionCall, overload: Overload): Bound[] {
  const common = widest(call.args.filter((_arg, i) => param(overload, i) === 'c').map((arg) => arg.type));
  return call.args.map((arg, i) => {
    const code = param(overload, i);
    if (arg.lambda)
      throw new SqlError(
        'INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION',
        '42K0D',
        `Invalid lambda function call. A lambda function should only be used in a higher order function. However, its class is \`${call.name}\`, which is not a higher order function.`,
      );
    const fail = (required: string) =>
      unexpectedInput(callName(call), ordinal(i), required, arg.name, arg.type);
    if (code === 'a') return arg;
    if (code === 'c') {
      if (!common) throw fail('SAME TYPE');
      return cast(arg, common);
    }
    if (code === 'n') {
      if (isNumeric(arg.type)) return arg;
      if (arg.type.kind === 'string' || arg.type.kind === 'void') return cast(arg, t.double);
      throw fail('NUMERIC');
    }
    if (code === 'A' || code === 'M') {
      if (arg.type.kind === (code === 'A' ? 'array' : 'map')) return arg;
      if (arg.type.kind === 'void') return { ...arg, sql: 'NULL' };
      throw fail(code === 'A' ? 'ARRAY' : 'MAP');
    }
    const wanted = simple[code] ?? t.string;
    if (code === 'S' && arg.type.kind !== 'string' && arg.type.kind !== 'void') throw fail('STRING');
    if (!implicitlyCastable(arg.type, wanted)) throw fail(wanted.kind.toUpperCase());
    return cast(arg, wanted);
  });
}

function returnType(code: string, args: readonly Bound[]): Type {
  const of = (index: string) => args[Number(index) - 1]?.type ?? t.void;
  if (/^\d$/.test(code)) return of(code);
  if (code === 'c') return widest(args.map((arg) => arg.type)) ?? t.void;
  const rest = code.slice(1);
  if (code.startsWith('e')) {
    const type = of(rest);
    return type.kind === 'array' ? type.element : t.void;
  }
  if (code.startsWith('A') && code.length > 1) {
    const inner = simple[rest];
    return t.array(inner ?? (rest === 'c' ? (widest(args.map((arg) => arg.type)) ?? t.void) : of(rest)));
  }
  return simple[code] ?? t.string;
}
