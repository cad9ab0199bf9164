import { SqlError } from '../../../emulator/core/index.ts';
import { principalKey, type SecurableRef } from '../../../emulator/policy/index.ts';
import type { ObjectName, TableInfo } from '../catalog/index.ts';
import type { NameParts } from '../parser/index.ts';
import { unsupported } from '../parser/index.ts';
import type { Invocation, Of, Parts } from './context.ts';
import {
  catalogNotFound,
  columnNotFound,
  functionNotFound,
  notEmpty,
  relationNotFound,
  schemaNotFound,
  tableNotView,
  volumeNotFound,
  wrongObjectType,
} from './errors.ts';
import { catalogRef, functionRef, schemaRef, tableRef, volumeRef } from './names.ts';
import { locate } from './securable.ts';

/** A table that the caller may manage. */
function managedTable(parts: Parts, name: NameParts, operation: string, by: Invocation): TableInfo {
  const found = parts.resolver.relation(by.caller, name, by.session);
  if (found.kind === 'view') throw tableNotView(operation, found.name);
  parts.resolver.require(by.caller, 'MANAGE', tableRef(found.name));
  return found;
}

export function setRowFilter(parts: Parts, statement: Of<'set_row_filter'>, by: Invocation): void {
  const table = managedTable(parts, statement.table, 'ALTER TABLE ... SET ROW FILTER', by);
  const actor = { actor: by.caller, defaults: by.session };
  parts.catalog.setRowFilter(table.name, parts.bindings.filter(statement, table, actor));
}

export function dropRowFilter(parts: Parts, statement: Of<'drop_row_filter'>, by: Invocation): void {
  const table = managedTable(parts, statement.table, 'ALTER TABLE ... DROP ROW FILTER', by);
  parts.catalog.setRowFilter(table.name, null);
}

export function setMask(parts: Parts, statement: Of<'set_mask'>, by: Invocation): void {
  const table = managedTable(parts, statement.table, 'ALTER TABLE ... SET MASK', by);
  const actor = { actor: by.caller, defaults: by.session };
  const mask = parts.bindings.mask(statement.column, statement.mask, table, actor);
  parts.catalog.setMask(table.name, statement.column, mask);
}

export function dropMask(parts: Parts, statement: Of<'drop_mask'>, by: Invocation): void {
  const table = managedTable(parts, statement.table, 'ALTER TABLE ... DROP MASK', by);
  const names = table.columns.map((column) => column.name);
  if (!names.some((name) => name.toLowerCase() === statement.column.toLowerCase())) {
    throw columnNotFound(statement.column, names);
  }
  parts.catalog.setMask(table.name, statement.column, null);
}

/**
 * Ownership of views and functions is somebody's rights, because their bodies run with them: only a metastore admin
 * gives it to anybody, others to themselves or a group they are in (docs: manage ownership).
 */
export function setOwner(parts: Parts, statement: Of<'set_owner'>, { caller, session }: Invocation): void {
  const { catalog, policy, resolver } = parts;
  const place = locate(parts, statement, caller, session);
  resolver.require(caller, place.ref.kind === 'METASTORE' ? 'OWNERSHIP' : 'MANAGE', place.ref);
  const definer = place.object?.kind === 'function' || place.object?.kind === 'view';
  const { principal } = caller;
  const own = [principal.name, ...principal.groups].map(principalKey);
  if (
    definer &&
    !policy.authorizer.isMetastoreAdmin(principal) &&
    !own.includes(principalKey(statement.owner))
  ) {
    throw new SqlError(
      'INSUFFICIENT_PERMISSIONS',
      '42501',
      `Insufficient privileges:\nUser can only transfer the ownership of a view or function to itself or to a group it is a member of.`,
      {
        who: principal.name,
        rule: 'a view or function runs with the rights of its owner',
        fix: 'Let a metastore admin change the owner.',
      },
    );
  }
  policy.securables.setOwner(place.ref, statement.owner);
  if (place.object) catalog.setOwner(place.object.kind, place.object.name, statement.owner);
}

