import type { Travel } from './travel.ts';

/** The query language as our parser sees it. What has no node here cannot be run: unknown syntax is refused. */
export interface Node {
  /** 0-based character offset in the text it was parsed from. */
  at: number;
}

export type NameParts = readonly string[];

export interface TypeName extends Node {
  /** As written, normalised blanks: `DECIMAL(10,2)`. Parsed by `types/`. */
  text: string;
}

export type Literal =
  | { type: 'null' }
  | { type: 'boolean'; value: boolean }
  /** Digits with sign, fraction and suffix letter, as written. */
  | { type: 'number'; text: string }
  | { type: 'string'; value: string }
  /** `DATE '…'`, `TIMESTAMP '…'`, `X'…'`. */
  | { type: 'typed'; name: string; value: string }
  | { type: 'interval'; parts: readonly { value: Expression; unit: string }[] }
  /** `INTERVAL '1-2' YEAR TO MONTH`. */
  | { type: 'interval_range'; value: string; negative: boolean; from: string; to: string };

export interface SortItem {
  expression: Expression;
  descending: boolean;
  nullsFirst: boolean;
}

export interface WindowSpec {
  name?: string;
  partition: readonly Expression[];
  order: readonly SortItem[];
  frame: { unit: 'ROWS' | 'RANGE'; start: FrameBound; end: FrameBound } | null;
}

export type FrameBound =
  | { type: 'unbounded_preceding' | 'unbounded_following' | 'current' }
  | { type: 'preceding' | 'following'; value: Expression };

