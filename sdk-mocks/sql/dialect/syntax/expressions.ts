import { notSupported } from '../errors.ts';
import type { Expression, FrameBound, Query, SortItem, TypeName, WindowSpec } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { parseInterval, units } from './intervals.ts';

/** Query parsing comes in as a port: expressions and queries contain each other. */
export type ParseQuery = (cursor: Cursor) => Query;

const comparisons = ['=', '==', '<=>', '<>', '!=', '<', '<=', '>', '>='];
const queryStart = ['SELECT', 'WITH', 'VALUES', 'TABLE', 'FROM', 'MAP', 'REDUCE'];

/** Functions that are written without parentheses. */
const bareFunctions = new Set([
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'SESSION_USER',
  'USER',
  'LOCALTIMESTAMP',
  'CURRENT_CATALOG',
  'CURRENT_SCHEMA',
  'CURRENT_DATABASE',
  'CURRENT_TIME',
]);

/** Parses expressions by precedence climbing (code: Spark SqlBaseParser.g4, rules booleanExpression and valueExpression). */
export class ExpressionParser {
  readonly #c: Cursor;
  readonly #parseQuery: ParseQuery;

  constructor(cursor: Cursor, parseQuery: ParseQuery) {
    this.#c = cursor;
    this.#parseQuery = parseQuery;
  }

  expression(): Expression {
    return this.#c.nested(() => this.#or());
  }

  expressions(): Expression[] {
    return this.#c.list(() => this.expression());
  }

  /** Comma list up to a closing parenthesis that may follow at once. */
  optionalList(close = ')'): Expression[] {
    return this.#c.at(close) ? [] : this.expressions();
  }

  sortItems(): SortItem[] {
    return this.#c.list(() => this.sortItem());
  }

  sortItem(): SortItem {
    const expression = this.expression();
    const descending = this.#c.either(['DESC'], ['ASC']);
    return { expression, descending, nullsFirst: this.nullsFirst(descending) };
  }

