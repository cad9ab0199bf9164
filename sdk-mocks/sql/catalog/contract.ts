import type { Freezable } from '../../../emulator/state/index.ts';
import type { Column, SparkType } from '../contract.ts';

/** Full name, lower case, for example `{catalog: 'main', schema: 'sales', name: 'orders'}`. */
export interface ObjectName {
  catalog: string;
  schema: string;
  name: string;
}

/** Argument of a row filter or mask: a column of the same table, or a literal in SQL text. */
export type PolicyArgument = { column: string } | { literal: string };

export interface FunctionBinding {
  function: ObjectName;
  arguments: readonly PolicyArgument[];
}

/** An immutable piece of a table's rows. `id` names a relation of the trusted engine; nobody else knows it. */
export interface Segment {
  id: string;
  rows: number;
  /** Positions (0-based row numbers inside the segment) that are gone, as an id of the engine, or null. */
  deleteVector: string | null;
}

interface RelationBase {
  name: ObjectName;
  owner: string;
  columns: readonly Column[];
  comment?: string;
  /** Changes whenever anything of the relation changes (rows, columns, filter, masks, owner). Part of cache keys. */
  version: number;
  /** Virtual epoch milliseconds, and the principal who made it. */
  createdAt: number;
  createdBy: string;
}

export interface TableInfo extends RelationBase {
  kind: 'table';
  segments: readonly Segment[];
  rowFilter: FunctionBinding | null;
  /** By lower-case column name. The masked column itself is not in `arguments`; it is always argument 1. */
  masks: ReadonlyMap<string, FunctionBinding>;
  /** DEFAULT expressions as SQL text, by lower-case column name. */
  defaults: ReadonlyMap<string, string>;
}

export interface ViewInfo extends RelationBase {
  kind: 'view';
  query: string;
  /** Defaults that unqualified names in `query` resolve with: those of its creator. */
  defaults: { catalog: string; schema: string };
}

export type RelationInfo = TableInfo | ViewInfo;

export interface FunctionInfo {
  name: ObjectName;
  owner: string;
  parameters: readonly { name: string; type: SparkType; default?: string }[];
  returns: SparkType | null;
  /** Columns when the function returns a table. */
  returnsTable: readonly Column[] | null;
  /** Expression or query text after RETURN. */
  body: string;
  defaults: { catalog: string; schema: string };
  comment?: string;
  version: number;
  createdAt: number;
  createdBy: string;
}

/** A catalog or schema as SHOW, DESCRIBE and REST tell it. */
export interface ContainerInfo {
  name: string;
  owner: string;
  comment?: string;
  createdAt: number;
  createdBy: string;
}

/** One entry of a table's history, newest last. */
export interface TableVersion {
  version: number;
  at: number;
  operation: string;
  rows: number;
}

/**
 * What exists in the metastore of one sandbox, kept in the control database. It holds no policy decisions:
 * grants and ownership checks are the authorizer's. Every object is also a securable there.
 */
export interface Catalog extends Freezable {
  /** Changes with every change of anything. */
  readonly version: number;
  /** Runs `work` in one transaction of the control database; policy rows take part. Nested calls join the outer one. */
  transaction<T>(work: () => T): T;
  catalogs(): string[];
  schemas(catalog: string): string[];
  hasCatalog(catalog: string): boolean;
  hasSchema(catalog: string, schema: string): boolean;
  relations(catalog: string, schema: string): RelationInfo[];
  relation(name: ObjectName): RelationInfo | undefined;
  function(name: ObjectName): FunctionInfo | undefined;
  functions(catalog: string, schema: string): FunctionInfo[];

  createCatalog(name: string, owner: string, comment?: string): void;
  createSchema(catalog: string, schema: string, owner: string, comment?: string): void;
  catalogInfo(catalog: string): ContainerInfo | undefined;
  schemaInfo(catalog: string, schema: string): ContainerInfo | undefined;
  history(table: ObjectName): TableVersion[];

  /** Replaces a table or view of that name: rows, filter and masks of an old table are gone unless set again. */
  createTable(table: {
    name: ObjectName;
    owner: string;
    columns: readonly Column[];
    comment?: string;
    defaults?: ReadonlyMap<string, string>;
    createdBy?: string;
  }): void;
  createView(view: Omit<ViewInfo, 'version' | 'kind' | 'createdAt' | 'createdBy'>): void;
  createFunction(fn: Omit<FunctionInfo, 'version' | 'createdAt' | 'createdBy'>): void;
  drop(kind: 'catalog' | 'schema' | 'table' | 'view' | 'function', name: Partial<ObjectName>): void;
  setOwner(
    kind: 'catalog' | 'schema' | 'table' | 'view' | 'function',
    name: Partial<ObjectName>,
    owner: string,
  ): void;
  setRowFilter(table: ObjectName, filter: FunctionBinding | null): void;
  setMask(table: ObjectName, column: string, mask: FunctionBinding | null): void;
  /** Replaces the segment list (an INSERT appends, an UPDATE adds a delete vector and a segment). */
  setSegments(table: ObjectName, segments: readonly Segment[], operation: string): void;
}
