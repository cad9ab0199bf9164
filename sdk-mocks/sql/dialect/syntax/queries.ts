import type { Cte, Expression, GroupItem, Query, QueryBody, Select, SelectItem, WindowSpec } from './ast.ts';
import { Cursor } from './cursor.ts';
import { ExpressionParser } from './expressions.ts';
import { RelationParser } from './relations.ts';

const endOfSelect = ['FROM', 'WHERE'];

/**
 * Parses one query of the Databricks dialect; a trailing semicolon is fine.
 * @throws SqlError PARSE_SYNTAX_ERROR (42601) with line and position.
 */
export function parseQueryText(text: string): Query {
  const cursor = new Cursor(text);
  const query = new QueryParser(cursor).query();
  while (cursor.take(';'));
  if (cursor.peek().kind !== 'end') throw cursor.error();
  return query;
}

/** Parses one expression alone: the body of a function, a default, a literal argument. */
export function parseExpressionText(text: string): Expression {
  const cursor = new Cursor(text);
  const expression = new QueryParser(cursor).expressions.expression();
  if (cursor.peek().kind !== 'end') throw cursor.error();
  return expression;
}

/** Does the text start a query rather than an expression? */
export function startsQuery(text: string): boolean {
  const cursor = new Cursor(text);
  return cursor.atAny(['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE']);
}

class QueryParser {
  readonly #c: Cursor;
  readonly expressions: ExpressionParser;
  readonly #relations: RelationParser;

  constructor(cursor: Cursor) {
    this.#c = cursor;
    this.expressions = new ExpressionParser(cursor, () => this.query());
    this.#relations = new RelationParser(cursor, this.expressions, () => this.query());
  }

  query(): Query {
    return this.#c.nested(() => this.#query());
  }

  #query(): Query {
    const c = this.#c;
    const at = c.peek().start;
    const ctes: Cte[] = [];
    let recursive = false;
    if (c.take('WITH')) {
      recursive = c.take('RECURSIVE');
      ctes.push(...c.list(() => this.#cte()));
    }
    const body = this.#setOperation(0);
    return { at, ctes, recursive, body, ...this.#organisation() };
  }

  #cte(): Cte {
    const c = this.#c;
    const at = c.peek().start;
    const name = c.identifier();
    const columns = c.at('(') ? c.identifiers() : null;
    if (c.take('MAX', 'RECURSION', 'LEVEL')) c.next();
    c.take('AS');
    c.expect('(');
    const query = this.query();
    c.expect(')');
    return { name, columns, query, at };
  }

  #organisation(): Pick<Query, 'order' | 'orderAll' | 'limit' | 'offset'> {
    const c = this.#c;
    let order: Query['order'] = [];
    let orderAll: Query['orderAll'] = null;
    let limit: Expression | null = null;
    let offset: Expression | null = null;
    for (;;) {
      if (c.take('ORDER', 'BY') || c.take('SORT', 'BY')) {
        if (c.at('ALL') && c.peek(1).key !== '.') {
          c.next();
          const descending = c.either(['DESC'], ['ASC']);
          orderAll = { descending, nullsFirst: this.expressions.nullsFirst(descending) };
        } else order = this.expressions.sortItems();
      } else if (c.take('CLUSTER', 'BY') || c.take('DISTRIBUTE', 'BY')) {
        this.expressions.expressions();
      } else if (c.take('LIMIT')) {
        if (!c.take('ALL')) limit = this.expressions.expression();
      } else if (c.take('OFFSET')) {
        offset = this.expressions.expression();
      } else break;
    }
    return { order, orderAll, limit, offset };
  }

  /** INTERSECT binds tighter than UNION and EXCEPT. */
  #setOperation(level: 0 | 1): QueryBody {
    const c = this.#c;
    const next = () => (level === 0 ? this.#setOperation(1) : this.#primary());
    let left = next();
    for (;;) {
      const { key, start } = c.peek();
      const found = level === 0 ? ['UNION', 'EXCEPT', 'MINUS'].includes(key) : key === 'INTERSECT';
      if (!found) return left;
      c.next();
      const all = c.either(['ALL'], ['DISTINCT']);
      const byName = c.take('BY', 'NAME');
      const op = key === 'UNION' ? 'UNION' : key === 'INTERSECT' ? 'INTERSECT' : 'EXCEPT';
      left = { kind: 'set', op, all, byName, left, right: next(), at: start };
    }
  }

