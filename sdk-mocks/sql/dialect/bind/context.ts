import type { Query, WindowSpec } from '../syntax/ast.ts';
import type { Type } from '../types/index.ts';
import type { Bound } from './bound.ts';
import type { Environment } from './environment.ts';
import type { Scope } from './scope.ts';

/** Queries inside expressions come in as a port. */
export interface QueryPort {
  bind(
    query: Query,
    environment: Environment,
    outer: Scope,
  ): { sql: string; columns: readonly { name: string; type: Type }[] };
}

/** Where an expression stands. */
export interface ExpressionContext {
  environment: Environment;
  scope: Scope;
  queries: QueryPort;
  windows: ReadonlyMap<string, WindowSpec>;
  /** Output names that may be used beside columns (lateral aliases, HAVING, ORDER BY); looked up after the nearest FROM. */
  aliases?: ReadonlyMap<string, Bound>;
  /** Functions being expanded, against endless recursion. */
  expanding: readonly string[];
  grouping?: boolean;
}
