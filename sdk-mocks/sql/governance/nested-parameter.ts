import type { SqlParameter } from '../contract.ts';

/**
 * Text of a parameter as the engine casts it to its type. Elements stand in quotes with `\` before quotes, so that no
 * value can end its own text; NULL is the only bare word.
 */
export function parameterText({ items, value, type = 'STRING' }: SqlParameter): string | null {
  if (!items) return value ?? null;
  const texts = items.map(elementText);
  if (!/^\s*MAP/i.test(type)) return `[${texts.join(', ')}]`;
  const entries = texts.flatMap((text, index) =>
    index % 2 === 0 ? [`${text}=${texts[index + 1] ?? 'NULL'}`] : [],
  );
  return `{${entries.join(', ')}}`;
}

function elementText(item: SqlParameter): string {
  const text = parameterText(item);
  if (text === null) return 'NULL';
  return item.items ? text : `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
