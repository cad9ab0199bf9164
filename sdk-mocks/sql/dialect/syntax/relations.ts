import type { Expression, JoinType, Query, Relation, TableAlias } from './ast.ts';
import type { Cursor } from './cursor.ts';
import type { ExpressionParser } from './expressions.ts';
import { type Travel, travelClause, travelMark } from './travel.ts';

/** Parses what follows FROM. Constructs of other dialects (POSITIONAL, ASOF, file names, AT) do not parse. */
export class RelationParser {
  readonly #c: Cursor;
  readonly #expressions: ExpressionParser;
  readonly #query: () => Query;

  constructor(cursor: Cursor, expressions: ExpressionParser, query: () => Query) {
    this.#c = cursor;
    this.#expressions = expressions;
    this.#query = query;
  }

  /** A comma list is a cross join; lateral views bind to all before them. */
  from(): Relation {
    const c = this.#c;
    let left = this.#joined();
    for (;;) {
      const at = c.peek().start;
      if (c.take(',')) {
        const right = this.#joined();
        left = { kind: 'join', type: 'CROSS', left, right, on: null, using: null, natural: false, at };
      } else if (c.at('LATERAL', 'VIEW')) left = this.#lateralView(left);
      else if (c.atAny(['PIVOT', 'UNPIVOT']) && (c.peek(1).key === '(' || c.peek(2).key === 'NULLS'))
        left = this.#pivots(left);
      else return left;
    }
  }

