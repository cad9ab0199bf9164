import { SqlError } from '../../../emulator/core/index.ts';
import type { Caller } from '../../../emulator/policy/index.ts';
import {
  type Catalog,
  effectivePolicies,
  type FunctionBinding,
  fullName,
  type TableInfo,
} from '../catalog/index.ts';
import {
  type BoundRelation,
  type BoundRoutine,
  bindExpression,
  cast,
  duckType,
  type Environment,
  type Expression,
  notSupported,
  parseExpressionText,
  parseQueryText,
  parseType,
  QueryBinder,
  Scope,
  type ScopeColumn,
  type SessionValues,
  type Type,
  t,
} from '../dialect/index.ts';
import { functionRef, type Resolver, tableRef } from '../statements/index.ts';
import { orMissing, routineOf } from './routines.ts';

export interface SecuredTable {
  /** SELECT over the trusted instance: the visible rows, masked. */
  sql: string;
  types: readonly Type[];
  rowFilter: string | null;
  masks: readonly string[];
}

interface Parts {
  catalog: Catalog;
  resolver: Resolver;
  /** Who asks: attribute-based policies apply by person. */
  caller: Caller;
}

/** The table with the filter and masks that this caller meets, those of attribute-based policies included. */
export function tableFor(table: TableInfo, caller: Caller, catalog: Catalog): TableInfo {
  const { rowFilter, masks } = effectivePolicies(catalog, table, caller.principal);
  return { ...table, rowFilter, masks };
}

/** Row ids count positions inside a segment; the segment's place in the list is in front. */
export const rowIdShift = 2 ** 40;

/** All rows of a table, as the trusted instance keeps them; with row ids as the column `rid` when asked. */
export function segmentsSql(table: TableInfo, rowIds = false): string {
  const types = table.columns.map((column) => parseType(column.type));
  if (table.segments.length === 0) {
    return `(SELECT ${types.map((type, i) => `CAST(NULL AS ${duckType(type)}) AS c${i}`).join(', ') || 'NULL AS c0'}${rowIds ? ', CAST(NULL AS BIGINT) AS rid' : ''} WHERE false)`;
  }
  const columns = types.map((_type, i) => `c${i}`).join(', ') || '*';
  return `(${table.segments
    .map((segment, place) => {
      const id = rowIds ? `, ${place * rowIdShift} + rowid AS rid` : '';
      const alive =
        segment.deleteVector === null
          ? ''
          : ` WHERE rowid NOT IN (SELECT position FROM "${segment.deleteVector}")`;
      return `SELECT ${columns}${id} FROM "${segment.id}"${alive}`;
    })
    .join(' UNION ALL ')})`;
}

/**
 * The table as this caller may see it: filter and masks at the scan, the filter on unmasked values, FALSE and NULL
 * drop the row (docs: filters and masks).
 * @throws SqlError when a policy function is gone or its owner may not read what it reads.
 */
export function securedTable(
  given: TableInfo,
  session: SessionValues,
  parts: Parts,
  rowIds = false,
): SecuredTable {
  const table = tableFor(given, parts.caller, parts.catalog);
  const types = table.columns.map((column) => parseType(column.type));
  const scan = types.map((_type, i) => `b.c${i}`);
  const columns: ScopeColumn[] = table.columns.map((column, i) => ({
    name: column.name,
    qualifier: [],
    sql: scan[i] ?? '',
    type: types[i] ?? parseType('STRING'),
  }));
  const environment = policyEnvironment(session, parts);
  const binder = new QueryBinder(environment);
  const cx = binder.context(new Scope(columns));
  const apply = (binding: FunctionBinding, first: Expression[]) => {
    const { catalog, schema, name } = binding.function;
    const args = [
      ...first,
      ...binding.arguments.map(
        (argument): Expression =>
          'column' in argument ? column(argument.column) : parseExpressionText(argument.literal),
      ),
    ];
    return bindExpression(
      {
        kind: 'call',
        name: [catalog, schema, name],
        args,
        argNames: [],
        distinct: false,
        filter: null,
        nulls: null,
        within: null,
        window: null,
        at: 0,
      },
      cx,
    );
  };
  const outputs = table.columns.map((info, i) => {
    const mask = table.masks.get(info.name.toLowerCase());
    const type = types[i];
    return mask && type ? cast(apply(mask, [column(info.name)]), type).sql : (scan[i] ?? '');
  });
  const filter = table.rowFilter ? apply(table.rowFilter, []) : undefined;
  const where = filter ? ` WHERE ${cast(filter, parseType('BOOLEAN')).sql}` : '';
  return {
    sql: `SELECT ${outputs.map((sql, i) => `${sql} AS c${i}`).join(', ') || 'b.c0'}${rowIds ? `, b.rid AS c${types.length}` : ''} FROM ${segmentsSql(table, rowIds)} AS b${where}`,
    types: rowIds ? [...types, t.bigint] : types,
    rowFilter: table.rowFilter ? fullName(table.rowFilter.function) : null,
    masks: [...table.masks.values()].map((mask) => fullName(mask.function)),
  };
}

