import type { SqlError } from '../../../emulator/core/index.ts';
import type { Constants } from './contract.ts';
import { parseError, syntaxError } from './errors.ts';
import { type Token, tokenize } from './tokens.ts';

/** A walk over the tokens of one statement. Keywords are compared without case; quoted identifiers never match one. */
export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  readonly constants: Constants | undefined;
  /** `?` seen so far. */
  ordinals = 0;

  constructor(text: string, constants?: Constants) {
    this.text = text;
    this.constants = constants;
    this.#tokens = tokenize(text);
  }

  /** The token `ahead` places on; the end token beyond the last. */
  peek(ahead = 0): Token {
    const token = this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1);
    return token ?? { kind: 'end', text: '', value: '', start: this.text.length, end: this.text.length };
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  get position(): number {
    return this.peek().start;
  }

  /** End of the token before this one. */
  get behind(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  /** Do the next tokens spell these keywords? */
  isWords(...words: string[]): boolean {
    return words.every((word, i) => this.isWordAt(i, word));
  }

  isWordAt(ahead: number, ...words: string[]): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && words.includes(token.text.toUpperCase());
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  /** Takes the keywords when they are all there. */
  accept(...words: string[]): boolean {
    if (!this.isWords(...words)) return false;
    this.#at += words.length;
    return true;
  }

  /** Takes one of the keywords and returns it in upper case. */
  acceptAny(...words: string[]): string | undefined {
    return words.find((word) => this.accept(word));
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.isSymbol(symbol)) return false;
    this.#at += 1;
    return true;
  }

  expect(...words: string[]): void {
    for (const word of words) {
      if (!this.accept(word)) throw this.unexpected(`missing '${word}'`);
    }
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected(`missing '${symbol}'`);
  }

  expectString(): string {
    if (this.peek().kind !== 'string') throw this.unexpected();
    return this.next().value;
  }

  /** PARSE_SYNTAX_ERROR at the present token. */
  unexpected(hint?: string): SqlError {
    const token = this.peek();
    return syntaxError(this.text, token.start, token.kind === 'end' ? undefined : token.text, hint);
  }

  /** Another parse error at the present token. */
  error(errorClass: string, sqlState: string, sentence: string): SqlError {
    return parseError(this.text, this.position, errorClass, sqlState, sentence);
  }

  /** A statement ends here, but for one semicolon. */
  finish(): void {
    this.acceptSymbol(';');
    if (!this.atEnd) throw this.unexpected(`extra input '${this.peek().text}'`);
  }

  /** The rest of the statement as written, up to its end; a semicolon inside means a second statement. */
  restText(): string {
    const start = this.position;
    let end = start;
    while (!this.atEnd && !this.isSymbol(';')) end = this.next().end;
    this.finish();
    return this.text.slice(start, end);
  }

  /**
   * Text from here up to a token outside parentheses that `stop` accepts, or a closing parenthesis of ours.
   * @throws SqlError when nothing is there, or parentheses do not match.
   */
  sliceUntil(stop: (cursor: Cursor) => boolean): string {
    const start = this.position;
    let end = start;
    let depth = 0;
    while (!this.atEnd && !this.isSymbol(';')) {
      if (depth === 0 && (this.isSymbol(')') || stop(this))) break;
      if (this.isSymbol('(') || this.isSymbol('[')) depth += 1;
      if (this.isSymbol(')') || this.isSymbol(']')) depth -= 1;
      end = this.next().end;
    }
    if (depth > 0 || end === start) throw this.unexpected();
    return this.text.slice(start, end);
  }

  /** Skips a parenthesised group, nested ones included. */
  skipGroup(): void {
    this.expectSymbol('(');
    for (let depth = 1; depth > 0; ) {
      if (this.atEnd) throw this.unexpected("missing ')'");
      const token = this.next();
      if (token.kind !== 'symbol') continue;
      if (token.text === '(') depth += 1;
      if (token.text === ')') depth -= 1;
    }
  }

  /** Runs one level of a recursive rule; too deep nesting is refused instead of exhausting the stack. */
  nested<Result>(work: () => Result): Result {
    if (this.#depth >= 100) {
      throw this.error('UNSUPPORTED_FEATURE', '0A000', 'A type is nested more than 100 levels deep.');
    }
    this.#depth += 1;
    const result = work();
    this.#depth -= 1;
    return result;
  }

  /** `( item {, item} )`; the empty list only where allowed. */
  list<Item>(item: () => Item, options: { empty?: boolean } = {}): Item[] {
    this.expectSymbol('(');
    if (options.empty && this.acceptSymbol(')')) return [];
    const items = [item()];
    while (this.acceptSymbol(',')) items.push(item());
    this.expectSymbol(')');
    return items;
  }
}
