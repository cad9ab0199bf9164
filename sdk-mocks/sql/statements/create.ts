import { SqlError } from '../../../emulator/core/index.ts';
import { isPlatformOwned } from '../../../emulator/policy/index.ts';
import type { ObjectName, RelationInfo, TableInfo } from '../catalog/index.ts';
import type { Column } from '../contract.ts';
import { parseExpressionText } from '../dialect/index.ts';
import { unsupported } from '../parser/index.ts';
import type { Invocation, Of, Parts } from './context.ts';
import {
  catalogExists,
  columnExists,
  functionExists,
  quoted,
  relationExists,
  schemaExists,
  wrongObjectType,
} from './errors.ts';
import { catalogRef, functionRef, schemaRef, tableRef } from './names.ts';

/** Whether a CREATE makes something new, replaces, or has nothing to do (IF NOT EXISTS). */
export interface Target {
  name: ObjectName;
  action: 'create' | 'replace' | 'skip';
}

export function createCatalog(parts: Parts, statement: Of<'create_catalog'>, { caller }: Invocation): void {
  const { catalog, policy, resolver } = parts;
  const name = statement.name.toLowerCase();
  const owner = caller.principal.name;
  if (catalog.hasCatalog(name) || isPlatformOwned(catalogRef(name))) {
    if (statement.ifNotExists) return;
    throw catalogExists(name);
  }
  resolver.require(caller, 'CREATE CATALOG', { kind: 'METASTORE', name: 'metastore' });
  catalog.createCatalog(name, owner, statement.comment);
  policy.securables.register(catalogRef(name), owner);
  // A new catalog comes with the schema `default` (docs: CREATE CATALOG).
  catalog.createSchema(name, 'default', owner);
  policy.securables.register(schemaRef(name, 'default'), owner);
}

export function createSchema(
  parts: Parts,
  statement: Of<'create_schema'>,
  { caller, session }: Invocation,
): void {
  const { catalog, policy, resolver } = parts;
  const name = resolver.schemaName(statement.name, session);
  resolver.openCatalog(caller, name.catalog);
  if (catalog.hasSchema(name.catalog, name.schema) || name.schema === 'information_schema') {
    if (statement.ifNotExists) return;
    throw schemaExists(name.catalog, name.schema);
  }
  resolver.require(caller, 'CREATE SCHEMA', catalogRef(name.catalog));
  catalog.createSchema(name.catalog, name.schema, caller.principal.name, statement.comment);
  policy.securables.register(schemaRef(name.catalog, name.schema), caller.principal.name);
}

/** Rights and existence for CREATE TABLE and CREATE VIEW, before anything is run or made. */
export function relationTarget(
  parts: Parts,
  statement: Pick<Of<'create_table'>, 'name' | 'ifNotExists' | 'orReplace' | 'format'>,
  kind: 'table' | 'view',
  { caller, session }: Invocation,
): Target {
  const { catalog, resolver } = parts;
  const name = resolver.object(statement.name, session);
  if (statement.format !== undefined) checkFormat(statement.format, name);
  resolver.openSchema(caller, name.catalog, name.schema);
  const existing = catalog.relation(name);
  if (existing && statement.ifNotExists) return { name, action: 'skip' };
  if (!existing || statement.orReplace) {
    resolver.require(caller, 'CREATE TABLE', schemaRef(name.catalog, name.schema));
  }
  if (!existing) return { name, action: 'create' };
  if (!statement.orReplace) throw relationExists(name);
  if (existing.kind !== kind) {
    const [is, use] = existing.kind === 'view' ? ['VIEW', 'DROP VIEW'] : ['TABLE', 'DROP TABLE'];
    throw wrongObjectType(`CREATE OR REPLACE ${kind.toUpperCase()}`, name, is, use);
  }
  // Changing what a view shows needs ownership, MANAGE is not enough (docs: create views).
  resolver.require(caller, kind === 'view' ? 'OWNERSHIP' : 'MANAGE', tableRef(name));
  return { name, action: 'replace' };
}

/** Catalogs of the workspace's old metastore: its managed tables may be of Spark's own formats. */
const oldMetastore = new Set(['hive_metastore', 'spark_catalog']);
const oldFormats = new Set(['PARQUET', 'ORC', 'AVRO', 'JSON', 'CSV', 'TEXT']);

/** Managed tables of Unity Catalog are Delta tables (docs: CREATE TABLE, USING). */
function checkFormat(format: string, name: ObjectName): void {
  if (!oldMetastore.has(name.catalog) || !oldFormats.has(format))
    throw unsupported(`CREATE TABLE USING ${format}`);
}

