import { SqlError } from '../../../emulator/core/index.ts';
import type { SecurableRef } from '../../../emulator/policy/index.ts';
import type { RelationInfo, TagTarget } from '../catalog/index.ts';
import { unsupported } from '../parser/index.ts';
import type { Invocation, Of, Parts } from './context.ts';
import { columnNotFound, relationExists, tableNotView } from './errors.ts';
import { schemaRef, tableRef, volumeRef } from './names.ts';
import { locate, type Place } from './securable.ts';

/** A table or view that the caller may manage. */
function managed(
  parts: Parts,
  statement: Of<'rename' | 'set_properties' | 'unset_properties'>,
  by: Invocation,
): RelationInfo {
  const found = parts.resolver.relation(by.caller, statement.name, by.session);
  if (statement.object === 'TABLE' && found.kind === 'view') throw tableNotView('ALTER TABLE', found.name);
  parts.resolver.require(by.caller, 'MANAGE', tableRef(found.name));
  return found;
}

/** RENAME TO: within the catalog, and with CREATE TABLE on another schema (docs: ALTER TABLE RENAME). */
export function rename(parts: Parts, statement: Of<'rename'>, by: Invocation): void {
  const { catalog, policy, resolver } = parts;
  const found = managed(parts, statement, by);
  const to = resolver.object(statement.to, { catalog: found.name.catalog, schema: found.name.schema });
  if (to.catalog !== found.name.catalog) throw unsupported('renaming a table into another catalog');
  if (to.schema !== found.name.schema) {
    resolver.openSchema(by.caller, to.catalog, to.schema);
    resolver.require(by.caller, 'CREATE TABLE', schemaRef(to.catalog, to.schema));
  }
  if (catalog.relation(to)) throw relationExists(to);
  catalog.rename(found.name, to);
  policy.securables.rename(tableRef(found.name), `${to.catalog}.${to.schema}.${to.name}`);
}

export function setProperties(parts: Parts, statement: Of<'set_properties'>, by: Invocation): void {
  const found = managed(parts, statement, by);
  const properties = new Map(found.properties ?? []);
  for (const [key, value] of statement.properties) properties.set(key, value);
  parts.catalog.alter(found.name, { properties }, 'SET TBLPROPERTIES');
}

/** A key that is not set is an error unless IF EXISTS is there (code: Spark UNSET_NONEXISTENT_PROPERTIES). */
export function unsetProperties(parts: Parts, statement: Of<'unset_properties'>, by: Invocation): void {
  const found = managed(parts, statement, by);
  const properties = new Map(found.properties ?? []);
  const missing = statement.keys.filter((key) => !properties.delete(key));
  if (missing.length > 0 && !statement.ifExists) {
    throw new SqlError(
      'UNSET_NONEXISTENT_PROPERTIES',
      '42K0J',
      `Attempted to unset non-existent properties [${missing.map((key) => `\`${key}\``).join(', ')}] in table ${found.name.name}.`,
    );
  }
  parts.catalog.alter(found.name, { properties }, 'UNSET TBLPROPERTIES');
}

/** Comments on objects and columns: for the owner and holders of MANAGE; of a table also with MODIFY (docs: COMMENT ON). */
export function comment(parts: Parts, statement: Of<'comment'>, by: Invocation): void {
  const { catalog, resolver } = parts;
  const place = locate(parts, statement, by.caller, by.session);
  const { ref, object } = place;
  if (object === undefined) throw unsupported('COMMENT ON METASTORE');
  const modifies = ref.kind === 'TABLE' && resolver.may(by.caller, 'MODIFY', ref);
  if (!modifies) resolver.require(by.caller, 'MANAGE', ref);
  if (object.kind !== 'table' && object.kind !== 'view') {
    catalog.setComment(object.kind, object.name, statement.comment);
    return;
  }
  const relation = relationAt(parts, place);
  if (statement.column === null) {
    catalog.alter(relation.name, { comment: statement.comment }, 'CHANGE TABLE COMMENT');
    return;
  }
  const at = columnAt(relation, statement.column);
  const columns = relation.columns.map((column, i) => {
    if (i !== at) return column;
    const { comment: _, ...rest } = column;
    return statement.comment === null ? rest : { ...rest, comment: statement.comment };
  });
  catalog.alter(relation.name, { columns }, 'CHANGE COLUMN');
}

/** SET TAGS: APPLY TAG on the object, or ownership of it; a governed tag takes its allowed values only (docs: tags). */
export function setTags(parts: Parts, statement: Of<'set_tags'>, by: Invocation): void {
  const { catalog } = parts;
  const target = taggable(parts, statement, by);
  for (const { key, value } of statement.tags) {
    const allowed = catalog.abac.governedTag(key)?.values;
    if (allowed && !allowed.includes(value)) {
      throw new SqlError(
        'INVALID_PARAMETER_VALUE',
        '22023',
        `Tag value ${value} is not an allowed value for tag policy key ${key}. Allowed values: [${allowed.join(', ')}]`,
      );
    }
  }
  catalog.tags.set(target, statement.tags);
}

export function unsetTags(parts: Parts, statement: Of<'unset_tags'>, by: Invocation): void {
  parts.catalog.tags.unset(taggable(parts, statement, by), statement.keys);
}

function taggable(parts: Parts, statement: Of<'set_tags' | 'unset_tags'>, by: Invocation): TagTarget {
  const place = locate(parts, statement, by.caller, by.session);
  const { ref, object } = place;
  if (object === undefined || object.kind === 'function') throw unsupported(`tags on a ${ref.kind}`);
  if (!parts.resolver.may(by.caller, 'MANAGE', ref)) parts.resolver.require(by.caller, 'APPLY TAG', ref);
  const kind = object.kind === 'view' ? 'table' : object.kind;
  if (statement.column === null) return { kind, name: object.name };
  const relation = relationAt(parts, place);
  const column = relation.columns[columnAt(relation, statement.column)]?.name ?? statement.column;
  return { kind, name: object.name, column };
}

function relationAt({ catalog }: Parts, { object }: Place): RelationInfo {
  const found = catalog.relation({ catalog: '', schema: '', name: '', ...object?.name });
  if (!found) throw new Error('A located relation is gone.');
  return found;
}

export function columnAt(relation: RelationInfo, name: string): number {
  const at = relation.columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase());
  if (at < 0) {
    const known = relation.columns.map((column) => column.name);
    throw columnNotFound(name, known);
  }
  return at;
}

/** CREATE VOLUME: USE on the containers and CREATE VOLUME on the schema (docs: CREATE VOLUME). */
export function createVolume(
  { catalog, policy, resolver }: Parts,
  statement: Of<'create_volume'>,
  { caller, session }: Invocation,
): void {
  const name = resolver.object(statement.name, session);
  resolver.openSchema(caller, name.catalog, name.schema);
  if (catalog.volume(name)) {
    if (statement.ifNotExists) return;
    throw new SqlError(
      'VOLUME_ALREADY_EXISTS',
      '42000',
      `Cannot create volume \`${name.catalog}\`.\`${name.schema}\`.\`${name.name}\` because it already exists.\nChoose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.`,
    );
  }
  resolver.require(caller, 'CREATE VOLUME', schemaRef(name.catalog, name.schema));
  const text = statement.comment === undefined ? {} : { comment: statement.comment };
  catalog.createVolume({ name, owner: caller.principal.name, ...text });
  const ref: SecurableRef = volumeRef(name);
  policy.securables.register(ref, caller.principal.name);
}
