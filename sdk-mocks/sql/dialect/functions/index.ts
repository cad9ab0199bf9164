import { aggregateRules } from './aggregate.ts';
import { checksumsRules } from './checksums.ts';
import { codecsRules } from './codecs.ts';
import { collectionsRules } from './collections.ts';
import type { FunctionRule } from './define.ts';
import { fromJsonRules } from './from-json.ts';
import { instantsRules } from './instants.ts';
import { jsonRules } from './json.ts';
import { jsonPathRules } from './json-path.ts';
import { listsRules } from './lists.ts';
import { mapsRules } from './maps.ts';
import { numbersRules } from './numbers.ts';
import { refusedRules } from './refused.ts';
import { scalarRules } from './scalar.ts';
import { sessionRules } from './session.ts';
import { structuresRules } from './structures.ts';
import { textsRules } from './texts.ts';
import { timesRules } from './times.ts';
import { toNumberRules } from './to-number.ts';

export { callName, type FunctionRule, type SessionValues } from './define.ts';
export { datetimeField } from './instants.ts';
export { subscript } from './structures.ts';

/** Every built-in function we run or refuse by name, by lower-case Spark name; a later rule with more overloads wins over the plain table. */
const table: ReadonlyMap<string, readonly FunctionRule[]> = collect([
  ...scalarRules,
  ...structuresRules,
  ...numbersRules,
  ...codecsRules,
  ...timesRules,
  ...listsRules,
  ...sessionRules,
  ...jsonRules,
  ...mapsRules,
  ...collectionsRules,
  ...fromJsonRules,
  ...instantsRules,
  ...textsRules,
  ...aggregateRules,
  ...toNumberRules,
  ...checksumsRules,
  ...jsonPathRules,
  ...refusedRules,
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
