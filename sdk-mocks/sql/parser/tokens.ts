import { isDigit, isWordCharacter, unescapeString } from './characters.ts';
import { parseError } from './errors.ts';

/**
 * `word`: keyword or plain identifier. `quoted`: identifier in backticks. `string`: any string literal, also
 * `r'..'` and `$$..$$`. `parameter`: `:name` or `?`. `symbol`: operator or punctuation. `end`: after the last.
 */
export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol' | 'end';

export interface Token {
  kind: TokenKind;
  /** As written. */
  text: string;
  /** Identifier without quotes, value of a string, name of a parameter (empty for `?`); else the text. */
  value: string;
  /** Character offsets in the statement; `end` is exclusive. */
  start: number;
  end: number;
}

const operators = ['<=>', '|>', '<>', '<=', '!=', '==', '||', '::', '->', '=>', '!<', '!>'];

/** Words after which `:x` is a parameter even without a blank between. Elsewhere `a:b` reads a path of a variant. */
const beforeParameter = new Set(
  'SELECT WHERE AND OR NOT IN LIKE BETWEEN VALUES SET ON WHEN THEN ELSE LIMIT OFFSET BY HAVING RETURN AS IS CASE FROM'.split(
    ' ',
  ),
);

/**
 * Splits a statement of the Databricks dialect into tokens; comments and blanks are left out, and the last token is
 * always `end`.
 * @throws SqlError when a string, quoted identifier or comment does not end.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipBlanks(text, at);
    if (at >= text.length) break;
    const token = readToken(text, at, tokens.at(-1));
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
  return tokens;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    if (text.startsWith('--', at)) at = lineCommentEnd(text, at);
    else if (text.startsWith('/*', at)) at = blockCommentEnd(text, at);
    else return at;
  }
}

/** A backslash before the line end carries the comment on (code: Spark SIMPLE_COMMENT). */
function lineCommentEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charAt(at) !== '\n' && text.charAt(at) !== '\r') {
    at += text.startsWith('\\\n', at) ? 2 : 1;
  }
  return at;
}

/** Block comments nest (docs: comments). */
function blockCommentEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; ) {
    if (text.startsWith('/*', at)) {
      depth += 1;
      at += 2;
    } else if (text.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) return at;
    } else at += 1;
  }
  throw parseError(
    text,
    from,
    'UNCLOSED_BRACKETED_COMMENT',
    '42601',
    'Found an unclosed bracketed comment. Please, append */ at the end of the comment.',
  );
}

function readToken(text: string, at: number, previous: Token | undefined): Token {
  const c = text.charAt(at);
  if (c === "'" || c === '"') return quotedString(text, at, at, false);
  if ((c === 'r' || c === 'R') && /['"]/.test(text.charAt(at + 1)))
    return quotedString(text, at, at + 1, true);
  if (c === '`') return quotedIdentifier(text, at);
  if (c === '$') return dollarString(text, at);
  const number = numberEnd(text, at, previous);
  if (number > at) return token('number', text, at, number);
  if (isWordCharacter(c)) {
    let end = at + 1;
    while (end < text.length && isWordCharacter(text.charAt(end))) end += 1;
    return token('word', text, at, end);
  }
  if (c === '?') return { ...token('parameter', text, at, at + 1), value: '' };
  if (c === ':' && !text.startsWith('::', at)) return colon(text, at, previous);
  const operator = operators.find((candidate) => text.startsWith(candidate, at));
  return token('symbol', text, at, at + (operator?.length ?? characterLength(text, at)));
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function token(kind: TokenKind, text: string, start: number, end: number): Token {
  const written = text.slice(start, end);
  return { kind, text: written, value: written, start, end };
}

function quotedString(text: string, start: number, open: number, raw: boolean): Token {
  const quote = text.charAt(open);
  let at = open + 1;
  for (; at < text.length; at += 1) {
    const c = text.charAt(at);
    if (c === '\\' && !raw) at += 1;
    else if (c === quote) {
      if (raw || text.charAt(at + 1) !== quote) {
        const inside = text.slice(open + 1, at);
        const value = raw ? inside : unescapeString(inside, quote);
        return { ...token('string', text, start, at + 1), value };
      }
      at += 1;
    }
  }
  throw unclosed(text, start);
}

function quotedIdentifier(text: string, start: number): Token {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) !== '`') continue;
    if (text.charAt(at + 1) !== '`') {
      const value = text.slice(start + 1, at).replaceAll('``', '`');
      return { ...token('quoted', text, start, at + 1), value };
    }
    at += 1;
  }
  throw unclosed(text, start);
}

function dollarString(text: string, start: number): Token {
  const tag = /^\$[A-Za-z_]*\$/.exec(text.slice(start, start + 64))?.[0];
  if (tag === undefined) return token('symbol', text, start, start + 1);
  const end = text.indexOf(tag, start + tag.length);
  if (end < 0) throw unclosed(text, start);
  return { ...token('string', text, start, end + tag.length), value: text.slice(start + tag.length, end) };
}

function unclosed(text: string, start: number): Error {
  return parseError(
    text,
    start,
    'PARSE_SYNTAX_ERROR',
    '42601',
    `Syntax error at or near '${text.charAt(start)}': the quoted text does not end.`,
  );
}

/** End of a number at `at`, or `at` when there is none. `1a` is a word, `t.5` a name and a number apart. */
function numberEnd(text: string, at: number, previous: Token | undefined): number {
  const first = text.charAt(at);
  const leadingDot = first === '.' && isDigit(text.charAt(at + 1));
  if (!isDigit(first) && !leadingDot) return at;
  if (leadingDot && previous?.end === at && /^(word|quoted)$/.test(previous.kind)) return at;
  const number = /(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?:BD|bd|[LlSsYyDdFf])?/y;
  number.lastIndex = at;
  const end = at + (number.exec(text)?.[0].length ?? 0);
  return end < text.length && isWordCharacter(text.charAt(end)) ? at : end;
}

function colon(text: string, at: number, previous: Token | undefined): Token {
  const next = text.charAt(at + 1);
  const named = isWordCharacter(next) && !isDigit(next);
  if (!named || isOperand(text, at, previous)) return token('symbol', text, at, at + 1);
  let end = at + 2;
  while (end < text.length && isWordCharacter(text.charAt(end))) end += 1;
  return { ...token('parameter', text, at, end), value: text.slice(at + 1, end) };
}

/** Does the token before a colon end an operand, so that `:x` reads a path of it? */
function isOperand(text: string, at: number, previous: Token | undefined): boolean {
  if (!previous) return false;
  if (previous.kind === 'word') {
    return (
      previous.end === at && text.charAt(at - 1) !== ' ' && !beforeParameter.has(previous.text.toUpperCase())
    );
  }
  if (previous.kind === 'symbol') return previous.text === ')' || previous.text === ']';
  return previous.kind === 'quoted' || previous.kind === 'string';
}
