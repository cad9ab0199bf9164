import type { Caller } from '../../../emulator/policy/index.ts';
import { fullName } from '../catalog/index.ts';
import type { CellValue } from '../contract.ts';
import { stateOf } from '../session.ts';
import { type CommandResult, columnsOf, type Invocation, type Of, type Parts } from './context.ts';
import { catalogNotFound, schemaNotFound } from './errors.ts';
import { catalogRef, functionRef, schemaRef, tableRef, volumeRef } from './names.ts';

/** SHOW lists what the caller may see, in the platform's columns (docs: SHOW statements). */
export function show(parts: Parts, statement: Of<'show'>, by: Invocation): CommandResult {
  const matches = pattern(statement.like);
  switch (statement.what) {
    case 'catalogs':
      return listCatalogs(parts, matches, by);
    case 'schemas':
      return listSchemas(parts, statement, matches, by);
    case 'columns':
      return listColumns(parts, statement, by);
    default:
      return listObjects(parts, statement, matches, by);
  }
}

/** `*` is any text and `|` separates alternatives; letters without case (docs: SHOW TABLES, regex_pattern). */
export function pattern(like: string | null): (name: string) => boolean {
  if (like === null) return () => true;
  const alternatives = like.split('|').map((one) =>
    one
      .trim()
      .split('*')
      .map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*'),
  );
  const expression = new RegExp(`^(?:${alternatives.join('|')})$`, 'is');
  return (name) => expression.test(name);
}

function listCatalogs(
  { catalog, policy }: Parts,
  matches: (name: string) => boolean,
  { caller, session }: Invocation,
): CommandResult {
  const rows = catalog
    .catalogs()
    .filter((name) => matches(name) && policy.authorizer.visible(caller, catalogRef(name)))
    .map((name): CellValue[] => [name]);
  return { columns: columnsOf('catalog'), rows, session };
}

function listSchemas(
  parts: Parts,
  statement: Of<'show'>,
  matches: (name: string) => boolean,
  { caller, session }: Invocation,
): CommandResult {
  const { catalog, policy } = parts;
  const container = (statement.in?.join('.') ?? session.catalog).toLowerCase();
  enter(parts, caller, container);
  const rows = [...catalog.schemas(container), 'information_schema']
    .sort()
    .filter((schema) => matches(schema) && policy.authorizer.visible(caller, schemaRef(container, schema)))
    .map((schema): CellValue[] => [schema]);
  return { columns: columnsOf('databaseName'), rows, session };
}

function listObjects(
  parts: Parts,
  statement: Of<'show'>,
  matches: (name: string) => boolean,
  { caller, session }: Invocation,
): CommandResult {
  const { catalog, policy, resolver } = parts;
  const { catalog: container, schema } = resolver.schemaName(statement.in ?? [session.schema], session);
  enter(parts, caller, container, schema);
  if (statement.what === 'functions') {
    const rows = catalog
      .functions(container, schema)
      .filter((fn) => matches(fn.name.name) && policy.authorizer.visible(caller, functionRef(fn.name)))
      .map((fn): CellValue[] => [fullName(fn.name)]);
    return { columns: columnsOf('function'), rows, session };
  }
  if (statement.what === 'volumes') {
    const rows = catalog
      .volumes(container, schema)
      .filter(({ name }) => matches(name.name) && policy.authorizer.visible(caller, volumeRef(name)))
      .map(({ name }): CellValue[] => [schema, name.name]);
    return { columns: columnsOf('database', 'volume_name'), rows, session };
  }
  const views = statement.what === 'views';
  const rows = catalog
    .relations(container, schema)
    .filter(
      (relation) =>
        (!views || relation.kind === 'view') &&
        matches(relation.name.name) &&
        policy.authorizer.visible(caller, tableRef(relation.name)),
    )
    .map(({ name }): CellValue[] => (views ? [schema, name.name, false, false] : [schema, name.name, false]));
  // Temporary views belong to the session, so they have no schema (docs: SHOW TABLES, SHOW VIEWS).
  for (const view of stateOf(session, caller).views)
    if (matches(view.name)) rows.push(views ? ['', view.name, true, false] : ['', view.name, true]);
  const columns = views
    ? columnsOf('namespace', 'viewName', 'isTemporary', 'isMaterialized')
    : columnsOf('database', 'tableName', 'isTemporary');
  return { columns, rows, session };
}

function listColumns(parts: Parts, statement: Of<'show'>, { caller, session }: Invocation): CommandResult {
  const relation = seen(parts, statement.in ?? [], { caller, session });
  return {
    columns: columnsOf('col_name'),
    rows: relation.columns.map((column): CellValue[] => [column.name]),
    session,
  };
}

/** Into a catalog or schema to list it: with USE, or with BROWSE, which needs no USE (docs: BROWSE). */
function enter(parts: Parts, caller: Caller, container: string, schema?: string): void {
  const { catalog, policy, resolver } = parts;
  if (!catalog.hasCatalog(container)) throw catalogNotFound(container);
  const browses = (ref: ReturnType<typeof catalogRef>) =>
    policy.authorizer.isMetastoreAdmin(caller.principal) ||
    policy.authorizer.checkPrincipal(caller.principal, 'BROWSE', ref).allow;
  if (!browses(catalogRef(container))) resolver.openCatalog(caller, container);
  if (schema === undefined || schema === 'information_schema') return;
  if (!catalog.hasSchema(container, schema)) throw schemaNotFound(container, schema);
  if (!browses(schemaRef(container, schema))) resolver.openSchema(caller, container, schema);
}

/** A relation whose metadata the caller may see: any privilege on it, ownership or BROWSE. */
export function seen(parts: Parts, name: readonly string[], { caller, session }: Invocation) {
  const { catalog, policy, resolver } = parts;
  const full = resolver.object(name, session);
  const known = catalog.relation(full);
  if (known && policy.authorizer.checkPrincipal(caller.principal, 'BROWSE', tableRef(full)).allow)
    return known;
  const relation = resolver.relation(caller, name, session);
  const ref = tableRef(relation.name);
  if (!policy.authorizer.visible(caller, ref)) resolver.require(caller, 'SELECT', ref);
  return relation;
}
