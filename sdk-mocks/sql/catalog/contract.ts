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
  /** TBLPROPERTIES, in the order they were set. */
  properties?: ReadonlyMap<string, string>;
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
  /**
   * Name under which segments keep a column, by lower-case column name; a column that is not listed is kept under its
   * own name. Renaming and re-adding columns set it. A column that a segment does not have is NULL there.
   */
  physical?: ReadonlyMap<string, string>;
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

export interface VolumeInfo {
  name: ObjectName;
  owner: string;
  comment?: string;
  createdAt: number;
  createdBy: string;
}

export interface Tag {
  key: string;
  /** Empty when the tag is only a key. */
  value: string;
}

/** Where a tag sits. A view is a `table`; with `column`, that column of it. Names in any case. */
export interface TagTarget {
  kind: 'catalog' | 'schema' | 'table' | 'volume';
  name: Partial<ObjectName>;
  column?: string;
}

/** Tags of objects and columns as they were set; nothing is inherited here. */
export interface Tags {
  of(target: TagTarget): Tag[];
  set(target: TagTarget, tags: readonly Tag[]): void;
  unset(target: TagTarget, keys: readonly string[]): void;
  /** Every assignment below a catalog, for information_schema: `name` is the full name, `column` may be empty. */
  within(
    catalog: string,
  ): { kind: TagTarget['kind']; name: string; column: string; key: string; value: string }[];
}

/** A tag key that policies may name, and whose values may be a closed list. */
export interface GovernedTag {
  key: string;
  description?: string;
  /** Null: any value. */
  values: readonly string[] | null;
  createdAt: number;
  createdBy: string;
}

/** Where an ABAC policy is defined; `name` is the full name, empty for the metastore. */
export interface PolicyScope {
  kind: 'METASTORE' | 'CATALOG' | 'SCHEMA' | 'TABLE';
  name: string;
}

/** An attribute-based policy, as CREATE POLICY states it (docs: ABAC policies). */
export interface AbacPolicy {
  name: string;
  on: PolicyScope;
  comment?: string;
  type: 'ROW_FILTER' | 'COLUMN_MASK';
  function: ObjectName;
  to: readonly string[];
  except: readonly string[];
  /** Condition over the table's tags, as text; null: every table. */
  when: string | null;
  match: readonly { condition: string; alias: string }[];
  /** Alias of the masked column. */
  onColumn: string | null;
  using: readonly ({ alias: string } | { literal: string })[];
  createdAt: number;
  createdBy: string;
  updatedAt: number;
  updatedBy: string;
}

export interface AbacStore {
  governedTags(): GovernedTag[];
  governedTag(key: string): GovernedTag | undefined;
  putGovernedTag(tag: Omit<GovernedTag, 'createdAt' | 'createdBy'>, by: string): void;
  dropGovernedTag(key: string): void;
  /** Policies defined on exactly this scope, by name. */
  policies(on: PolicyScope): AbacPolicy[];
  putPolicy(
    policy: Omit<AbacPolicy, 'createdAt' | 'createdBy' | 'updatedAt' | 'updatedBy'>,
    by: string,
  ): void;
  dropPolicy(on: PolicyScope, name: string): void;
}

/** What ALTER and COMMENT ON change of a table or view. `null` takes the comment away. */
export interface RelationChange {
  columns?: readonly Column[];
  comment?: string | null;
  properties?: ReadonlyMap<string, string>;
  defaults?: ReadonlyMap<string, string>;
  physical?: ReadonlyMap<string, string>;
  rowFilter?: FunctionBinding | null;
  masks?: ReadonlyMap<string, FunctionBinding>;
}

/** One entry of a table's history, newest last. */
export interface TableVersion {
  version: number;
  at: number;
  operation: string;
  rows: number;
  /** Can the version be read again? */
  kept: boolean;
  metrics?: Readonly<Record<string, string>>;
  parameters?: Readonly<Record<string, string>>;
}

/** What DESCRIBE HISTORY tells of a version beside its operation. */
export interface VersionDetail extends Pick<TableVersion, 'metrics' | 'parameters'> {
  /** Completes the newest version instead of adding one. */
  amend?: boolean;
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
  /** The table with the columns and segments of that version. Undefined when there is none, or it is no longer kept. */
  tableAt(table: ObjectName, version: number): TableInfo | undefined;

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
  drop(
    kind: 'catalog' | 'schema' | 'table' | 'view' | 'function' | 'volume',
    name: Partial<ObjectName>,
  ): void;
  setOwner(
    kind: 'catalog' | 'schema' | 'table' | 'view' | 'function' | 'volume',
    name: Partial<ObjectName>,
    owner: string,
  ): void;
  /** Takes another name in a schema of the same catalog; history and tags move along. */
  rename(relation: ObjectName, to: ObjectName): void;
  /** `operation` goes into the history of a table when given. */
  alter(relation: ObjectName, change: RelationChange, operation?: string): void;
  setComment(
    kind: 'catalog' | 'schema' | 'function' | 'volume',
    name: Partial<ObjectName>,
    comment: string | null,
  ): void;
  volumes(catalog: string, schema: string): VolumeInfo[];
  volume(name: ObjectName): VolumeInfo | undefined;
  createVolume(volume: { name: ObjectName; owner: string; comment?: string }): void;
  readonly tags: Tags;
  readonly abac: AbacStore;
  setRowFilter(table: ObjectName, filter: FunctionBinding | null): void;
  setMask(table: ObjectName, column: string, mask: FunctionBinding | null): void;
  /** Replaces the segment list (an INSERT appends, an UPDATE adds a delete vector and a segment). */
  setSegments(table: ObjectName, segments: readonly Segment[], operation: string, how?: VersionDetail): void;
}
