/** Character classes of the lexer. Letters beyond ASCII count as identifier characters, as in Spark. */
export function isWordCharacter(c: string): boolean {
  return /[A-Za-z0-9_\u0080-\uffff]/.test(c) && !/\s/.test(c);
}

export function isDigit(c: string): boolean {
  return c >= '0' && c <= '9';
}

const simpleEscapes: Record<string, string> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\u001a',
};

/**
 * Value of a quoted string literal's inside. Spark's escapes: the usual letters, octal, `\u` and `\U`; `\%` and
 * `\_` keep the backslash for LIKE; any other escaped character stands for itself; a doubled quote is one quote
 * (docs: STRING literal; code: Spark unescapeSQLString).
 */
export function unescapeString(inside: string, quote: string): string {
  return inside.replace(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))|(''|"")/g,
    (
      all,
      u: string | undefined,
      big: string | undefined,
      octal: string | undefined,
      single: string | undefined,
    ) => {
      if (u !== undefined) return String.fromCharCode(Number.parseInt(u, 16));
      if (big !== undefined) return fromCodePoint(Number.parseInt(big, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (single === '%' || single === '_') return all;
      if (single !== undefined) return simpleEscapes[single] ?? single;
      return all === quote + quote ? quote : all;
    },
  );
}

function fromCodePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