  nullsFirst(descending: boolean): boolean {
    if (this.#c.take('NULLS', 'FIRST')) return true;
    if (this.#c.take('NULLS', 'LAST')) return false;
    return !descending;
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#c.at('OR')) {
      const { start } = this.#c.next();
      left = { kind: 'binary', op: 'OR', left, right: this.#and(), at: start };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#c.at('AND')) {
      const { start } = this.#c.next();
      left = { kind: 'binary', op: 'AND', left, right: this.#not(), at: start };
    }
    return left;
  }

  #not(): Expression {
    const c = this.#c;
    if (c.at('NOT') || c.at('!')) {
      const { start } = c.next();
      return c.nested(() => ({ kind: 'unary', op: 'NOT', operand: this.#not(), at: start }));
    }
    return this.#predicate();
  }

  #predicate(): Expression {
    const c = this.#c;
    let left = this.#value();
    for (;;) {
      const at = c.peek().start;
      if (c.atAny(comparisons)) {
        const op = c.next().key;
        left = { kind: 'binary', op, left, right: this.#value(), at: left.at };
        continue;
      }
      if (c.take('IS')) {
        left = this.#is(left);
        continue;
      }
      const mark = c.mark();
      const not = c.take('NOT') || c.take('!');
      const found = this.#tail(left, not, at);
      if (!found) {
        c.reset(mark);
        return left;
      }
      left = found;
    }
  }

  #is(operand: Expression): Expression {
    const c = this.#c;
    const not = c.take('NOT');
    const { at } = operand;
    if (c.take('DISTINCT', 'FROM')) {
      return { kind: 'distinct_from', left: operand, right: this.#value(), not, at };
    }
    for (const what of ['NULL', 'TRUE', 'FALSE', 'UNKNOWN'] as const) {
      if (c.take(what)) return { kind: 'is', operand, what, not, at };
    }
    throw c.error();
  }

  #tail(operand: Expression, not: boolean, _at: number): Expression | undefined {
    const c = this.#c;
    const { at } = operand;
    if (c.take('BETWEEN')) {
      const low = this.#value();
      c.expect('AND');
      return { kind: 'between', operand, low, high: this.#value(), not, at };
    }
    if (c.at('IN', '(')) {
      c.take('IN', '(');
      const found: Expression = this.#atQuery()
        ? { kind: 'in_query', operand, query: this.#parseQuery(c), not, at }
        : { kind: 'in', operand, list: this.expressions(), not, at };
      c.expect(')');
      return found;
    }
    for (const word of ['LIKE', 'ILIKE', 'RLIKE', 'REGEXP']) {
      if (!c.take(word)) continue;
      const op =
        word === 'REGEXP' ? 'RLIKE' : word === 'LIKE' ? 'LIKE' : word === 'ILIKE' ? 'ILIKE' : 'RLIKE';
      if (op !== 'RLIKE' && (c.at('ANY') || c.at('SOME') || c.at('ALL'))) {
        const quantifier = c.next().key === 'ALL' ? 'ALL' : 'ANY';
        c.expect('(');
        const patterns = this.expressions();
        c.expect(')');
        return { kind: 'like_many', op, quantifier, operand, patterns, not, at };
      }
      const pattern = this.#value();
      const mark = c.take('ESCAPE') ? this.#value() : null;
      return { kind: 'like', op, operand, pattern, escape: mark, not, at };
    }
    return undefined;
  }

  /** Bitwise operators bind looser than `+`, `&` tighter than `^` tighter than `|`; shifts between. */
  #value(): Expression {
    return this.#binary(0);
  }

  static readonly #levels: readonly (readonly string[])[] = [
    ['|'],
    ['^'],
    ['&'],
    ['<<', '>>', '>>>'],
    ['+', '-', '||'],
    ['*', '/', '%', 'DIV'],
  ];

  #binary(level: number): Expression {
    const operators = ExpressionParser.#levels[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    while (operators.includes(this.#c.peek().key)) {
      const op = this.#c.next().key;
      left = { kind: 'binary', op, left, right: this.#binary(level + 1), at: left.at };
    }
    return left;
  }

  #unary(): Expression {
    const c = this.#c;
    for (const op of ['-', '+', '~'] as const) {
      if (!c.at(op)) continue;
      const at = c.next().start;
      if (op === '-' && c.peek().kind === 'number') {
        const text = c.next().text;
        return this.#postfix({ kind: 'literal', literal: { type: 'number', text: `-${text}` }, at });
      }
      return c.nested(() => ({ kind: 'unary', op, operand: this.#unary(), at }));
    }
    return this.#postfix(this.#primary());
  }

  #postfix(start: Expression): Expression {
    const c = this.#c;
    let value = start;
    for (;;) {
      const { at } = value;
      if (c.take('[')) {
        const index = this.expression();
        c.expect(']');
        value = { kind: 'subscript', operand: value, index, at };
      } else if (c.at('.') && c.isIdentifier(1)) {
        c.next();
        value = { kind: 'field', operand: value, name: c.identifier(), at };
      } else if (c.take('::')) {
        value = { kind: 'cast', operand: value, type: this.type(), safe: false, at };
      } else if (c.at(':') && (c.isIdentifier(1) || c.peek(1).key === '[')) {
        c.next();
        value = { kind: 'json_path', operand: value, path: this.#jsonPath(), at };
      } else if (c.at('COLLATE') && c.isIdentifier(1)) {
        throw notSupported('COLLATE');
      } else {
        return value;
      }
    }
  }

  #jsonPath(): string {
    const c = this.#c;
    let path = '$';
    const key = () => {
      const token = c.next();
      path += `['${token.text.replaceAll("'", "\\'")}']`;
    };
    if (c.isIdentifier()) key();
    for (;;) {
      if (c.at('.') && c.isIdentifier(1)) {
        c.next();
        key();
      } else if (c.at('[')) {
        c.next();
        const token = c.next();
        if (token.kind === 'string') path += `['${token.text}']`;
        else if (token.kind === 'number' || token.key === '*') path += `[${token.text}]`;
        else throw c.error('', token);
        c.expect(']');
      } else return path;
    }
  }

  #atQuery(): boolean {
    let ahead = 0;
    while (this.#c.peek(ahead).key === '(') ahead += 1;
    const { key } = this.#c.peek(ahead);
    if (!queryStart.includes(key) || key === 'MAP' || key === 'REDUCE') return false;
    const after = this.#c.peek(ahead + 1).key;
    return key === 'VALUES' || key === 'FROM' || key === 'TABLE'
      ? after !== ',' && after !== ')' && after !== '.'
      : after !== '.';
  }

  #primary(): Expression {
    const c = this.#c;
    const token = c.peek();
    const at = token.start;
    switch (token.kind) {
      case 'number':
        c.next();
        return { kind: 'literal', literal: { type: 'number', text: token.text }, at };
      case 'string':
        return { kind: 'literal', literal: { type: 'string', value: this.#strings() }, at };
      case 'parameter':
        c.next();
        if (token.text === '?') c.ordinals += 1;
        return { kind: 'parameter', name: token.text, ordinal: c.ordinals, at };
      case 'quoted':
        return this.#named(at);
      case 'op':
        return this.#operator(at);
      case 'word':
        return this.#word(at);
      default:
        throw c.error();
    }
  }

  /** Neighbouring string literals are one. */
  #strings(): string {
    let value = '';
    while (this.#c.peek().kind === 'string') value += this.#c.next().text;
    return value;
  }

  #operator(at: number): Expression {
    const c = this.#c;
    if (c.take('*')) return { kind: 'star', qualifier: [], except: this.#except(), at };
    if (!c.at('(')) throw c.error();
    const lambda = this.#lambda(at);
    if (lambda) return lambda;
    if (this.#atQuery()) {
      const mark = c.mark();
      c.next();
      const query = this.#parseQuery(c);
      if (c.take(')')) return { kind: 'scalar_query', query, at };
      c.reset(mark);
    }
    c.expect('(');
    if (c.take(')')) return { kind: 'tuple', items: [], at };
    const items = c.list(() => this.#tupleItem());
    c.expect(')');
    const [only] = items;
    return items.length === 1 && only ? only : { kind: 'tuple', items, at };
  }

  #tupleItem(): Expression {
    const expression = this.expression();
    if (!this.#c.take('AS')) return expression;
    return { kind: 'named', operand: expression, names: [this.#c.identifier()], at: expression.at };
  }

  /** `x -> …` and `(x, y) -> …`. */
  #lambda(at: number): Expression | undefined {
    const c = this.#c;
    let parameters: string[] | undefined;
    if (c.isIdentifier() && c.peek(1).key === '->') {
      parameters = [c.identifier()];
    } else if (c.at('(')) {
      let ahead = 1;
      const names: string[] = [];
      while (c.isIdentifier(ahead)) {
        names.push(c.peek(ahead).text);
        ahead += 1;
        if (c.peek(ahead).key !== ',') break;
        ahead += 1;
      }
      if (names.length > 0 && c.peek(ahead).key === ')' && c.peek(ahead + 1).key === '->') {
        c.next();
        while (!c.at(')')) c.next();
        c.next();
        parameters = names;
      }
    }
    if (!parameters) return undefined;
    c.expect('->');
    return { kind: 'lambda', parameters, body: this.expression(), at };
  }

  #word(at: number): Expression {
    const c = this.#c;
    const { key } = c.peek();
    const following = c.peek(1);
    const lambda = this.#lambda(at);
    if (lambda) return lambda;
    if (key === 'NULL' && following.key !== '(') return this.#literal(at, { type: 'null' });
    if (key === 'TRUE' && following.key !== '(') return this.#literal(at, { type: 'boolean', value: true });
    if (key === 'FALSE' && following.key !== '(') return this.#literal(at, { type: 'boolean', value: false });
    if (
      following.kind === 'string' &&
      ['DATE', 'TIMESTAMP', 'TIMESTAMP_NTZ', 'TIMESTAMP_LTZ', 'X'].includes(key)
    ) {
      c.next();
      return { kind: 'literal', literal: { type: 'typed', name: key, value: c.next().text }, at };
    }
    if (
      key === 'INTERVAL' &&
      (following.kind === 'string' ||
        following.kind === 'number' ||
        ['-', '+', '('].includes(following.key) ||
        (following.kind === 'word' && units.has(c.peek(2).key)))
    ) {
      if (following.key !== '(' || !this.#isCallOf()) return parseInterval(c, () => this.#unary(), at);
    }
    if (key === 'CASE') return this.#case(at);
    if ((key === 'CAST' || key === 'TRY_CAST') && following.key === '(')
      return this.#cast(at, key === 'TRY_CAST');
    if (key === 'EXISTS' && following.key === '(') {
      const mark = c.mark();
      c.take('EXISTS', '(');
      if (this.#atQuery()) {
        const query = this.#parseQuery(c);
        c.expect(')');
        return { kind: 'exists', query, at };
      }
      c.reset(mark);
    }
    if (following.key === '(') {
      if (key === 'EXTRACT') return this.#extract(at);
      if (key === 'SUBSTRING' || key === 'SUBSTR') return this.#substring(at);
      if (key === 'POSITION') return this.#position(at);
      if (key === 'TRIM') return this.#trim(at);
      if (key === 'OVERLAY') return this.#overlay(at);
      if (key === 'IDENTIFIER') return this.#identifierClause(at);
      if (['TIMESTAMPADD', 'TIMESTAMPDIFF', 'DATEADD', 'DATEDIFF', 'DATE_ADD', 'DATE_DIFF'].includes(key))
        return this.#unitCall(at);
    }
    if (bareFunctions.has(key) && following.key !== '(' && following.key !== '.') {
      c.next();
      return this.#call(at, [key.toLowerCase()], []);
    }
    return this.#named(at);
  }

  #isCallOf(): boolean {
    return false;
  }

  #literal(at: number, literal: { type: 'null' } | { type: 'boolean'; value: boolean }): Expression {
    this.#c.next();
    return { kind: 'literal', literal, at };
  }

  #call(at: number, name: readonly string[], args: readonly Expression[]): Expression {
    return {
      kind: 'call',
      name,
      args,
      argNames: [],
      distinct: false,
      filter: null,
      nulls: null,
      within: null,
      window: null,
      at,
    };
  }

  #case(at: number): Expression {
    const c = this.#c;
    c.expect('CASE');
    const operand = c.at('WHEN') ? null : this.expression();
    const whens: { when: Expression; result: Expression }[] = [];
    while (c.take('WHEN')) {
      const when = this.expression();
      c.expect('THEN');
      whens.push({ when, result: this.expression() });
    }
    if (whens.length === 0) throw c.error();
    const otherwise = c.take('ELSE') ? this.expression() : null;
    c.expect('END');
    return { kind: 'case', operand, whens, otherwise, at };
  }

  #cast(at: number, safe: boolean): Expression {
    const c = this.#c;
    c.next();
    c.expect('(');
    const operand = this.expression();
    c.expect('AS');
    const type = this.type();
    c.expect(')');
    return { kind: 'cast', operand, type, safe, at };
  }

  #extract(at: number): Expression {
    const c = this.#c;
    c.take('EXTRACT', '(');
    const field = c.next().text;
    c.expect('FROM');
    const operand = this.expression();
    c.expect(')');
    return { kind: 'extract', field, operand, at };
  }

  /** `substring(s FROM 2 FOR 3)` as well as the plain call. */
  #substring(at: number): Expression {
    const c = this.#c;
    const name = c.next().text.toLowerCase();
    c.expect('(');
    const args = this.optionalList();
    if (c.take('FROM')) args.push(this.expression());
    if (c.take('FOR')) args.push(this.expression());
    c.expect(')');
    return this.#call(at, [name], args);
  }

