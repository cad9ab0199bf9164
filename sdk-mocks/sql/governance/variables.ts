import type { SessionState } from '../contract.ts';
import { type Bound, cast, parseType, quote, t } from '../dialect/index.ts';
import { sessionVariable } from '../session.ts';

/** A session variable as an expression: its value as a quoted literal of its type. */
export function variableOf(state: SessionState, parts: readonly string[]): Bound | undefined {
  const variable = sessionVariable(state, parts);
  if (!variable) return undefined;
  const type = parseType(variable.type);
  const text: Bound =
    variable.value === null
      ? { sql: 'NULL', type: t.void, name: variable.name, simple: true }
      : { sql: quote(variable.value), type: t.string, name: variable.name, simple: true };
  const value = cast(text, type);
  return {
    ...value,
    type,
    name: variable.name,
    named: true,
    ...(type.kind === 'string' ? { literal: { value: variable.value } } : {}),
  };
}
