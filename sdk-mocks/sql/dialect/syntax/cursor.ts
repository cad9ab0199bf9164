import type { SqlError } from '../../../../emulator/core/index.ts';
import type { NameParts } from './ast.ts';
import { syntaxError, type Token, tokenize } from './lexer.ts';

const maxDepth = 400;

/** Words that cannot be an alias without AS, because a clause or operator starts with them. */
const reserved = new Set(
  (
    'SELECT FROM WHERE GROUP HAVING ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET UNION EXCEPT INTERSECT MINUS ON USING ' +
    'JOIN CROSS INNER LEFT RIGHT FULL NATURAL SEMI ANTI LATERAL WINDOW QUALIFY PIVOT UNPIVOT TABLESAMPLE AND OR NOT ' +
    'IN LIKE ILIKE RLIKE REGEXP BETWEEN IS CASE WHEN THEN ELSE END AS WITH DIV FILTER OVER ESCAPE SET VALUES'
  ).split(' '),
);

/** Reads tokens one after the other; all parse functions share one. */
export class Cursor {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;
  /** `?` seen so far. */
  ordinals = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)];
    if (token === undefined) throw new RangeError('a token list always has an end');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#index += 1;
    return token;
  }

  /** Are the next tokens these keywords or operators? */
  at(...keys: string[]): boolean {
    return keys.every((key, i) => this.peek(i).key === key);
  }

  atAny(keys: readonly string[]): boolean {
    return keys.includes(this.peek().key);
  }

  /** Takes the keywords when they are next. */
  take(...keys: string[]): boolean {
    if (!this.at(...keys)) return false;
    this.#index += keys.length;
    return true;
  }

  /** Takes one of two words of opposite meaning: true for `yes`, false for `no` or neither. */
  either(yes: readonly string[], no: readonly string[]): boolean {
    if (this.take(...yes)) return true;
    this.take(...no);
    return false;
  }

  expect(...keys: string[]): Token {
    const token = this.peek();
    if (!this.take(...keys)) throw this.error();
    return token;
  }

  error(hint = '', token = this.peek()): SqlError {
    return syntaxError(this.text, token.start, this.text.slice(token.start, token.end), hint);
  }

  mark(): number {
    return this.#index;
  }

  reset(mark: number): void {
    this.#index = mark;
  }

  /** Guards recursion: deep nesting is an error of the statement, never of the process. */
  nested<T>(work: () => T): T {
    this.#depth += 1;
    if (this.#depth > maxDepth) throw this.error('the statement is nested too deeply');
    try {
      return work();
    } finally {
      this.#depth -= 1;
    }
  }

  isIdentifier(ahead = 0): boolean {
    const { kind } = this.peek(ahead);
    return kind === 'word' || kind === 'quoted';
  }

  identifier(): string {
    if (!this.isIdentifier()) throw this.error();
    return this.next().text;
  }

  /** An alias without AS: any name that does not start a clause. */
  atBareAlias(): boolean {
    const token = this.peek();
    return token.kind === 'quoted' || (token.kind === 'word' && !reserved.has(token.key));
  }

  name(): NameParts {
    const parts = [this.identifier()];
    while (this.at('.') && this.isIdentifier(1)) {
      this.next();
      parts.push(this.identifier());
    }
    return parts;
  }

  identifiers(): string[] {
    this.expect('(');
    const names = this.list(() => this.identifier());
    this.expect(')');
    return names;
  }

  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.take(',')) items.push(item());
    return items;
  }
}
