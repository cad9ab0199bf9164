import type { Caller, Policy } from '../../../emulator/policy/index.ts';
import type { Catalog } from '../catalog/index.ts';
import type { CellValue, Column, SqlSession } from '../contract.ts';
import type { Statement } from '../parser/index.ts';
import type { Bindings } from './bindings.ts';
import type { Resolver } from './names.ts';

/** Who runs a statement, with which defaults. */
export interface Invocation {
  caller: Caller;
  session: SqlSession;
}

/** What every executor uses. */
export interface Parts {
  catalog: Catalog;
  policy: Policy;
  resolver: Resolver;
  bindings: Bindings;
  /** Does the engine read segments by `TableInfo.physical`? Without, columns of a table with rows do not change. */
  mapsColumns: boolean;
  /** Does the engine apply ABAC policies? A policy that nobody applies must not be made. */
  enforcesPolicies: boolean;
}

/** Outcome of a statement that is not a query. DDL and GRANT have no columns. */
export interface CommandResult {
  columns: Column[];
  rows: CellValue[][];
  session: SqlSession;
}

export type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

export function columnsOf(...names: string[]): Column[] {
  return names.map((name) => ({
    name,
    type: name === 'isTemporary' || name === 'isMaterialized' ? 'BOOLEAN' : 'STRING',
    nullable: false,
  }));
}