const column = (name: string): Expression => ({ kind: 'column', parts: [name], at: 0 });

/** Names at the scan itself: nothing but the attached functions, whose EXECUTE the reader does not need (field). */
function policyEnvironment(session: SessionValues, parts: Parts): Environment {
  return {
    session,
    relation: () => {
      throw new SqlError('UNSUPPORTED_FEATURE', '0A000', 'A policy argument cannot read a table.');
    },
    routine([catalog = '', schema = '', name = '']): BoundRoutine {
      const found = parts.catalog.function({ catalog, schema, name });
      if (!found) {
        throw new SqlError(
          'UC_DEPENDENCY_DOES_NOT_EXIST',
          '42704',
          `Dependency does not exist in Unity Catalog: the function ${catalog}.${schema}.${name} of a row filter or column mask cannot be found. Drop the policy, or create the function again.`,
        );
      }
      return routineOf(found, definerEnvironment(found.owner, found.defaults, session, parts));
    },
    parameter: noParameter,
  };
}

export const noParameter = (name: string): never => {
  throw new SqlError(
    'UNBOUND_SQL_PARAMETER',
    '42P02',
    `Found the unbound parameter: ${name}. Please, fix \`args\` and provide a mapping of the parameter to either a SQL literal or collection constructor functions such as \`map()\`, \`array()\`, \`struct()\`.`,
  );
};

/** Names inside a body that runs with its owner's rights, over the trusted instance. */
function definerEnvironment(
  owner: string,
  defaults: { catalog: string; schema: string },
  session: SessionValues,
  parts: Parts,
): Environment {
  const { resolver } = parts;
  const environment: Environment = {
    session,
    relation(given, travel): BoundRelation {
      if (travel) throw notSupported('time travel inside a row filter or column mask');
      const found = resolver.relation(owner, given, defaults);
      resolver.require(owner, 'SELECT', tableRef(found.name));
      const name = [found.name.catalog, found.name.schema, found.name.name];
      const columns = found.columns.map((info) => ({ name: info.name, type: parseType(info.type) }));
      if (found.kind === 'view') {
        const bound = new QueryBinder(definerEnvironment(found.owner, found.defaults, session, parts)).query(
          parseQueryText(found.query),
        );
        return {
          sql: `(${bound.sql})`,
          columns: columns.map((info, i) => ({ ...info, type: bound.columns[i]?.type ?? info.type })),
          name,
        };
      }
      const own = tableFor(found, parts.caller, parts.catalog);
      if (own.rowFilter || own.masks.size > 0) {
        throw new SqlError(
          'ROW_COLUMN_ACCESS.POLICY_REFERENCES_PROTECTED_TABLE',
          '0A000',
          `A row filter or column mask cannot read the table ${fullName(found.name)}, because that table has a row filter or column mask of its own.`,
        );
      }
      return { sql: segmentsSql(found), columns, name };
    },
    routine(given) {
      const found = orMissing(() => resolver.function(owner, given, defaults));
      if (!found) return undefined;
      resolver.require(owner, 'EXECUTE', functionRef(found.name));
      return routineOf(found, definerEnvironment(found.owner, found.defaults, session, parts));
    },
    parameter: noParameter,
  };
  return environment;
}
