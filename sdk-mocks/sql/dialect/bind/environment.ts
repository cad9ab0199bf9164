import type { SessionValues } from '../functions/index.ts';
import type { Expression, NameParts, Query } from '../syntax/ast.ts';
import type { Travel } from '../syntax/travel.ts';
import type { Type } from '../types/index.ts';
import type { Bound } from './bound.ts';

export interface BoundRelation {
  /** Quoted name of the engine's table. Its columns are `c0`, `c1`, …. */
  sql: string;
  columns: readonly { name: string; type: Type }[];
  /** Full name, for qualified column references. */
  name: NameParts;
}

export interface BoundRoutine {
  /** Full name, lower case. */
  name: string;
  parameters: readonly { name: string; type: Type; default: Expression | null }[];
  returns: Type | null;
  /** An expression, or a query of one value. */
  body: { expression: Expression } | { query: Query };
  /** Names inside the body resolve here: with its owner's rights and its creator's defaults. */
  environment: Environment;
}

/** What a statement can see beside itself. Governance implements it: every name goes through a privilege check there. */
export interface Environment {
  readonly session: SessionValues;
  /** With `travel`, the table as it was then. @throws SqlError TABLE_OR_VIEW_NOT_FOUND, INSUFFICIENT_PERMISSIONS */
  relation(parts: NameParts, travel?: Travel): BoundRelation;
  /** Undefined when there is none of that name. @throws SqlError INSUFFICIENT_PERMISSIONS */
  routine(parts: NameParts): BoundRoutine | undefined;
  /** A session variable; undefined when there is none of that name. Bodies of views and functions have none. */
  variable?(parts: NameParts): Bound | undefined;
  /** SQL and type of a bound parameter. @throws SqlError UNBOUND_SQL_PARAMETER */
  parameter(name: string, ordinal: number): { sql: string; type: Type; value: string | null };
}
