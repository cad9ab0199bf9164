import { createHash } from 'node:crypto';
import { quote, type Type } from '../types/index.ts';

/** An expression with everything known about it: what the engine runs, its Spark type, and how Spark would name it. */
export interface Bound {
  sql: string;
  type: Type;
  /** Column name Spark gives an unnamed output: `sum(amt)`, `(a + 1)`. */
  name: string;
  /** Cheap and safe to write twice: a column, a literal, a lambda variable. */
  simple?: boolean;
  /** Has a name of its own: a column, or an alias written inside a call. */
  column?: boolean;
  named?: boolean;
  /** Written with CAST: no longer a literal for the digits of a DECIMAL. */
  casted?: boolean;
  /** The value, for a literal: some functions need it at analysis time. */
  literal?: { value: string | number | boolean | null };
  /** Contains an aggregate function outside a window. */
  aggregate?: boolean;
  window?: boolean;
  subquery?: boolean;
  /** A lambda: bound when the types of its parameters are known. */
  lambda?: (types: readonly Type[]) => { variables: readonly string[]; body: Bound };
}

/** Place in an aggregate's SQL where FILTER and OVER go. */
export const tail = '\u0002';

/** Place of FILTER and OVER when an aggregate's SQL has several aggregates. */
export const every = '\u0003';

/** What combines parts keeps their marks. */
export function marks(parts: readonly Bound[]): Pick<Bound, 'aggregate' | 'window' | 'subquery'> {
  return {
    ...(parts.some((p) => p.aggregate) ? { aggregate: true } : {}),
    ...(parts.some((p) => p.window) ? { window: true } : {}),
    ...(parts.some((p) => p.subquery) ? { subquery: true } : {}),
  };
}

/**
 * Evaluates `value` once and uses it many times. A list of one and a lambda are DuckDB's way of a local
 * variable; the name follows from the text, so that equal expressions stay equal for GROUP BY.
 */
export function once(sql: string, simple: boolean, use: (variable: string) => string): string {
  if (simple) return use(sql);
  const name = `v${createHash('sha1').update(sql).digest('hex').slice(0, 10)}`;
  return `list_transform([${sql}], lambda ${name}: ${use(name)})[1]`;
}

/** Mark of our own errors in the engine's error texts. */
export const raiseMark = '\u0001';

/** An expression that fails with a platform error. `text` is SQL of type VARCHAR. */
export function raise(errorClass: string, sqlState: string, text: string): string {
  return `error(${quote(`${raiseMark}${errorClass}|${sqlState}|`)} || ${text})`;
}

/** Fills `$1`, `$2`, … of a template; arguments used twice are evaluated once. */
export function fill(template: string, args: readonly { sql: string; simple?: boolean }[]): string {
  const uses = new Map<number, number>();
  for (const match of template.matchAll(/\$(\d+)/g)) {
    const index = Number(match[1]) - 1;
    uses.set(index, (uses.get(index) ?? 0) + 1);
  }
  const names = args.map((arg) => arg.sql);
  const finish = () =>
    template.replace(/\$(\d+)/g, (_all, digits: string) => names[Number(digits) - 1] ?? 'NULL');
  const wrap = (index: number): string => {
    const arg = args[index];
    if (!arg) return finish();
    if (arg.simple || (uses.get(index) ?? 0) < 2) return wrap(index + 1);
    return once(arg.sql, false, (variable) => {
      names[index] = variable;
      return wrap(index + 1);
    });
  };
  return wrap(0);
}
