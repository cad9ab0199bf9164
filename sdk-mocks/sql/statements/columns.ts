import { SqlError } from '../../../emulator/core/index.ts';
import type { TableInfo } from '../catalog/index.ts';
import type { Column } from '../contract.ts';
import { type NameParts, unsupported } from '../parser/index.ts';
import type { Invocation, Of, Parts } from './context.ts';
import { columnExists, columnNotFound, tableNotView } from './errors.ts';
import { columnAt } from './metadata.ts';
import { tableRef } from './names.ts';

/**
 * A table whose columns the caller may change: the owner, holders of MANAGE, or of MODIFY (docs: ALTER TABLE). Rows
 * that are already there need an engine that reads segments by `TableInfo.physical`; without one it is refused, so
 * that no dropped column comes back under another name.
 */
function changeable(parts: Parts, name: NameParts, what: string, by: Invocation): TableInfo {
  const found = parts.resolver.relation(by.caller, name, by.session);
  if (found.kind === 'view') throw tableNotView(`ALTER TABLE ... ${what}`, found.name);
  const ref = tableRef(found.name);
  if (!parts.resolver.may(by.caller, 'MANAGE', ref)) parts.resolver.require(by.caller, 'MODIFY', ref);
  if (found.segments.length > 0 && !parts.mapsColumns) throw unsupported(`${what} of a table with rows`);
  return found;
}

export function addColumns(parts: Parts, statement: Of<'add_columns'>, by: Invocation): void {
  const table = changeable(parts, statement.table, 'ADD COLUMN', by);
  const columns = [...table.columns];
  const physical = new Map(table.physical ?? []);
  const defaults = new Map(table.defaults);
  const masks = new Map(table.masks);
  // A name that was used before gets another place in the segments: old values must not come back.
  const taken = new Set([
    ...table.columns.map(({ name }) => physicalName(table, name)),
    ...physical.values(),
  ]);
  for (const added of statement.columns) {
    const key = added.name.toLowerCase();
    if (columns.some(({ name }) => name.toLowerCase() === key)) {
      if (statement.ifNotExists) continue;
      throw columnExists(added.name);
    }
    if (!added.nullable) throw notNullOnExisting(added.name);
    // The default of an added column counts for new rows only (docs: ADD COLUMN): old ones read NULL.
    if (added.default !== undefined) defaults.set(key, added.default);
    columns.splice(placeOf(columns, added.place), 0, plain(added));
    physical.set(key, freshName(taken, key, `${table.version}`));
  }
  if (columns.length === table.columns.length) return;
  for (const { name, mask } of statement.columns) {
    if (!mask) continue;
    const defining = { actor: by.caller, defaults: by.session };
    // Protecting is for those who manage the table, also at creation of a column.
    parts.resolver.require(by.caller, 'MANAGE', tableRef(table.name));
    masks.set(name.toLowerCase(), parts.bindings.mask(name, mask, { columns }, defining));
  }
  parts.catalog.alter(table.name, { columns, physical, defaults, masks }, 'ADD COLUMNS');
}

export function dropColumns(parts: Parts, statement: Of<'drop_columns'>, by: Invocation): void {
  const table = changeable(parts, statement.table, 'DROP COLUMN', by);
  const known = table.columns.map(({ name }) => name);
  const gone = new Set<string>();
  for (const column of statement.columns) {
    const key = column.toLowerCase();
    if (known.some((name) => name.toLowerCase() === key)) gone.add(key);
    else if (!statement.ifExists) throw columnNotFound(column, known);
  }
  if (gone.size === 0) return;
  for (const key of gone) refuseUsed(table, key, 'DROP COLUMN');
  const columns = table.columns.filter(({ name }) => !gone.has(name.toLowerCase()));
  if (columns.length === 0) throw unsupported('dropping every column of a table');
  // Dropped columns stay listed under a name no column can have, so that their place is not used again.
  const physical = new Map(table.physical ?? []);
  for (const key of gone) {
    physical.set(`${key}\n${table.version}`, physicalName(table, key));
    physical.delete(key);
  }
  const defaults = new Map([...table.defaults].filter(([key]) => !gone.has(key)));
  parts.catalog.alter(table.name, { columns, physical, defaults }, 'DROP COLUMNS');
  for (const key of gone) {
    const target = { kind: 'table' as const, name: table.name, column: key };
    parts.catalog.tags.unset(
      target,
      parts.catalog.tags.of(target).map((tag) => tag.key),
    );
  }
}

