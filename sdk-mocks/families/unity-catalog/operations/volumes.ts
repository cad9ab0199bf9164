import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { fullName, type VolumeInfo } from '../../../sql/index.ts';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { type Access, enterSchema, partsOf, viewOf, volumeRef } from '../access.ts';
import { change } from '../change.ts';
import { notFound, unbuilt } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { flag, page, pageFields } from '../page.ts';
import { volumeInfo } from '../shapes/volume.ts';

const path = '/api/2.1/unity-catalog/volumes';
const read = ['catalog.volumes:read', 'unity-catalog'];
const write = ['catalog.volumes', 'unity-catalog'];

/** Owned volumes and those with READ VOLUME (code: databricks-sdk-go service/catalog/interface.go). */
const list = defineOperation({
  id: 'volumes.list',
  method: 'GET',
  path,
  scope: read,
  request: z.object({
    catalog_name: z.string(),
    schema_name: z.string(),
    include_browse: flag,
    ...pageFields,
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog, schema } = partsOf(`${input.catalog_name}.${input.schema_name}`, 'Schema');
    enterSchema(exchange, catalog, schema, input.include_browse);
    const view = viewOf(exchange);
    const seen = services.metastore.volumes(catalog, schema).flatMap((info) => {
      const access = view.access('READ VOLUME', volumeRef(fullName(info.name)), input.include_browse);
      return access ? [{ info, access }] : [];
    });
    const { items, ...next } = page(seen, ({ info }) => info.name.name, input);
    return { volumes: items.map(({ info, access }) => volumeInfo(info, access, services)), ...next };
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'volumes.read',
  method: 'GET',
  path: `${path}/{name}`,
  scope: read,
  request: z.object({ name: z.string(), include_browse: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog, schema } = partsOf(input.name, 'Volume');
    enterSchema(exchange, catalog, schema, input.include_browse);
    const info = existing(services, input.name);
    const view = viewOf(exchange);
    const access = view.access('READ VOLUME', volumeRef(fullName(info.name)), input.include_browse);
    if (access === undefined) view.require('READ VOLUME', volumeRef(fullName(info.name)));
    return volumeInfo(info, access ?? 'browse', services);
  },
  grade: 'thin',
  evidence,
});

const create = defineOperation({
  id: 'volumes.create',
  method: 'POST',
  path,
  scope: write,
  request: z.object({
    catalog_name: z.string(),
    schema_name: z.string(),
    name: z.string().min(1),
    volume_type: z.enum(['MANAGED', 'EXTERNAL']),
    comment: z.string().optional(),
    storage_location: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    if (input.volume_type === 'EXTERNAL') throw unbuilt('an external volume');
    if (input.storage_location !== undefined) {
      // code: databricks/cli libs/testserver, recorded
      const message = 'Cannot specify storage_location for a managed volume.';
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', message);
    }
    const { catalog, schema } = partsOf(`${input.catalog_name}.${input.schema_name}`, 'Schema');
    if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    if (!services.metastore.hasSchema(catalog, schema)) throw notFound('Schema', `${catalog}.${schema}`);
    change(exchange, {
      kind: 'create_volume',
      position: 0,
      name: [catalog, schema, input.name],
      ifNotExists: false,
      ...(input.comment === undefined ? {} : { comment: input.comment }),
    });
    return shown(services, `${catalog}.${schema}.${input.name}`);
  },
  grade: 'thin',
  evidence,
});

const update = defineOperation({
  id: 'volumes.update',
  method: 'PATCH',
  path: `${path}/{name}`,
  scope: write,
  request: z.object({
    name: z.string(),
    new_name: z.string().optional(),
    owner: z.string().optional(),
    comment: z.string().optional(),
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const info = existing(services, input.name);
    const name = [info.name.catalog, info.name.schema, info.name.name];
    if (input.new_name !== undefined) throw unbuilt('renaming a volume');
    if (input.comment !== undefined) {
      const { comment } = input;
      change(exchange, { kind: 'comment', position: 0, object: 'VOLUME', name, column: null, comment });
    }
    if (input.owner !== undefined) {
      change(exchange, { kind: 'set_owner', position: 0, object: 'VOLUME', name, owner: input.owner });
    }
    return shown(services, input.name);
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'volumes.delete',
  method: 'DELETE',
  path: `${path}/{name}`,
  scope: write,
  request: z.object({ name: z.string() }),
  handle(exchange) {
    const { catalog, schema, name } = existing(exchange.services, exchange.input.name).name;
    change(exchange, {
      kind: 'drop',
      position: 0,
      object: 'volume',
      name: [catalog, schema, name],
      ifExists: false,
      cascade: false,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

function existing(services: Services, name: string): VolumeInfo {
  const parts = partsOf(name, 'Volume');
  const info = services.metastore.volume(parts);
  if (!info) throw notFound('Volume', fullName(parts));
  return info;
}

function shown(services: Services, name: string, access: Access = 'full'): object {
  return volumeInfo(existing(services, name), access, services);
}

export const volumeOperations: readonly Operation[] = [list, get, create, update, remove];