  #position(at: number): Expression {
    const c = this.#c;
    c.take('POSITION', '(');
    const first = this.#value();
    const args = [first];
    if (c.take('IN')) args.push(this.#value());
    else while (c.take(',')) args.push(this.expression());
    c.expect(')');
    return this.#call(at, ['position'], args);
  }

  #trim(at: number): Expression {
    const c = this.#c;
    c.take('TRIM', '(');
    const side = c.atAny(['BOTH', 'LEADING', 'TRAILING']) && c.peek(1).key !== ')' ? c.next().key : null;
    const name = side === 'LEADING' ? 'ltrim' : side === 'TRAILING' ? 'rtrim' : 'trim';
    if (side && c.take('FROM')) {
      const operand = this.expression();
      c.expect(')');
      return this.#call(at, [name], [operand]);
    }
    const first = this.expression();
    let args = [first];
    if (c.take('FROM')) args = [first, this.expression()];
    else if (c.take(',')) args = [first, this.expression()];
    c.expect(')');
    return this.#call(at, [name], args);
  }

  #overlay(at: number): Expression {
    const c = this.#c;
    c.take('OVERLAY', '(');
    const args = [this.expression()];
    if (c.take('PLACING')) {
      args.push(this.expression());
      c.expect('FROM');
      args.push(this.expression());
      if (c.take('FOR')) args.push(this.expression());
    } else while (c.take(',')) args.push(this.expression());
    c.expect(')');
    return this.#call(at, ['overlay'], args);
  }

  #identifierClause(at: number): Expression {
    const c = this.#c;
    c.take('IDENTIFIER', '(');
    const value = this.expression();
    c.expect(')');
    if (!c.take('(')) return { kind: 'identifier', value, args: null, at };
    const args = this.optionalList();
    c.expect(')');
    return { kind: 'identifier', value, args, at };
  }

  /** `timestampadd(HOUR, 1, t)`: the unit is a keyword; `date_add(d, 1)` is the plain call. */
  #unitCall(at: number): Expression {
    const c = this.#c;
    const name = c.peek().text.toLowerCase();
    const unit = c.peek(2);
    if (unit.kind !== 'word' || c.peek(3).key !== ',' || !units.has(unit.key)) return this.#named(at);
    c.next();
    c.expect('(');
    c.next();
    c.expect(',');
    const args = this.expressions();
    c.expect(')');
    const literal: Expression = {
      kind: 'literal',
      literal: { type: 'string', value: unit.key },
      at: unit.start,
    };
    const full = name.includes('diff') ? 'timestampdiff' : 'timestampadd';
    return this.#call(at, [full], [literal, ...args]);
  }

  /** A column, a call, or `t.*`. */
  #named(at: number): Expression {
    const c = this.#c;
    const parts = [c.identifier()];
    while (c.at('.')) {
      if (c.peek(1).key === '*') {
        c.next();
        c.next();
        return { kind: 'star', qualifier: parts, except: this.#except(), at };
      }
      if (!c.isIdentifier(1)) break;
      c.next();
      parts.push(c.identifier());
    }
    if (!c.at('(')) return { kind: 'column', parts, at };
    return this.#arguments(parts, at);
  }

  #except(): string[][] {
    const c = this.#c;
    if (!c.at('EXCEPT', '(')) return [];
    const mark = c.mark();
    c.take('EXCEPT', '(');
    if (this.#c.atAny(['SELECT', 'WITH', 'VALUES', '('])) {
      c.reset(mark);
      return [];
    }
    const names = c.list(() => [...c.name()]);
    c.expect(')');
    return names;
  }

  #arguments(name: readonly string[], at: number): Expression {
    const c = this.#c;
    c.expect('(');
    const distinct =
      c.take('DISTINCT') ||
      (c.at('ALL') && c.peek(1).key !== ')' && c.peek(1).key !== ',' ? c.take('ALL') && false : false);
    const argNames: (string | null)[] = [];
    const args: Expression[] = [];
    if (!c.at(')')) {
      do {
        if (c.isIdentifier() && c.peek(1).key === '=>') {
          argNames.push(c.identifier());
          c.next();
        } else argNames.push(null);
        args.push(this.#argument());
      } while (c.take(','));
    }
    const nullsInside = this.#nullTreatment();
    c.expect(')');
    let within: SortItem[] | null = null;
    if (c.take('WITHIN', 'GROUP')) {
      c.expect('(', 'ORDER', 'BY');
      within = this.sortItems();
      c.expect(')');
    }
    const filter = c.at('FILTER', '(') ? this.#filter() : null;
    const nulls = nullsInside ?? this.#nullTreatment();
    const window = c.take('OVER') ? this.window() : null;
    return { kind: 'call', name, args, argNames, distinct, filter, nulls, within, window, at };
  }

  /** A subquery as argument needs no second pair of parentheses in `f((SELECT …))` only; plain expressions else. */
  #argument(): Expression {
    const expression = this.expression();
    if (this.#c.take('AS')) {
      return { kind: 'named', operand: expression, names: [this.#c.identifier()], at: expression.at };
    }
    return expression;
  }

  #nullTreatment(): 'IGNORE' | 'RESPECT' | null {
    if (this.#c.take('IGNORE', 'NULLS')) return 'IGNORE';
    if (this.#c.take('RESPECT', 'NULLS')) return 'RESPECT';
    return null;
  }

  #filter(): Expression {
    const c = this.#c;
    c.expect('FILTER', '(', 'WHERE');
    const filter = this.expression();
    c.expect(')');
    return filter;
  }

  window(): WindowSpec {
    const c = this.#c;
    if (!c.at('(')) return { name: c.identifier(), partition: [], order: [], frame: null };
    c.expect('(');
    let name: string | undefined;
    if (
      c.isIdentifier() &&
      !c.atAny(['PARTITION', 'ORDER', 'DISTRIBUTE', 'SORT', 'CLUSTER', 'ROWS', 'RANGE'])
    )
      name = c.identifier();
    const partition = c.take('PARTITION', 'BY') || c.take('DISTRIBUTE', 'BY') ? this.expressions() : [];
    const order = c.take('ORDER', 'BY') || c.take('SORT', 'BY') ? this.sortItems() : [];
    const frame = this.#frame();
    c.expect(')');
    return { ...(name === undefined ? {} : { name }), partition, order, frame };
  }

  #frame(): WindowSpec['frame'] {
    const c = this.#c;
    const unit = c.take('ROWS') ? 'ROWS' : c.take('RANGE') ? 'RANGE' : null;
    if (!unit) return null;
    if (!c.take('BETWEEN')) return { unit, start: this.#bound(), end: { type: 'current' } };
    const start = this.#bound();
    c.expect('AND');
    return { unit, start, end: this.#bound() };
  }

  #bound(): FrameBound {
    const c = this.#c;
    if (c.take('UNBOUNDED', 'PRECEDING')) return { type: 'unbounded_preceding' };
    if (c.take('UNBOUNDED', 'FOLLOWING')) return { type: 'unbounded_following' };
    if (c.take('CURRENT', 'ROW')) return { type: 'current' };
    const value = this.expression();
    if (c.take('PRECEDING')) return { type: 'preceding', value };
    c.expect('FOLLOWING');
    return { type: 'following', value };
  }

  /** Reads a type as text; its meaning is `types/`' work. */
  type(): TypeName {
    const c = this.#c;
    const start = c.peek().start;
    const word = c.next();
    if (word.kind !== 'word') throw c.error('', word);
    if (c.at('<')) this.#angle();
    else if (c.at('<>')) c.next();
    else if (c.at('(')) {
      while (!c.at(')')) c.next();
      c.next();
    } else if (word.key === 'INTERVAL' && units.has(c.peek().key)) {
      c.next();
      if (c.take('TO')) c.next();
    }
    const end = c.peek(-1).end;
    return { text: c.text.slice(start, end), at: start };
  }

  #angle(): void {
    const c = this.#c;
    let depth = 0;
    do {
      const { key, kind } = c.next();
      if (kind === 'end') throw c.error();
      if (key === '<') depth += 1;
      else if (key === '>') depth -= 1;
      else if (key === '>>') depth -= 2;
      else if (key === '>>>') depth -= 3;
    } while (depth > 0);
  }
}
