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
      ...content(type, text === undefined ? null : String(text), parameter.arguments),
    };
  });
}

/** ARRAY and MAP come as arguments, keys and values of a MAP in turn, nested as deep as the type. */
function content(
  type: string | undefined,
  value: string | null,
  given: readonly Argument[] | undefined,
): Pick<SqlParameter, 'type' | 'value' | 'items'> {
  const kind = /^\s*(ARRAY|MAP)\b/i.exec(type ?? '')?.[1]?.toUpperCase();
  if (!given || !kind) return { ...(type === undefined ? {} : { type }), value };
  const items = given.map((inner) => content(inner.type, inner.value ?? null, inner.arguments));
  return { type: /</.test(type ?? '') ? (type ?? kind) : nestedType(kind, items), items };
}

/** The Python driver names the bare kind only; its items tell the rest (code: databricks-sql-python native.py). */
function nestedType(kind: string, items: readonly SqlParameter[]): string {
  const typeOf = (some: readonly SqlParameter[]) =>
    some.find(({ type }) => type !== undefined && type.toUpperCase() !== 'VOID')?.type ?? 'STRING';
  if (kind === 'ARRAY') return `ARRAY<${typeOf(items)}>`;
  const keys = items.filter((_, index) => index % 2 === 0);
  const values = items.filter((_, index) => index % 2 === 1);
  return `MAP<${typeOf(keys)}, ${typeOf(values)}>`;
}
