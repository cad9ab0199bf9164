import type { PolicyArgument } from '../catalog/contract.ts';
import type { Column, SparkType } from '../contract.ts';
import type { Travel } from '../dialect/index.ts';

/** A name as written: one to three parts, quotes removed, case kept. */
export type NameParts = readonly string[];

/** `position` is the 0-based character offset in the text, for error places. */
interface Base {
  position: number;
}

export interface MaskClause {
  function: NameParts;
  /** USING COLUMNS; the masked column is not repeated. */
  using: readonly PolicyArgument[];
}

/** `column = value`; the value is the text of an expression, or null for DEFAULT. */
export interface Assignment {
  column: NameParts;
  value: string | null;
}

/** One WHEN of a MERGE. `*` means every column by name. */
export interface MergeClause {
  when: 'matched' | 'not_matched' | 'not_matched_by_source';
  condition: string | null;
  action:
    | { kind: 'update'; set: readonly Assignment[] | '*' }
    | { kind: 'delete' }
    | { kind: 'insert'; columns: readonly string[] | null; values: readonly (string | null)[] | '*' };
}

/**
 * One parsed statement. Queries keep their text: names, functions and expressions inside are the governance's
 * and dialect's work. Everything that is not listed is refused by name by the parser.
 */
export type Statement =
  | (Base & { kind: 'query'; text: string })
  | (Base & {
      kind: 'create_temp_view';
      name: string;
      ifNotExists: boolean;
      orReplace: boolean;
      columns: readonly { name: string; comment?: string }[] | null;
      query: string;
    })
  | (Base & {
      kind: 'declare_variable';
      names: readonly NameParts[];
      orReplace: boolean;
      /** Null: the type of the default. */
      type: SparkType | null;
      default: string | null;
    })
  | (Base & { kind: 'set_parameter'; name: string; value: string | null })
  | (Base & { kind: 'reset_parameter'; name: string | null })
  | (Base & { kind: 'drop_variable'; name: NameParts; ifExists: boolean })
  | (Base & {
      kind: 'set_variable';
      /** Values are texts of expressions, null for DEFAULT; `query` gives a row for all of them. */
      targets: readonly NameParts[];
      values: readonly (string | null)[];
      query: string | null;
    })
  | (Base & {
      kind: 'execute_immediate';
      text: string;
      into: readonly NameParts[] | null;
      using: readonly { value: string; name: string | null }[];
    })
  | (Base & {
      kind: 'insert';
      target: NameParts;
      columns: readonly string[] | null;
      overwrite: boolean;
      byName: boolean;
      /** Query or VALUES text. */
      source: string;
    })
  | (Base & {
      kind: 'update';
      table: NameParts;
      alias: string | null;
      set: readonly Assignment[];
      where: string | null;
    })
  | (Base & { kind: 'delete'; table: NameParts; alias: string | null; where: string | null })
  | (Base & { kind: 'truncate'; table: NameParts })
  | (Base & {
      kind: 'merge';
      table: NameParts;
      alias: string | null;
      /** Text of the source as in FROM, with its alias. */
      source: string;
      on: string;
      clauses: readonly MergeClause[];
    })
  | (Base & { kind: 'create_catalog'; name: string; ifNotExists: boolean; comment?: string })
  | (Base & { kind: 'create_schema'; name: NameParts; ifNotExists: boolean; comment?: string })
  | (Base & {
      kind: 'create_table';
      name: NameParts;
      ifNotExists: boolean;
      orReplace: boolean;
      /** Null for CTAS without a column list. */
      columns: readonly (Column & { mask?: MaskClause; default?: string })[] | null;
      rowFilter?: { function: NameParts; on: readonly PolicyArgument[] };
      comment?: string;
      /** Upper case; absent means DELTA. */
      format?: string;
      /** Query of CREATE TABLE AS SELECT. */
      asQuery?: string;
    })
  | (Base & {
      kind: 'create_view';
      name: NameParts;
      ifNotExists: boolean;
      orReplace: boolean;
      columns: readonly { name: string; comment?: string }[] | null;
      comment?: string;
      query: string;
    })
  | (Base & {
      kind: 'create_function';
      name: NameParts;
      ifNotExists: boolean;
      orReplace: boolean;
      parameters: readonly { name: string; type: SparkType; default?: string; comment?: string }[];
      returns: SparkType | null;
      returnsTable: readonly Column[] | null;
      comment?: string;
      body: string;
    })
  | (Base & {
      kind: 'drop';
      object: 'catalog' | 'schema' | 'table' | 'view' | 'function' | 'volume';
      name: NameParts;
      ifExists: boolean;
      cascade: boolean;
    })
  | (Base & { kind: 'set_row_filter'; table: NameParts; function: NameParts; on: readonly PolicyArgument[] })
  | (Base & { kind: 'drop_row_filter'; table: NameParts })
  | (Base & { kind: 'set_mask'; table: NameParts; column: string; mask: MaskClause })
  | (Base & { kind: 'drop_mask'; table: NameParts; column: string })
  | (Base & { kind: 'set_owner'; object: SecurableWord; name: NameParts; owner: string })
  | (Base & {
      kind: 'grant' | 'revoke';
      privileges: readonly string[];
      object: SecurableWord;
      name: NameParts;
      principal: string;
    })
  | (Base & { kind: 'show_grants'; principal: string | null; object: SecurableWord; name: NameParts })
  | (Base & {
      kind: 'add_columns';
      table: NameParts;
      columns: readonly (Column & { mask?: MaskClause; default?: string; place?: ColumnPlace })[];
      ifNotExists: boolean;
    })
  | (Base & { kind: 'drop_columns'; table: NameParts; columns: readonly string[]; ifExists: boolean })
  | (Base & { kind: 'rename_column'; table: NameParts; column: string; to: string })
  | (Base & { kind: 'set_default'; table: NameParts; column: string; default: string | null })
  | (Base & { kind: 'drop_not_null'; table: NameParts; column: string })
  | (Base & { kind: 'rename'; object: 'TABLE' | 'VIEW'; name: NameParts; to: NameParts })
  | (Base & {
      kind: 'set_properties';
      object: 'TABLE' | 'VIEW';
      name: NameParts;
      properties: readonly (readonly [key: string, value: string])[];
    })
  | (Base & {
      kind: 'unset_properties';
      object: 'TABLE' | 'VIEW';
      name: NameParts;
      keys: readonly string[];
      ifExists: boolean;
    })
  /** COMMENT ON, and ALTER COLUMN ... COMMENT with the column. Null takes the comment away. */
  | (Base & {
      kind: 'comment';
      object: SecurableWord;
      name: NameParts;
      column: string | null;
      comment: string | null;
    })
  | (Base & {
      kind: 'set_tags';
      object: SecurableWord;
      name: NameParts;
      column: string | null;
      tags: readonly { key: string; value: string }[];
    })
  | (Base & {
      kind: 'unset_tags';
      object: SecurableWord;
      name: NameParts;
      column: string | null;
      keys: readonly string[];
    })
  | (Base & { kind: 'create_volume'; name: NameParts; ifNotExists: boolean; comment?: string })
  | (Base & {
      kind: 'create_policy';
      name: string;
      orReplace: boolean;
      object: PolicyWord;
      on: NameParts;
      comment?: string;
      type: 'ROW_FILTER' | 'COLUMN_MASK';
      function: NameParts;
      to: readonly string[];
      except: readonly string[];
      when: string | null;
      match: readonly { condition: string; alias: string }[];
      onColumn: string | null;
      using: readonly ({ alias: string } | { literal: string })[];
    })
  | (Base & { kind: 'drop_policy'; name: string; object: PolicyWord; on: NameParts })
  | (Base & { kind: 'describe_policy'; name: string; object: PolicyWord; on: NameParts })
  | (Base & { kind: 'show_policies'; effective: boolean; object: PolicyWord; on: NameParts })
  | (Base & {
      kind: 'create_governed_tag';
      key: string;
      description?: string;
      values: readonly string[] | null;
    })
  | (Base & { kind: 'alter_governed_tag'; key: string; values: readonly string[] })
  | (Base & { kind: 'drop_governed_tag'; key: string })
  | (Base & { kind: 'describe_governed_tag'; key: string })
  | (Base & { kind: 'show_governed_tags' })
  | (Base & { kind: 'use'; what: 'catalog' | 'schema'; name: NameParts })
  | (Base & {
      kind: 'show';
      what: 'catalogs' | 'schemas' | 'tables' | 'views' | 'functions' | 'columns' | 'volumes';
      in: NameParts | null;
      like: string | null;
    })
  | (Base & { kind: 'explain'; query: string })
  | (Base & { kind: 'restore'; table: NameParts; to: Travel })
  | (Base & { kind: 'describe_history'; table: NameParts })
  | (Base & { kind: 'describe'; table: NameParts; extended: boolean });

/** Where ADD COLUMN puts a column; at the end when absent. */
export type ColumnPlace = 'first' | { after: string };

/** What a policy can be defined on. */
export type PolicyWord = 'METASTORE' | 'CATALOG' | 'SCHEMA' | 'TABLE';

export type SecurableWord = 'METASTORE' | 'CATALOG' | 'SCHEMA' | 'TABLE' | 'VIEW' | 'FUNCTION' | 'VOLUME';

/**
 * Parses exactly one statement (a trailing semicolon is fine).
 * @throws SqlError PARSE_SYNTAX_ERROR (42601) with the place, or the platform's error naming an unsupported statement.
 */
export type ParseStatement = (text: string, constants?: Constants) => Statement;

/** Text of what IDENTIFIER() may name beside literals: a parameter (`''` is the next `?`) or a session variable. */
export interface Constants {
  parameter(name: string, ordinal: number): string | null | undefined;
  variable(parts: NameParts): string | null | undefined;
}