/** Makes the table of a checked target. `columns` are those of the statement or of its query. */
export function makeTable(
  parts: Parts,
  statement: Of<'create_table'>,
  columns: readonly Column[],
  target: Target,
  { caller, session }: Invocation,
): void {
  if (target.action === 'skip') return;
  const { catalog, policy, bindings } = parts;
  refuseDuplicates(columns);
  const by = { actor: caller, defaults: session };
  const filter = statement.rowFilter && bindings.filter(statement.rowFilter, { columns }, by);
  const masks = (statement.columns ?? []).flatMap((column) =>
    column.mask
      ? [{ column: column.name, binding: bindings.mask(column.name, column.mask, { columns }, by) }]
      : [],
  );
  const old = catalog.relation(target.name);
  const kept = old?.kind === 'table' ? keptPolicies(old, columns) : undefined;

  catalog.createTable({
    name: target.name,
    owner: old?.owner ?? caller.principal.name,
    createdBy: caller.principal.name,
    columns: columns.map(plainColumn),
    defaults: new Map(
      (statement.columns ?? []).flatMap((column): [string, string][] =>
        column.default === undefined
          ? []
          : [[column.name.toLowerCase(), checkedDefault(column.name, column.default)]],
      ),
    ),
    ...(statement.comment === undefined ? {} : { comment: statement.comment }),
  });
  const rowFilter = filter ?? kept?.rowFilter;
  if (rowFilter) catalog.setRowFilter(target.name, rowFilter);
  for (const [column, mask] of kept?.masks ?? []) catalog.setMask(target.name, column, mask);
  for (const { column, binding } of masks) catalog.setMask(target.name, column, binding);
  if (!old) policy.securables.register(tableRef(target.name), caller.principal.name);
}

/**
 * Replacing a table keeps its filter and masks when the columns they use are still there (field). When they are not,
 * Brickbox refuses: rows must not become visible by a replacement.
 */
function keptPolicies(old: TableInfo, columns: readonly Column[]): Pick<TableInfo, 'rowFilter' | 'masks'> {
  const names = new Set(columns.map((column) => column.name.toLowerCase()));
  const bindings = [...old.masks.values(), ...(old.rowFilter ? [old.rowFilter] : [])];
  const used = bindings.flatMap((binding) =>
    binding.arguments.flatMap((argument) => ('column' in argument ? [argument.column] : [])),
  );
  const missing = [...old.masks.keys(), ...used].find((name) => !names.has(name));
  if (missing !== undefined) {
    throw unsupported(`replacing a protected table without the column ${missing} of its row filter or masks`);
  }
  return old;
}

export function makeView(
  parts: Parts,
  statement: Of<'create_view'>,
  columns: readonly Column[],
  target: Target,
  { caller, session }: Invocation,
): void {
  if (target.action === 'skip') return;
  const { catalog, policy } = parts;
  refuseDuplicates(columns);
  const old: RelationInfo | undefined = catalog.relation(target.name);
  catalog.createView({
    name: target.name,
    owner: old?.owner ?? caller.principal.name,
    columns: columns.map(plainColumn),
    query: statement.query,
    defaults: { catalog: session.catalog, schema: session.schema },
    ...(statement.comment === undefined ? {} : { comment: statement.comment }),
  });
  if (!old) policy.securables.register({ ...tableRef(target.name), kind: 'VIEW' }, caller.principal.name);
}

export function createFunction(
  parts: Parts,
  statement: Of<'create_function'>,
  { caller, session }: Invocation,
): void {
  const { catalog, policy, resolver } = parts;
  const name = resolver.object(statement.name, session);
  resolver.openSchema(caller, name.catalog, name.schema);
  const old = catalog.function(name);
  if (old && statement.ifNotExists) return;
  if (old && !statement.orReplace) throw functionExists(name);
  resolver.require(caller, 'CREATE FUNCTION', schemaRef(name.catalog, name.schema));
  // The body runs with the owner's rights, so only the owner may change it.
  if (old) resolver.require(caller, 'OWNERSHIP', functionRef(name));
  refuseDuplicates(statement.parameters);
  catalog.createFunction({
    name,
    owner: old?.owner ?? caller.principal.name,
    parameters: statement.parameters.map((parameter) => ({
      name: parameter.name,
      type: parameter.type,
      ...(parameter.default === undefined ? {} : { default: parameter.default }),
    })),
    returns: statement.returns,
    returnsTable: statement.returnsTable,
    body: statement.body,
    defaults: { catalog: session.catalog, schema: session.schema },
    ...(statement.comment === undefined ? {} : { comment: statement.comment }),
  });
  if (!old) policy.securables.register(functionRef(name), caller.principal.name);
}

/**
 * A default is computed with the rights of whoever inserts, and the owner of the table reads the result. With a
 * subquery the owner would get rows only the writer may see; the platform refuses it as well (docs: error classes).
 */
function checkedDefault(column: string, text: string): string {
  if (!hasSubquery(parseExpressionText(text))) return text;
  throw new SqlError(
    'INVALID_DEFAULT_VALUE.SUBQUERY_EXPRESSION',
    '42623',
    `Failed to execute CREATE TABLE command because the destination column or variable ${quoted(column)} has a DEFAULT value ${text}, which contains subquery expressions.`,
  );
}

const subqueries: ReadonlySet<unknown> = new Set(['exists', 'scalar_query', 'in_query']);

function hasSubquery(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return ('kind' in part && subqueries.has(part.kind)) || Object.values(part).some(hasSubquery);
}

function refuseDuplicates(columns: readonly { name: string }[]): void {
  const names = columns.map((column) => column.name.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw columnExists(twice);
}

function plainColumn({ name, type, nullable, comment }: Column): Column {
  return comment === undefined ? { name, type, nullable } : { name, type, nullable, comment };
}