export function drop(parts: Parts, statement: Of<'drop'>, by: Invocation): void {
  const { catalog, policy, resolver } = parts;
  const { caller, session } = by;
  const forget = (ref: SecurableRef) => policy.securables.unregister(ref);
  if (statement.object === 'catalog') {
    dropCatalog(parts, statement, by);
    return;
  }
  if (statement.object === 'schema') {
    dropSchema(parts, statement, by);
    return;
  }
  const name = resolver.object(statement.name, session);
  const missing = notFoundFor(statement.object, name);
  if (!catalog.hasCatalog(name.catalog)) {
    if (statement.ifExists) return;
    throw catalogNotFound(name.catalog);
  }
  // First of all: IF EXISTS, or the error for the wrong kind, would tell what is in a schema the caller may not see.
  resolver.openCatalog(caller, name.catalog);
  if (!catalog.hasSchema(name.catalog, name.schema)) {
    if (statement.ifExists) return;
    throw missing;
  }
  resolver.openSchema(caller, name.catalog, name.schema);
  if (statement.object === 'function') {
    if (!existing(catalog.function(name) !== undefined)) return;
    resolver.require(caller, 'MANAGE', functionRef(name));
    catalog.drop('function', name);
    forget(functionRef(name));
    return;
  }
  if (statement.object === 'volume') {
    if (!existing(catalog.volume(name) !== undefined)) return;
    resolver.require(caller, 'MANAGE', volumeRef(name));
    catalog.drop('volume', name);
    forget(volumeRef(name));
    return;
  }
  const found = catalog.relation(name);
  if (!existing(found !== undefined) || !found) return;
  if (found.kind !== statement.object) {
    const is = found.kind.toUpperCase();
    throw wrongObjectType(`DROP ${statement.object.toUpperCase()}`, name, is, `DROP ${is}`);
  }
  resolver.require(caller, 'MANAGE', tableRef(name));
  catalog.drop(found.kind, name);
  forget(tableRef(name));

  function existing(there: boolean): boolean {
    if (there || statement.ifExists) return there;
    throw missing;
  }
}

function notFoundFor(object: Of<'drop'>['object'], name: ObjectName): SqlError {
  if (object === 'function') return functionNotFound(name);
  return object === 'volume' ? volumeNotFound(name) : relationNotFound(name);
}

function dropSchema(parts: Parts, statement: Of<'drop'>, { caller, session }: Invocation): void {
  const { catalog, policy, resolver } = parts;
  const { catalog: container, schema } = resolver.schemaName(statement.name, session);
  if (!catalog.hasCatalog(container) && statement.ifExists) return;
  resolver.openCatalog(caller, container);
  if (!catalog.hasSchema(container, schema)) {
    if (statement.ifExists) return;
    throw schemaNotFound(container, schema);
  }
  resolver.require(caller, 'MANAGE', schemaRef(container, schema));
  if (!statement.cascade && hasObjects(parts, container, schema)) {
    throw notEmpty('schema', container, schema);
  }
  catalog.drop('schema', { catalog: container, schema });
  policy.securables.unregister(schemaRef(container, schema));
}

function dropCatalog(parts: Parts, statement: Of<'drop'>, { caller }: Invocation): void {
  const { catalog, policy, resolver } = parts;
  if (statement.name.length !== 1) throw unsupported('DROP CATALOG with a qualified name');
  const name = (statement.name[0] ?? '').toLowerCase();
  if (!catalog.hasCatalog(name)) {
    if (statement.ifExists) return;
    throw catalogNotFound(name);
  }
  resolver.require(caller, 'MANAGE', catalogRef(name));
  const filled = catalog
    .schemas(name)
    .some((schema) => schema !== 'default' || hasObjects(parts, name, schema));
  if (!statement.cascade && filled) throw notEmpty('catalog', name);
  catalog.drop('catalog', { catalog: name });
  policy.securables.unregister(catalogRef(name));
}

function hasObjects({ catalog }: Parts, container: string, schema: string): boolean {
  return [catalog.relations, catalog.functions, catalog.volumes].some(
    (list) => list(container, schema).length > 0,
  );
}
