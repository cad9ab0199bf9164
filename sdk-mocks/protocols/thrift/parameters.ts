import type { SqlParameter } from '../../sql/index.ts';
import type { Argument, Parameter } from './requests.ts';

/**
 * Parameters as the warehouse takes them. Unnamed ones count by their place in the list: drivers send an ordinal of
 * 1 for all of them, or none (reference sql-wire 3.10).
 */
export function sqlParameters(given: readonly Parameter[]): SqlParameter[] {
  let ordinal = 0;
  return given.map((parameter) => {
    const { name, type, value } = parameter;
    const text = value?.stringValue ?? value?.doubleValue ?? value?.booleanValue;
    ordinal += name ? 0 : 1;
    return {
      ...(name ? { name } : { ordinal }),
      ...(type === undefined ? {} : { type }),
      ...content(type, text === undefined ? null : String(text), parameter.arguments),
    };
  });
}

/** ARRAY and MAP come as arguments, keys and values of a MAP in turn, nested as deep as the type. */
function content(type: string | undefined, value: string | null, given: readonly Argument[] | undefined) {
  if (!given || !/^\s*(?:ARRAY|MAP)\b/i.test(type ?? '')) return { value };
  return { items: given.map(item) };
}

function item({ type, value, arguments: inner }: Argument): SqlParameter {
  return { ...(type === undefined ? {} : { type }), ...content(type, value ?? null, inner) };
}
