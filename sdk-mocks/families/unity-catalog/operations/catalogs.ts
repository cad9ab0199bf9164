import { z } from 'zod';
import { defineOperation, type Operation } from '../../../workspace/index.ts';
import { type Access, catalogRef, partsOf, viewOf } from '../access.ts';
import { change } from '../change.ts';
import { notFound, unbuilt } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { flag, page, pageFields } from '../page.ts';
import { catalogInfo } from '../shapes/container.ts';

const path = '/api/2.1/unity-catalog/catalogs';
const read = ['catalog.catalogs:read', 'unity-catalog'];
const write = ['catalog.catalogs', 'unity-catalog'];

/** Owned catalogs and those with USE CATALOG, all for a metastore admin (code: databricks-sdk-go interface.go). */
const list = defineOperation({
  id: 'catalogs.list',
  method: 'GET',
  path,
  scope: read,
  request: z.object({ include_browse: flag, ...pageFields }),
  handle(exchange) {
    const { input, services } = exchange;
    const view = viewOf(exchange);
    const seen = services.metastore.catalogs().flatMap((name): { name: string; access: Access }[] => {
      const access = view.access('USE CATALOG', catalogRef(name), input.include_browse);
      return access ? [{ name, access }] : [];
    });
    const { items, ...next } = page(seen, ({ name }) => name, input);
    return {
      catalogs: items.flatMap(({ name, access }) => {
        const info = services.metastore.catalogInfo(name);
        return info ? [catalogInfo(info, access, services)] : [];
      }),
      ...next,
    };
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'catalogs.get',
  method: 'GET',
  path: `${path}/{name}`,
  scope: read,
  request: z.object({ name: z.string(), include_browse: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.name, 'Catalog');
    const info = services.metastore.catalogInfo(catalog);
    if (!info) throw notFound('Catalog', catalog);
    const view = viewOf(exchange);
    const access = view.access('USE CATALOG', catalogRef(catalog), input.include_browse);
    if (access === undefined) view.require('USE CATALOG', catalogRef(catalog));
    return catalogInfo(info, access ?? 'full', services);
  },
  grade: 'thin',
  evidence,
});

const create = defineOperation({
  id: 'catalogs.create',
  method: 'POST',
  path,
  scope: write,
  request: z.object({
    name: z.string().min(1),
    comment: z.string().optional(),
    connection_name: z.string().optional(),
    provider_name: z.string().optional(),
    share_name: z.string().optional(),
    storage_root: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    for (const field of ['connection_name', 'provider_name', 'share_name', 'storage_root'] as const) {
      if (input[field] !== undefined) throw unbuilt(`a catalog with ${field}`);
    }
    change(exchange, {
      kind: 'create_catalog',
      position: 0,
      name: input.name,
      ifNotExists: false,
      ...(input.comment === undefined ? {} : { comment: input.comment }),
    });
    return shown(input.name, services);
  },
  grade: 'thin',
  evidence,
});

const update = defineOperation({
  id: 'catalogs.update',
  method: 'PATCH',
  path: `${path}/{name}`,
  scope: write,
  request: z.object({
    name: z.string(),
    owner: z.string().optional(),
    new_name: z.string().optional(),
    comment: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.name, 'Catalog');
    if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    if (input.new_name !== undefined) throw unbuilt('renaming a catalog');
    if (input.comment !== undefined) {
      const { comment } = input;
      change(exchange, {
        kind: 'comment',
        position: 0,
        object: 'CATALOG',
        name: [catalog],
        column: null,
        comment,
      });
    }
    if (input.owner !== undefined) {
      change(exchange, {
        kind: 'set_owner',
        position: 0,
        object: 'CATALOG',
        name: [catalog],
        owner: input.owner,
      });
    }
    return shown(catalog, services);
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'catalogs.delete',
  method: 'DELETE',
  path: `${path}/{name}`,
  scope: write,
  request: z.object({ name: z.string(), force: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.name, 'Catalog');
    if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    change(exchange, {
      kind: 'drop',
      position: 0,
      object: 'catalog',
      name: [catalog],
      ifExists: false,
      cascade: input.force,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

function shown(name: string, services: Parameters<typeof catalogInfo>[2]): object {
  const info = services.metastore.catalogInfo(name);
  if (!info) throw notFound('Catalog', name);
  return catalogInfo(info, 'full', services);
}

export const catalogOperations: readonly Operation[] = [list, get, create, update, remove];
