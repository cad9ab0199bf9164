import { SqlError } from '../../../../emulator/core/index.ts';

/** `word`: keyword or plain identifier; `quoted`: backticked identifier; `op`: operator or punctuation. */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'op' | 'end';

export interface Token {
  kind: TokenKind;
  /** Words as written, quoted identifiers and strings without quotes and escapes, `:name` as `name`, `?` as `?`. */
  text: string;
  /** Upper case of a word; the operator; empty otherwise. What the parser compares. */
  key: string;
  start: number;
  end: number;
}

const operators = [
  '<=>',
  '>>>',
  '||',
  '->',
  '=>',
  '|>',
  '::',
  '<=',
  '>=',
  '<>',
  '!=',
  '==',
  '<<',
  '>>',
  '(',
  ')',
  '[',
  ']',
  ',',
  '.',
  ';',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '<',
  '>',
  '!',
  '~',
  '&',
  '|',
  '^',
  ':',
  '?',
  '@',
  '{',
  '}',
  '$',
];

/** docs: Spark error class PARSE_SYNTAX_ERROR. `position` counts characters from 0. */
export function syntaxError(text: string, position: number, near: string, hint = ''): SqlError {
  const { line, column } = placeOf(text, position);
  const what = near === '' ? 'end of input' : `'${near}'`;
  return new SqlError(
    'PARSE_SYNTAX_ERROR',
    '42601',
    `Syntax error at or near ${what}${hint ? `: ${hint}` : ''} (line ${line}, pos ${column}).`,
  );
}

/** Line from 1, column from 0, as the platform counts them. */
export function placeOf(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length };
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const wordPart = /[A-Za-z0-9_\u0080-\uffff]/;
const numberForm = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?/iy;

/**
 * Splits a statement into tokens, comments and hints dropped. Double quotes make strings, as on a warehouse.
 * @throws SqlError PARSE_SYNTAX_ERROR for an unfinished string, name or comment.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: TokenKind, value: string, key: string, end: number) => {
    tokens.push({ kind, text: value, key, start: at, end });
    at = end;
  };
  while (at < text.length) {
    const c = text.charAt(at);
    if (/\s/.test(c)) {
      at += 1;
    } else if (text.startsWith('--', at)) {
      at = lineEnd(text, at);
    } else if (text.startsWith('/*', at)) {
      at = commentEnd(text, at);
    } else if ((c === 'r' || c === 'R') && /['"]/.test(text.charAt(at + 1))) {
      const end = stringEnd(text, at + 1, true);
      push('string', text.slice(at + 2, end - 1), '', end);
    } else if (c === "'" || c === '"') {
      const end = stringEnd(text, at, false);
      push('string', unescaped(text.slice(at + 1, end - 1), c), '', end);
    } else if (c === '`') {
      const end = quotedEnd(text, at);
      push('quoted', text.slice(at + 1, end - 1).replaceAll('``', '`'), '', end);
    } else if (
      /\d/.test(c) ||
      (c === '.' && /\d/.test(text.charAt(at + 1)) && !endsName(tokens.at(-1), at))
    ) {
      const end = numberEnd(text, at);
      if (end.isWord) push('word', end.text, end.text.toUpperCase(), at + end.text.length);
      else push('number', end.text, '', at + end.text.length);
    } else if (wordStart.test(c)) {
      let end = at + 1;
      while (end < text.length && wordPart.test(text.charAt(end))) end += 1;
      const word = text.slice(at, end);
      push('word', word, word.toUpperCase(), end);
    } else if (c === '?') {
      push('parameter', '?', '', at + 1);
    } else if (c === ':' && wordStart.test(text.charAt(at + 1)) && !endsValue(tokens.at(-1), at)) {
      let end = at + 2;
      while (end < text.length && wordPart.test(text.charAt(end))) end += 1;
      push('parameter', text.slice(at + 1, end), '', end);
    } else {
      const op = operators.find((candidate) => text.startsWith(candidate, at));
      if (op === undefined) throw syntaxError(text, at, c);
      push('op', op, op, at + op.length);
    }
  }
  tokens.push({ kind: 'end', text: '', key: '', start: text.length, end: text.length });
  return tokens;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

/** Comments nest (code: Spark SqlBaseLexer.g4, BRACKETED_COMMENT). */
function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  throw syntaxError(text, start, '/*', 'unclosed comment');
}

function stringEnd(text: string, start: number, raw: boolean): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '\\' && !raw) at += 1;
    else if (c === quote) {
      if (!raw && text.charAt(at + 1) === quote) at += 1;
      else return at + 1;
    }
  }
  throw syntaxError(text, start, quote, 'unclosed string');
}

function quotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) !== '`') continue;
    if (text.charAt(at + 1) === '`') at += 1;
    else return at + 1;
  }
  throw syntaxError(text, start, '`', 'unclosed identifier');
}

/** A name may start with digits (`1a`), a number may end in a type letter (`1L`, `1.5BD`). */
function numberEnd(text: string, at: number): { text: string; isWord: boolean } {
  numberForm.lastIndex = at;
  const number = numberForm.exec(text)?.[0] ?? text.charAt(at);
  if (!wordStart.test(text.charAt(at + number.length))) return { text: number, isWord: false };
  let end = at;
  while (end < text.length && wordPart.test(text.charAt(end))) end += 1;
  return { text: text.slice(at, end), isWord: true };
}

/** After a name, `.5` is a field access and not a number: `a.1` does not occur, but `t.0x` style names do. */
function endsName(token: Token | undefined, at: number): boolean {
  return token !== undefined && token.end === at && (token.kind === 'word' || token.kind === 'quoted');
}

/** After a value, `:name` is a path into JSON (`v:field`), elsewhere a parameter. */
function endsValue(token: Token | undefined, at: number): boolean {
  if (token === undefined || token.end !== at) return false;
  return token.kind === 'word' || token.kind === 'quoted' || token.key === ']' || token.key === ')';
}

const escapes: Record<string, string> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\u001a' };

/** docs: sql-ref-literals, string escapes. `\%` and `\_` keep their backslash for LIKE. */
/** Escapes, and the string's own quote written twice. */
function unescaped(body: string, quote: string): string {
  if (!/[\\'"]/.test(body)) return body;
  return body.replace(
    /\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\([0-3][0-7]{2})|\\([\s\S])|''|""/g,
    (all: string, u4?: string, u8?: string, octal?: string, single?: string) => {
      const code = u4 ?? u8;
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (single === undefined) return all.charAt(0) === quote ? quote : all;
      if (single === '%' || single === '_') return all;
      return escapes[single] ?? single;
    },
  );
}
