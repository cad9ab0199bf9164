import { z } from 'zod';
import { type FunctionInfo, fullName } from '../../../sql/index.ts';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { type Access, enterSchema, functionRef, partsOf, viewOf } from '../access.ts';
import { change } from '../change.ts';
import { notFound } from '../errors.ts';
import { evidence } from '../evidence.ts';
import { flag, page, pageFields } from '../page.ts';
import { functionInfo } from '../shapes/function.ts';

const path = '/api/2.1/unity-catalog/functions';
/** Assumed: an app cannot ask its users for a scope of functions (reference apps-platform 2.2). */
const scope = ['catalog.functions', 'unity-catalog'];

const list = defineOperation({
  id: 'functions.list',
  method: 'GET',
  path,
  scope,
  request: z.object({
    catalog_name: z.string(),
    schema_name: z.string(),
    include_browse: flag,
    ...pageFields,
  }),
  handle(exchange) {
    const { input, services } = exchange;
    const { catalog } = partsOf(input.catalog_name, 'Catalog');
    const schema = input.schema_name.toLowerCase();
    enterSchema(exchange, catalog, schema, input.include_browse);
    const view = viewOf(exchange);
    type Seen = { fn: FunctionInfo; access: Access };
    const seen = services.metastore.functions(catalog, schema).flatMap((fn): Seen[] => {
      const access = view.access('EXECUTE', functionRef(fullName(fn.name)), input.include_browse);
      return access ? [{ fn, access }] : [];
    });
    const { items, ...next } = page(seen, ({ fn }) => fn.name.name, input);
    return { functions: items.map(({ fn, access }) => functionInfo(fn, access, services)), ...next };
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'functions.get',
  method: 'GET',
  path: `${path}/{name}`,
  scope,
  request: z.object({ name: z.string(), include_browse: flag }),
  handle(exchange) {
    const { input, services } = exchange;
    const name = partsOf(input.name, 'Function');
    enterSchema(exchange, name.catalog, name.schema, input.include_browse);
    const fn = services.metastore.function(name);
    if (!fn) throw notFound('Function', fullName(name));
    const view = viewOf(exchange);
    const ref = functionRef(fullName(name));
    const access = view.access('EXECUTE', ref, input.include_browse);
    if (access === undefined) view.require('EXECUTE', ref);
    return functionInfo(fn, access ?? 'browse', services);
  },
  grade: 'thin',
  evidence,
});

const update = defineOperation({
  id: 'functions.update',
  method: 'PATCH',
  path: `${path}/{name}`,
  scope,
  request: z.object({ name: z.string(), owner: z.string().optional() }),
  handle(exchange) {
    const { input, services } = exchange;
    const name = existing(services, input.name);
    if (input.owner !== undefined) {
      const owner = input.owner;
      change(exchange, { kind: 'set_owner', position: 0, object: 'FUNCTION', name, owner });
    }
    const fn = services.metastore.function(partsOf(input.name, 'Function'));
    if (!fn) throw notFound('Function', input.name);
    return functionInfo(fn, 'full', services);
  },
  grade: 'thin',
  evidence,
});

const remove = defineOperation({
  id: 'functions.delete',
  method: 'DELETE',
  path: `${path}/{name}`,
  scope,
  request: z.object({ name: z.string(), force: flag }),
  handle(exchange) {
    const name = existing(exchange.services, exchange.input.name);
    change(exchange, {
      kind: 'drop',
      position: 0,
      object: 'function',
      name,
      ifExists: false,
      cascade: exchange.input.force,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

function existing({ metastore }: Services, given: string): string[] {
  const name = partsOf(given, 'Function');
  if (!metastore.hasCatalog(name.catalog)) throw notFound('Catalog', name.catalog);
  if (!metastore.hasSchema(name.catalog, name.schema)) {
    throw notFound('Schema', `${name.catalog}.${name.schema}`);
  }
  if (!metastore.function(name)) throw notFound('Function', fullName(name));
  return [name.catalog, name.schema, name.name];
}

export const functionOperations: readonly Operation[] = [list, get, update, remove];