  #primary(): QueryBody {
    const c = this.#c;
    const at = c.peek().start;
    if (c.take('(')) {
      const query = this.query();
      c.expect(')');
      return { kind: 'nested', query, at };
    }
    if (c.take('TABLE')) return { kind: 'table_body', name: c.name(), at };
    if (c.take('VALUES')) {
      const rows = this.#relations.rows();
      return { kind: 'values', rows, alias: this.#relations.alias(), at };
    }
    if (c.at('FROM')) return this.#fromFirst(at);
    return this.#select(at);
  }

  /** `FROM t SELECT a` of the Hive form. A bare `FROM t` is not Databricks SQL. */
  #fromFirst(at: number): Select {
    const c = this.#c;
    c.expect('FROM');
    const from = this.#relations.from();
    if (!c.at('SELECT')) throw c.error('FROM needs a SELECT');
    c.expect('SELECT');
    return this.#selectBody(at, from);
  }

  #select(at: number): Select {
    this.#c.expect('SELECT');
    return this.#selectBody(at, null);
  }

  #selectBody(at: number, before: Select['from']): Select {
    const c = this.#c;
    const distinct =
      c.take('DISTINCT') ||
      (c.at('ALL') && !c.atAny(endOfSelect) && c.peek(1).key !== ',' ? c.take('ALL') && false : false);
    const items = c.list(() => this.#item());
    const from = before ?? (c.take('FROM') ? this.#relations.from() : null);
    const where = c.take('WHERE') ? this.expressions.expression() : null;
    const group = c.take('GROUP', 'BY') ? this.#group() : null;
    const having = c.take('HAVING') ? this.expressions.expression() : null;
    const windows = new Map<string, WindowSpec>();
    let qualify: Expression | null = null;
    for (;;) {
      if (c.take('QUALIFY')) qualify = this.expressions.expression();
      else if (c.take('WINDOW')) {
        for (const [name, spec] of c.list(() => this.#windowDefinition())) windows.set(name, spec);
      } else break;
    }
    return { kind: 'select', distinct, items, from, where, group, having, qualify, windows, at };
  }

  #windowDefinition(): readonly [string, WindowSpec] {
    const name = this.#c.identifier().toLowerCase();
    this.#c.expect('AS');
    return [name, this.expressions.window()];
  }

  #item(): SelectItem {
    const c = this.#c;
    const expression = this.expressions.expression();
    if (c.take('AS')) {
      if (c.at('(')) return { expression, alias: null, aliases: c.identifiers() };
      if (c.peek().kind === 'string') throw c.error();
      return { expression, alias: c.identifier(), aliases: null };
    }
    if (c.atBareAlias()) return { expression, alias: c.identifier(), aliases: null };
    return { expression, alias: null, aliases: null };
  }

  #group(): Select['group'] {
    const c = this.#c;
    if (c.at('ALL') && c.peek(1).key !== '.' && c.peek(1).key !== ',') {
      c.next();
      return { all: true, items: [] };
    }
    const items = c.list(() => this.#groupItem());
    const plain = items.flatMap((item) => (item.kind === 'expression' ? [item.expression] : []));
    if (c.take('WITH', 'ROLLUP'))
      return { all: false, items: [{ kind: 'sets', type: 'ROLLUP', sets: plain.map((e) => [e]) }] };
    if (c.take('WITH', 'CUBE'))
      return { all: false, items: [{ kind: 'sets', type: 'CUBE', sets: plain.map((e) => [e]) }] };
    if (c.take('GROUPING', 'SETS'))
      return { all: false, items: [{ kind: 'sets', type: 'GROUPING SETS', sets: this.#sets() }] };
    return { all: false, items };
  }

  #groupItem(): GroupItem {
    const c = this.#c;
    if (c.at('ROLLUP', '('))
      return { kind: 'sets', type: c.next().key === 'ROLLUP' ? 'ROLLUP' : 'CUBE', sets: this.#sets() };
    if (c.at('CUBE', '(')) {
      c.next();
      return { kind: 'sets', type: 'CUBE', sets: this.#sets() };
    }
    if (c.take('GROUPING', 'SETS')) return { kind: 'sets', type: 'GROUPING SETS', sets: this.#sets() };
    return { kind: 'expression', expression: this.expressions.expression() };
  }

  #sets(): Expression[][] {
    const c = this.#c;
    c.expect('(');
    const sets = c.list(() => {
      if (!c.take('(')) return [this.expressions.expression()];
      const items = this.expressions.optionalList();
      c.expect(')');
      return items;
    });
    c.expect(')');
    return sets;
  }
}
