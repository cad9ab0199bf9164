import { z } from 'zod';
import type { ContainerInfo } from '../../../sql/index.ts';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { type Access, enterCatalog, enterSchema, partsOf, schemaRef, viewOf } from '../access.ts';
import { change } from '../change.ts';
import { notFound, unbuilt } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { flag, page, pageFields } from '../page.ts';
import { schemaInfo } from '../shapes/container.ts';

const path = '/api/2.1/unity-catalog/schemas';
const read = ['catalog.schemas:read', 'unity-catalog'];
const write = ['catalog.schemas', 'unity-catalog'];

/** Owned schemas and those with USE SCHEMA; all for the catalog's owner (code: databricks-sdk-go interface.go). */
const list = defineOperation({
  id: 'schemas.list',
  method: 'GET',
  path,
  scope: read,
  request: z.object({ catalog_name: z.string(), include_browse: flag, ...pageFields }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.catalog_name, 'Catalog');
    enterCatalog(exchange, catalog, input.include_browse);
    const view = viewOf(exchange);
    const names = [...services.metastore.schemas(catalog), 'information_schema'];
    const seen = names.flatMap((name): { name: string; access: Access }[] => {
      const access = view.access('USE SCHEMA', schemaRef(`${catalog}.${name}`), input.include_browse);
      return access ? [{ name, access }] : [];
    });
    const { items, ...next } = page(seen, ({ name }) => name, input);
    return {
      schemas: items.flatMap(({ name, access }) => {
        const info = infoOf(services, catalog, name);
        return info ? [schemaInfo(catalog, info, access, services)] : [];
      }),
      ...next,
    };
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'schemas.get',
  method: 'GET',
  path: `${path}/{full_name}`,
  scope: read,
  request: z.object({ full_name: z.string(), include_browse: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog, schema } = partsOf(input.full_name, 'Schema');
    enterSchema(exchange, catalog, schema, input.include_browse);
    const access = viewOf(exchange).access(
      'USE SCHEMA',
      schemaRef(`${catalog}.${schema}`),
      input.include_browse,
    );
    return shown(services, catalog, schema, access ?? 'browse');
  },
  grade: 'thin',
  evidence,
});

const create = defineOperation({
  id: 'schemas.create',
  method: 'POST',
  path,
  scope: write,
  request: z.object({
    name: z.string().min(1),
    catalog_name: z.string(),
    comment: z.string().optional(),
    storage_root: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.catalog_name, 'Catalog');
    if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    if (input.storage_root !== undefined) throw unbuilt('a schema with storage_root');
    change(exchange, {
      kind: 'create_schema',
      position: 0,
      name: [catalog, input.name],
      ifNotExists: false,
      ...(input.comment === undefined ? {} : { comment: input.comment }),
    });
    return shown(services, catalog, input.name.toLowerCase(), 'full');
  },
  grade: 'thin',
  evidence,
});

const update = defineOperation({
  id: 'schemas.update',
  method: 'PATCH',
  path: `${path}/{full_name}`,
  scope: write,
  request: z.object({
    full_name: z.string(),
    owner: z.string().optional(),
    new_name: z.string().optional(),
    comment: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog, schema } = existing(services, input.full_name);
    if (input.new_name !== undefined) throw unbuilt('renaming a schema');
    if (input.comment !== undefined) {
      const [name, comment] = [[catalog, schema], input.comment];
      change(exchange, { kind: 'comment', position: 0, object: 'SCHEMA', name, column: null, comment });
    }
    if (input.owner !== undefined) {
      const name = [catalog, schema];
      change(exchange, { kind: 'set_owner', position: 0, object: 'SCHEMA', name, owner: input.owner });
    }
    return shown(services, catalog, schema, 'full');
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'schemas.delete',
  method: 'DELETE',
  path: `${path}/{full_name}`,
  scope: write,
  request: z.object({ full_name: z.string(), force: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog, schema } = existing(services, input.full_name);
    change(exchange, {
      kind: 'drop',
      position: 0,
      object: 'schema',
      name: [catalog, schema],
      ifExists: false,
      cascade: input.force,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

/** `information_schema` is in every catalog and has no row: the system owns it (assumed: its owner as shown). */
function infoOf(services: Services, catalog: string, schema: string): ContainerInfo | undefined {
  if (schema !== 'information_schema') return services.metastore.schemaInfo(catalog, schema);
  const createdAt = services.metastore.catalogInfo(catalog)?.createdAt ?? 0;
  const comment = 'Information schema (auto-created)';
  return { name: schema, owner: 'System user', createdBy: 'System user', createdAt, comment };
}

function existing(services: Services, fullName: string): { catalog: string; schema: string } {
  const { catalog, schema } = partsOf(fullName, 'Schema');
  if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
  if (!services.metastore.hasSchema(catalog, schema)) throw notFound('Schema', `${catalog}.${schema}`);
  return { catalog, schema };
}

function shown(services: Services, catalog: string, schema: string, access: Access): object {
  const info = infoOf(services, catalog, schema);
  if (!info) throw notFound('Schema', `${catalog}.${schema}`);
  return schemaInfo(catalog, info, access, services);
}

export const schemaOperations: readonly Operation[] = [list, get, create, update, remove];
