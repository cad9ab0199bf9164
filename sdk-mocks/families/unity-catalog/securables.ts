import { ApiError } from '../../../emulator/core/index.ts';
import { metastore as metastoreRef, type SecurableRef } from '../../../emulator/policy/index.ts';
import type { Exchange } from '../../workspace/index.ts';
import {
  catalogRef,
  enterCatalog,
  enterSchema,
  functionRef,
  partsOf,
  schemaRef,
  tableRef,
  volumeRef,
} from './access.ts';
import { notFound, unbuilt } from './errors.ts';

/** Types of the API that Brickbox has no objects of (code: databricks-sdk-go SecurableType). */
const others = new Set([
  'CLEAN_ROOM',
  'CONNECTION',
  'CREDENTIAL',
  'EXTERNAL_LOCATION',
  'EXTERNAL_METADATA',
  'PIPELINE',
  'PROVIDER',
  'RECIPIENT',
  'SHARE',
  'STAGING_TABLE',
  'STORAGE_CREDENTIAL',
]);

/**
 * The securable of a grants path, for example `table` and `main.sales.orders`. That it exists is told to those who
 * may know: its containers are entered first, with BROWSE enough.
 * @throws ApiError 404, 403, 400 for an unknown type, 501 for a type without objects here.
 */
export function securable(exchange: Exchange<unknown>, type: string, fullName: string): SecurableRef {
  const { metastore, policy } = exchange.services;
  const kind = type.toUpperCase();
  if (kind === 'METASTORE') return metastoreRef;
  if (kind === 'CATALOG') {
    const { catalog } = partsOf(fullName, 'Catalog');
    if (!metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    return catalogRef(catalog);
  }
  if (kind === 'SCHEMA') {
    const { catalog, schema } = partsOf(fullName, 'Schema');
    if (!metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
    if (!metastore.hasSchema(catalog, schema)) {
      enterCatalog(exchange, catalog, true);
      throw notFound('Schema', `${catalog}.${schema}`);
    }
    return schemaRef(`${catalog}.${schema}`);
  }
  const found = objects[kind];
  if (found === undefined) {
    if (others.has(kind)) throw unbuilt(`grants on ${kind.toLowerCase().replaceAll('_', ' ')} objects`);
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `'${type}' is not a type of securable.`);
  }
  const name = partsOf(fullName, found.word);
  const ref = found.ref(`${name.catalog}.${name.schema}.${name.name}`);
  if (!policy.securables.exists(ref)) {
    enterSchema(exchange, name.catalog, name.schema, true);
    throw notFound(found.word, ref.name);
  }
  return ref;
}

const objects: Readonly<
  Record<string, { word: 'Table' | 'Function' | 'Volume'; ref(name: string): SecurableRef }>
> = {
  TABLE: { word: 'Table', ref: tableRef },
  FUNCTION: { word: 'Function', ref: functionRef },
  VOLUME: { word: 'Volume', ref: volumeRef },
};