  #joined(): Relation {
    const c = this.#c;
    let left = this.#primary();
    for (;;) {
      const at = c.peek().start;
      const join = this.#joinType();
      if (!join) return left;
      const right = this.#primary();
      const on = c.take('ON') ? this.#expressions.expression() : null;
      const using = !on && c.take('USING') ? c.identifiers() : null;
      left = { kind: 'join', ...join, left, right, on, using, at };
    }
  }

  #joinType(): { type: JoinType; natural: boolean } | undefined {
    const c = this.#c;
    const mark = c.mark();
    const natural = c.take('NATURAL');
    let type: JoinType = 'INNER';
    if (c.take('CROSS')) type = 'CROSS';
    else if (c.take('INNER')) type = 'INNER';
    else if (c.take('LEFT')) {
      type = c.take('SEMI') ? 'SEMI' : c.take('ANTI') ? 'ANTI' : 'LEFT';
      c.take('OUTER');
    } else if (c.take('RIGHT')) {
      type = 'RIGHT';
      c.take('OUTER');
    } else if (c.take('FULL')) {
      type = 'FULL';
      c.take('OUTER');
    } else if (c.take('SEMI')) type = 'SEMI';
    else if (c.take('ANTI')) type = 'ANTI';
    if (c.take('JOIN')) return { type, natural };
    c.reset(mark);
    return undefined;
  }

  #primary(): Relation {
    const c = this.#c;
    const relation = this.#plain();
    return this.#pivots(this.#sample(relation, c.peek().start));
  }

  #plain(): Relation {
    const c = this.#c;
    const at = c.peek().start;
    const lateral = c.at('LATERAL') && c.peek(1).key !== 'VIEW' ? c.take('LATERAL') : false;
    if (c.at('(')) return this.#parenthesised(at, lateral);
    if (c.take('VALUES')) return { kind: 'values', rows: this.rows(), alias: this.alias(), at };
    if (c.at('IDENTIFIER', '(')) {
      c.take('IDENTIFIER', '(');
      const value = this.#expressions.expression();
      c.expect(')');
      return { kind: 'table_identifier', value, alias: this.alias(), at };
    }
    const name = c.name();
    if (c.at('(')) {
      c.expect('(');
      const args = this.#expressions.optionalList();
      c.expect(')');
      return { kind: 'table_function', name, args, alias: this.alias(), lateral, at };
    }
    const travel = this.#travel();
    return { kind: 'table', name, alias: this.alias(), at, ...(travel ? { travel } : {}) };
  }

  #travel(): Travel | undefined {
    const c = this.#c;
    if (!c.take('@')) return travelClause(c);
    const mark = travelMark(c.peek().text);
    if (!mark) throw c.error();
    c.next();
    return mark;
  }

  #parenthesised(at: number, lateral: boolean): Relation {
    const c = this.#c;
    const mark = c.mark();
    c.expect('(');
    if (this.#startsQuery()) {
      const query = this.#query();
      if (c.take(')')) return { kind: 'subquery', query, alias: this.alias(), lateral, at };
      c.reset(mark);
      c.expect('(');
    }
    const inner = this.from();
    c.expect(')');
    return { kind: 'parenthesised', inner, alias: this.alias(), at };
  }

  #startsQuery(): boolean {
    const c = this.#c;
    let ahead = 0;
    while (c.peek(ahead).key === '(') ahead += 1;
    return ['SELECT', 'WITH', 'VALUES', 'FROM', 'TABLE'].includes(c.peek(ahead).key);
  }

  /** Rows of VALUES: `(1, 2), (3, 4)` or `1, 2` (a row each). */
  rows(): Expression[][] {
    return this.#c.list(() => {
      const expression = this.#expressions.expression();
      return expression.kind === 'tuple' ? [...expression.items] : [expression];
    });
  }

  alias(): TableAlias | null {
    const c = this.#c;
    const as = c.take('AS');
    if (!as && !c.atBareAlias()) return null;
    if (as && c.at('(')) return { name: '', columns: c.identifiers() };
    const name = c.identifier();
    return { name, columns: c.at('(') && c.isIdentifier(1) ? c.identifiers() : null };
  }

  #sample(input: Relation, at: number): Relation {
    const c = this.#c;
    if (!c.take('TABLESAMPLE')) return input;
    c.expect('(');
    const value = this.#expressions.expression();
    const rows = c.take('ROWS');
    if (!rows) c.expect('PERCENT');
    c.expect(')');
    let seed: string | null = null;
    if (c.take('REPEATABLE')) {
      c.expect('(');
      seed = c.next().text;
      c.expect(')');
    }
    const sampled: Relation = {
      kind: 'sample',
      input,
      percent: rows ? null : value,
      rows: rows ? value : null,
      seed,
      at,
    };
    const alias = this.alias();
    return alias ? { kind: 'parenthesised', inner: sampled, alias, at } : sampled;
  }

  #lateralView(input: Relation): Relation {
    const c = this.#c;
    const at = c.peek().start;
    c.expect('LATERAL', 'VIEW');
    const outer = c.take('OUTER');
    const generator = this.#expressions.expression();
    if (generator.kind !== 'call') throw c.error('a generator function is expected');
    const table = c.atBareAlias() ? c.identifier() : '';
    const columns = c.take('AS') || c.atBareAlias() ? c.list(() => c.identifier()) : [];
    return { kind: 'lateral_view', input, outer, generator, table, columns, at };
  }

  #pivots(input: Relation): Relation {
    const c = this.#c;
    let relation = input;
    for (;;) {
      if (c.at('PIVOT', '(')) relation = this.#pivot(relation);
      else if (c.at('UNPIVOT')) relation = this.#unpivot(relation);
      else return relation;
    }
  }

  #pivot(input: Relation): Relation {
    const c = this.#c;
    const at = c.peek().start;
    c.expect('PIVOT', '(');
    const aggregates = c.list(() => this.#aliased());
    c.expect('FOR');
    const columns = c.at('(') ? this.#tuple() : [columnOf(c.name(), c.peek().start)];
    c.expect('IN', '(');
    const values = c.list(() => {
      const { expression, alias } = this.#aliased();
      return { value: expression, alias };
    });
    c.expect(')', ')');
    return { kind: 'pivot', input, aggregates, columns, values, alias: this.alias(), at };
  }

  #tuple(): Expression[] {
    const expression = this.#expressions.expression();
    return expression.kind === 'tuple' ? [...expression.items] : [expression];
  }

  #aliased(): { expression: Expression; alias: string | null } {
    const c = this.#c;
    const expression = this.#expressions.expression();
    if (c.take('AS') || (c.atBareAlias() && !c.at('FOR'))) return { expression, alias: c.identifier() };
    return { expression, alias: null };
  }

  #unpivot(input: Relation): Relation {
    const c = this.#c;
    const at = c.peek().start;
    c.expect('UNPIVOT');
    const includeNulls = c.either(['INCLUDE', 'NULLS'], ['EXCLUDE', 'NULLS']);
    c.expect('(');
    const valueColumns = c.at('(') ? c.identifiers() : [c.identifier()];
    c.expect('FOR');
    const nameColumn = c.identifier();
    c.expect('IN', '(');
    const groups = c.list(() => {
      const columns = c.at('(') ? this.#tuple() : [columnOf(c.name(), c.peek().start)];
      const alias = c.take('AS') || c.atBareAlias() ? c.identifier() : null;
      return { columns, alias };
    });
    c.expect(')', ')');
    return {
      kind: 'unpivot',
      input,
      includeNulls,
      valueColumns,
      nameColumn,
      groups,
      alias: this.alias(),
      at,
    };
  }
}

function columnOf(parts: readonly string[], at: number): Expression {
  return { kind: 'column', parts, at };
}
