import { ambiguous, quotedName, unresolvedColumn } from '../errors.ts';
import type { NameParts } from '../syntax/ast.ts';
import type { Type } from '../types/index.ts';
import type { Bound } from './bound.ts';

export interface ScopeColumn {
  name: string;
  /** Names it may be qualified with: `['orders']` is the end of `['leaks', 's', 'orders']`. */
  qualifier: NameParts;
  sql: string;
  type: Type;
  /** Reachable by qualifier only: the other side of USING. */
  hidden?: boolean;
}

/** What a FROM clause, a lambda or a function's parameters make visible, and what lies outside of it. */
export class Scope {
  readonly columns: readonly ScopeColumn[];
  readonly outer: Scope | undefined;

  constructor(columns: readonly ScopeColumn[], outer?: Scope) {
    this.columns = columns;
    this.outer = outer;
  }

  /**
   * The innermost match wins (docs: sql-ref-name-resolution): a column of the nearest FROM hides outer columns
   * and function parameters of the same name.
   * @throws SqlError AMBIGUOUS_REFERENCE
   */
  find(parts: NameParts): { column: ScopeColumn; rest: NameParts } | undefined {
    for (let taken = Math.min(parts.length - 1, 3); taken >= 0; taken -= 1) {
      const name = (parts[taken] ?? '').toLowerCase();
      const qualifier = parts.slice(0, taken).map((part) => part.toLowerCase());
      const found = this.columns.filter(
        (column) =>
          column.name.toLowerCase() === name &&
          (taken > 0 || !column.hidden) &&
          endsWith(column.qualifier, qualifier),
      );
      const [first, second] = found;
      if (first && second)
        throw ambiguous(
          parts,
          found.map((c) => quotedName([...c.qualifier, c.name])),
        );
      if (first) return { column: first, rest: parts.slice(taken + 1) };
    }
    return undefined;
  }

  /** The column here or in a scope around this one. */
  lookup(parts: NameParts): { column: ScopeColumn; rest: NameParts } | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const found = scope.find(parts);
      if (found) return found;
    }
    return undefined;
  }

  /** @throws SqlError UNRESOLVED_COLUMN */
  resolve(parts: NameParts): { column: ScopeColumn; rest: NameParts } {
    const found = this.lookup(parts);
    if (found) return found;
    throw unresolvedColumn(
      parts,
      this.columns.filter((c) => !c.hidden).map((c) => c.name),
    );
  }

  /** Columns of `*` or `t.*`; undefined when nothing has that qualifier. */
  star(qualifier: NameParts): readonly ScopeColumn[] | undefined {
    if (qualifier.length === 0) return this.columns.filter((column) => !column.hidden);
    const wanted = qualifier.map((part) => part.toLowerCase());
    const found = this.columns.filter((column) => endsWith(column.qualifier, wanted));
    return found.length > 0 ? found : undefined;
  }
}

function endsWith(qualifier: NameParts, wanted: readonly string[]): boolean {
  const offset = qualifier.length - wanted.length;
  return offset >= 0 && wanted.every((part, i) => qualifier[offset + i]?.toLowerCase() === part);
}

export function columnBound(column: ScopeColumn, parts: NameParts): Bound {
  return {
    sql: column.sql,
    type: column.type,
    name: parts.at(-1) ?? column.name,
    simple: true,
    column: true,
  };
}