export function renameColumn(parts: Parts, statement: Of<'rename_column'>, by: Invocation): void {
  const table = changeable(parts, statement.table, 'RENAME COLUMN', by);
  const at = columnAt(table, statement.column);
  const [from, to] = [statement.column.toLowerCase(), statement.to.toLowerCase()];
  if (from !== to && table.columns.some(({ name }) => name.toLowerCase() === to)) {
    throw columnExists(statement.to);
  }
  refuseUsed(table, from, 'RENAME COLUMN');
  const columns = table.columns.map((column, i) => (i === at ? { ...column, name: statement.to } : column));
  const physical = new Map(table.physical ?? []);
  const kept = physicalName(table, from);
  physical.delete(from);
  physical.set(to, kept);
  const defaults = new Map([...table.defaults].map(([key, text]) => [key === from ? to : key, text]));
  parts.catalog.alter(table.name, { columns, physical, defaults }, 'RENAME COLUMN');
  const old = { kind: 'table' as const, name: table.name, column: from };
  const tags = parts.catalog.tags.of(old);
  parts.catalog.tags.unset(
    old,
    tags.map((tag) => tag.key),
  );
  parts.catalog.tags.set({ ...old, column: to }, tags);
}

export function setDefault(parts: Parts, statement: Of<'set_default'>, by: Invocation): void {
  const table = managedForDefaults(parts, statement.table, by);
  columnAt(table, statement.column);
  const defaults = new Map(table.defaults);
  if (statement.default === null) defaults.delete(statement.column.toLowerCase());
  else defaults.set(statement.column.toLowerCase(), statement.default);
  parts.catalog.alter(table.name, { defaults }, 'CHANGE COLUMN');
}

export function dropNotNull(parts: Parts, statement: Of<'drop_not_null'>, by: Invocation): void {
  const table = managedForDefaults(parts, statement.table, by);
  const at = columnAt(table, statement.column);
  const columns = table.columns.map((column, i) => (i === at ? { ...column, nullable: true } : column));
  parts.catalog.alter(table.name, { columns }, 'CHANGE COLUMN');
}

function managedForDefaults(parts: Parts, name: NameParts, by: Invocation): TableInfo {
  const found = parts.resolver.relation(by.caller, name, by.session);
  if (found.kind === 'view') throw tableNotView('ALTER TABLE ... ALTER COLUMN', found.name);
  const ref = tableRef(found.name);
  if (!parts.resolver.may(by.caller, 'MANAGE', ref)) parts.resolver.require(by.caller, 'MODIFY', ref);
  return found;
}

/** The name under which segments keep a column. */
export function physicalName(table: Pick<TableInfo, 'physical'>, column: string): string {
  return table.physical?.get(column.toLowerCase()) ?? column.toLowerCase();
}

function freshName(taken: Set<string>, key: string, mark: string): string {
  const name = taken.has(key) ? `${key}_${mark}` : key;
  taken.add(name);
  return name;
}

/** A column that a filter or mask uses stays until the filter or mask is gone: its rows must not become visible. */
function refuseUsed(table: TableInfo, column: string, what: string): void {
  const bindings = [...table.masks.values(), ...(table.rowFilter ? [table.rowFilter] : [])];
  const used = bindings.some((binding) =>
    binding.arguments.some((argument) => 'column' in argument && argument.column === column),
  );
  if (!used && !table.masks.has(column)) return;
  throw new SqlError(
    'UNSUPPORTED_FEATURE',
    '0A000',
    `${what} is not possible for ${column}: the row filter or a column mask of the table uses it.`,
    {
      rule: `the row filter or a mask of ${table.name.name} uses ${column}`,
      fix: `Drop the row filter or mask first, change the column, and set it again.`,
    },
  );
}

function placeOf(columns: readonly Column[], place: 'first' | { after: string } | undefined): number {
  if (place === undefined) return columns.length;
  if (place === 'first') return 0;
  const at = columns.findIndex(({ name }) => name.toLowerCase() === place.after.toLowerCase());
  if (at >= 0) return at + 1;
  const known = columns.map(({ name }) => name);
  throw columnNotFound(place.after, known);
}

function plain({ name, type, nullable, comment }: Column): Column {
  return { name, type, nullable, ...(comment === undefined ? {} : { comment }) };
}

/** Rows that exist would break it (docs: ADD COLUMN). Class and text assumed. */
function notNullOnExisting(column: string): SqlError {
  return new SqlError(
    'DELTA_ADD_COLUMN_NOT_NULL',
    '0A000',
    `NOT NULL is not supported in ALTER TABLE ADD COLUMNS, column ${column}.`,
  );
}
