import { z } from 'zod';
import { fullName, type RelationInfo } from '../../../sql/index.ts';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { type Access, enterCatalog, enterSchema, partsOf, schemaRef, tableRef, viewOf } from '../access.ts';
import { change } from '../change.ts';
import { notFound } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { flag, page, pageFields } from '../page.ts';
import { tableInfo, tableSummary } from '../shapes/table.ts';

const path = '/api/2.1/unity-catalog/tables';
const read = ['catalog.tables:read', 'unity-catalog'];
const write = ['catalog.tables', 'unity-catalog'];

type Seen = { relation: RelationInfo; access: Access };

/** Tables and views with SELECT or ownership, once inside the schema (code: databricks-sdk-go interface.go). */
const list = defineOperation({
  id: 'tables.list',
  method: 'GET',
  path,
  scope: read,
  request: z.object({
    catalog_name: z.string(),
    schema_name: z.string(),
    include_browse: flag,
    omit_columns: flag,
    omit_properties: flag,
    omit_username: flag,
    ...pageFields,
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.catalog_name, 'Catalog');
    const schema = input.schema_name.toLowerCase();
    enterSchema(exchange, catalog, schema, input.include_browse);
    const view = viewOf(exchange);
    const seen = services.metastore.relations(catalog, schema).flatMap((relation): Seen[] => {
      const access = view.access('SELECT', tableRef(fullName(relation.name)), input.include_browse);
      return access ? [{ relation, access }] : [];
    });
    const { items, ...next } = page(seen, ({ relation }) => relation.name.name, input);
    const omit = {
      omitColumns: input.omit_columns,
      omitProperties: input.omit_properties,
      omitUsername: input.omit_username,
    };
    const tables = items.map(({ relation, access }) => tableInfo(relation, { access, ...omit }, services));
    return { tables, ...next };
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'tables.get',
  method: 'GET',
  path: `${path}/{full_name}`,
  scope: read,
  request: z.object({ full_name: z.string(), include_browse: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const name = partsOf(input.full_name, 'Table');
    enterSchema(exchange, name.catalog, name.schema, input.include_browse);
    const relation = services.metastore.relation(name);
    if (!relation) throw notFound('Table', fullName(name));
    const view = viewOf(exchange);
    const ref = tableRef(fullName(name));
    const access = view.access('SELECT', ref, input.include_browse);
    if (access === undefined) view.require('SELECT', ref);
    return tableInfo(relation, { access: access ?? 'browse' }, services);
  },
  grade: 'thin',
  evidence,
});

/** Besides SELECT, BROWSE is enough to ask. A missing table is an answer, a missing schema an error (assumed). */
const exists = defineOperation({
  id: 'tables.exists',
  method: 'GET',
  path: `${path}/{full_name}/exists`,
  scope: read,
  request: z.object({ full_name: z.string() }),
  handle(exchange) {
    const { input, services } = exchange;
    const name = partsOf(input.full_name, 'Table');
    enterSchema(exchange, name.catalog, name.schema, true);
    if (!services.metastore.relation(name)) return { table_exists: false };
    const view = viewOf(exchange);
    const ref = tableRef(fullName(name));
    if (view.access('SELECT', ref, true) === undefined) view.require('SELECT', ref);
    return { table_exists: true };
  },
  grade: 'thin',
  evidence,
});

/** Names and types over all schemas of a catalog that the caller may use. */
const summaries = defineOperation({
  id: 'tables.list_summaries',
  method: 'GET',
  path: '/api/2.1/unity-catalog/table-summaries',
  scope: read,
  request: z.object({
    catalog_name: z.string(),
    schema_name_pattern: z.string().optional(),
    table_name_pattern: z.string().optional(),
    ...pageFields,
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.catalog_name, 'Catalog');
    enterCatalog(exchange, catalog, false);
    const view = viewOf(exchange);
    const schemaFits = sqlPattern(input.schema_name_pattern);
    const tableFits = sqlPattern(input.table_name_pattern);
    const seen = services.metastore
      .schemas(catalog)
      .filter((schema) => schemaFits(schema))
      .filter((schema) => view.access('USE SCHEMA', schemaRef(`${catalog}.${schema}`), false))
      .flatMap((schema) => services.metastore.relations(catalog, schema))
      .filter(({ name }) => tableFits(name.name))
      .filter(({ name }) => view.access('SELECT', tableRef(fullName(name)), false));
    const { items, ...next } = page(seen, ({ name }) => fullName(name), input);
    return { tables: items.map(tableSummary), ...next };
  },
  grade: 'thin',
  evidence,
});

const update = defineOperation({
  id: 'tables.update',
  method: 'PATCH',
  path: `${path}/{full_name}`,
  scope: write,
  request: z.object({ full_name: z.string(), owner: z.string().optional() }),
  handle(exchange) {
    const { input, services } = exchange;
    const relation = existing(services, input.full_name);
    if (input.owner === undefined) return {};
    change(exchange, {
      kind: 'set_owner',
      position: 0,
      object: relation.kind === 'view' ? 'VIEW' : 'TABLE',
      name: namesOf(relation),
      owner: input.owner,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'tables.delete',
  method: 'DELETE',
  path: `${path}/{full_name}`,
  scope: write,
  request: z.object({ full_name: z.string() }),
  handle(exchange) {
    const relation = existing(exchange.services, exchange.input.full_name);
    change(exchange, {
      kind: 'drop',
      position: 0,
      object: relation.kind,
      name: namesOf(relation),
      ifExists: false,
      cascade: false,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

function existing(services: Services, given: string): RelationInfo {
  const name = partsOf(given, 'Table');
  const { metastore } = services;
  if (!metastore.hasCatalog(name.catalog)) throw notFound('Catalog', name.catalog);
  if (!metastore.hasSchema(name.catalog, name.schema)) {
    throw notFound('Schema', `${name.catalog}.${name.schema}`);
  }
  const relation = metastore.relation(name);
  if (!relation) throw notFound('Table', fullName(name));
  return relation;
}

function namesOf({ name }: RelationInfo): string[] {
  return [name.catalog, name.schema, name.name];
}

/** A SQL LIKE pattern: `%` any text, `_` one character (code: databricks-sdk-go, list summaries). */
function sqlPattern(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
  const text = [...pattern].map((c) => {
    if (c === '%') return '.*';
    return c === '_' ? '.' : c.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  const expression = new RegExp(`^${text.join('')}$`, 'is');
  return (name) => expression.test(name);
}

export const tableOperations: readonly Operation[] = [list, get, exists, summaries, update, remove];
