import { aggregateRules } from './aggregate.ts';
import type { FunctionRule } from './define.ts';
import { scalarRules } from './scalar.ts';
import { specialRules } from './special.ts';

export { callName, type FunctionRule, type SessionValues } from './define.ts';
export { subscript } from './special.ts';

/** Every built-in function we run, by lower-case Spark name; a later rule with more overloads wins over the plain table. */
const table: ReadonlyMap<string, readonly FunctionRule[]> = collect([
  ...scalarRules,
  ...specialRules,
  ...aggregateRules,
]);

function collect(rules: readonly FunctionRule[]): Map<string, FunctionRule[]> {
  const found = new Map<string, FunctionRule[]>();
  for (const rule of rules) found.set(rule.name, [...(found.get(rule.name) ?? []), rule]);
  return found;
}

/** The rules of a name: more than one when overloads differ in kind of rule (by argument count). */
export function builtin(name: string): readonly FunctionRule[] {
  return table.get(name) ?? [];
}

/** The coverage table: name, status, note. */
export function functionStatus(): {
  name: string;
  status: FunctionRule['status'];
  kind: FunctionRule['kind'];
  note?: string;
}[] {
  return [...table.values()]
    .flatMap((rules) => rules.slice(0, 1))
    .map(({ name, status, kind, note }) => ({ name, status, kind, ...(note === undefined ? {} : { note }) }));
}