export type Expression = Node &
  (
    | { kind: 'literal'; literal: Literal }
    | { kind: 'parameter'; name: string; ordinal: number }
    | { kind: 'column'; parts: NameParts }
    | { kind: 'star'; qualifier: NameParts; except: readonly NameParts[] }
    | { kind: 'unary'; op: '-' | '+' | '~' | 'NOT'; operand: Expression }
    | { kind: 'binary'; op: string; left: Expression; right: Expression }
    | { kind: 'is'; operand: Expression; what: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN'; not: boolean }
    | { kind: 'distinct_from'; left: Expression; right: Expression; not: boolean }
    | { kind: 'between'; operand: Expression; low: Expression; high: Expression; not: boolean }
    | { kind: 'in'; operand: Expression; list: readonly Expression[]; not: boolean }
    | { kind: 'in_query'; operand: Expression; query: Query; not: boolean }
    | {
        kind: 'like';
        op: 'LIKE' | 'ILIKE' | 'RLIKE';
        operand: Expression;
        pattern: Expression;
        escape: Expression | null;
        not: boolean;
      }
    | {
        kind: 'like_many';
        op: 'LIKE' | 'ILIKE';
        quantifier: 'ANY' | 'ALL';
        operand: Expression;
        patterns: readonly Expression[];
        not: boolean;
      }
    | {
        kind: 'case';
        operand: Expression | null;
        whens: readonly { when: Expression; result: Expression }[];
        otherwise: Expression | null;
      }
    | { kind: 'cast'; operand: Expression; type: TypeName; safe: boolean }
    | { kind: 'extract'; field: string; operand: Expression }
    | {
        kind: 'call';
        name: NameParts;
        args: readonly Expression[];
        /** `f(x => 1)`: names by position of `args`, when any. */
        argNames: readonly (string | null)[];
        distinct: boolean;
        filter: Expression | null;
        nulls: 'IGNORE' | 'RESPECT' | null;
        within: readonly SortItem[] | null;
        window: WindowSpec | null;
      }
    | { kind: 'lambda'; parameters: readonly string[]; body: Expression }
    | { kind: 'subscript'; operand: Expression; index: Expression }
    | { kind: 'field'; operand: Expression; name: string }
    /** `v:a.b[0]`. */
    | { kind: 'json_path'; operand: Expression; path: string }
    | { kind: 'tuple'; items: readonly Expression[] }
    | { kind: 'exists'; query: Query }
    | { kind: 'scalar_query'; query: Query }
    /** `IDENTIFIER('a.b')` in the place of a column or a function name. */
    | { kind: 'identifier'; value: Expression; args: readonly Expression[] | null }
    /** Names several outputs: `explode(m) AS (k, v)`. */
    | { kind: 'named'; operand: Expression; names: readonly string[] }
  );

export type ExpressionOf<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

export interface SelectItem {
  expression: Expression;
  alias: string | null;
  /** `AS (a, b)` of a generator. */
  aliases: readonly string[] | null;
}

export interface TableAlias {
  name: string;
  columns: readonly string[] | null;
}

export type JoinType = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'SEMI' | 'ANTI';

export type Relation = Node &
  (
    | { kind: 'table'; name: NameParts; alias: TableAlias | null; travel?: Travel }
    | { kind: 'table_identifier'; value: Expression; alias: TableAlias | null }
    | { kind: 'subquery'; query: Query; alias: TableAlias | null; lateral: boolean }
    | { kind: 'values'; rows: readonly (readonly Expression[])[]; alias: TableAlias | null }
    | {
        kind: 'table_function';
        name: NameParts;
        args: readonly Expression[];
        alias: TableAlias | null;
        lateral: boolean;
      }
    | {
        kind: 'join';
        type: JoinType;
        left: Relation;
        right: Relation;
        on: Expression | null;
        using: readonly string[] | null;
        natural: boolean;
      }
    | {
        kind: 'lateral_view';
        input: Relation;
        outer: boolean;
        generator: ExpressionOf<'call'>;
        table: string;
        columns: readonly string[];
      }
    | {
        kind: 'pivot';
        input: Relation;
        aggregates: readonly { expression: Expression; alias: string | null }[];
        columns: readonly Expression[];
        values: readonly { value: Expression; alias: string | null }[];
        alias: TableAlias | null;
      }
    | {
        kind: 'unpivot';
        input: Relation;
        includeNulls: boolean;
        valueColumns: readonly string[];
        nameColumn: string;
        groups: readonly { columns: readonly Expression[]; alias: string | null }[];
        alias: TableAlias | null;
      }
    | {
        kind: 'sample';
        input: Relation;
        percent: Expression | null;
        rows: Expression | null;
        seed: string | null;
      }
    | { kind: 'parenthesised'; inner: Relation; alias: TableAlias | null }
  );

export type GroupItem =
  | { kind: 'expression'; expression: Expression }
  | { kind: 'sets'; type: 'GROUPING SETS' | 'ROLLUP' | 'CUBE'; sets: readonly (readonly Expression[])[] };

export interface Select extends Node {
  kind: 'select';
  distinct: boolean;
  items: readonly SelectItem[];
  from: Relation | null;
  where: Expression | null;
  group: { all: boolean; items: readonly GroupItem[] } | null;
  having: Expression | null;
  qualify: Expression | null;
  windows: ReadonlyMap<string, WindowSpec>;
}

export interface SetOperation extends Node {
  kind: 'set';
  op: 'UNION' | 'EXCEPT' | 'INTERSECT';
  all: boolean;
  byName: boolean;
  left: QueryBody;
  right: QueryBody;
}

export interface ValuesBody extends Node {
  kind: 'values';
  rows: readonly (readonly Expression[])[];
  alias: TableAlias | null;
}

export interface NestedQuery extends Node {
  kind: 'nested';
  query: Query;
}

/** `TABLE t` or `FROM t` alone. */
export interface TableBody extends Node {
  kind: 'table_body';
  name: NameParts;
}

export type QueryBody = Select | SetOperation | ValuesBody | NestedQuery | TableBody;

export interface Cte {
  name: string;
  columns: readonly string[] | null;
  query: Query;
  at: number;
}

export interface Query extends Node {
  ctes: readonly Cte[];
  recursive: boolean;
  body: QueryBody;
  order: readonly SortItem[];
  /** ORDER BY ALL. */
  orderAll: { descending: boolean; nullsFirst: boolean } | null;
  limit: Expression | null;
  offset: Expression | null;
}
