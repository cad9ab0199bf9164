import type { Caller, Privilege, SecurableRef } from '../../../emulator/policy/index.ts';
import type { Exchange, Services } from '../../workspace/index.ts';
import { badName, notFound, type ObjectWord, required } from './errors.ts';

/** `full`: all metadata. `browse`: BROWSE only, shown reduced and marked `browse_only`. */
export type Access = 'full' | 'browse';

export const catalogRef = (name: string): SecurableRef => ({ kind: 'CATALOG', name });
export const schemaRef = (name: string): SecurableRef => ({ kind: 'SCHEMA', name });
export const tableRef = (name: string): SecurableRef => ({ kind: 'TABLE', name });
export const functionRef = (name: string): SecurableRef => ({ kind: 'FUNCTION', name });
export const volumeRef = (name: string): SecurableRef => ({ kind: 'VOLUME', name });

/** Answers about one caller. Lists ask without a line in the journal; a refusal is always journalled. */
export interface View {
  may(privilege: Privilege, ref: SecurableRef): boolean;
  /**
   * Is the object shown? `privilege` is what a reader of its kind holds: USE CATALOG, USE SCHEMA, SELECT, EXECUTE,
   * READ VOLUME. Enough besides are: metastore admin, owner of the catalog, owner of the schema with USE CATALOG,
   * READ METADATA (code: databricks-sdk-go service/catalog/interface.go).
   */
  access(privilege: Privilege, ref: SecurableRef, browse: boolean): Access | undefined;
  /** @throws ApiError 403 naming the first privilege that is missing. */
  require(privilege: Privilege, ref: SecurableRef): void;
}

export function viewOf({ caller, services }: Pick<Exchange<unknown>, 'caller' | 'services'>): View {
  const { authorizer } = services.policy;
  const may = (privilege: Privilege, ref: SecurableRef) =>
    authorizer.checkPrincipal(caller.principal, privilege, ref).allow;
  return {
    may,
    access(privilege, ref, browse) {
      if (authorizer.isMetastoreAdmin(caller.principal)) return 'full';
      const [catalog = '', schema, object] = ref.name.split('.');
      if (may('OWNERSHIP', catalogRef(catalog))) return 'full';
      const container = object === undefined ? undefined : schemaRef(`${catalog}.${schema}`);
      if (container && may('USE CATALOG', catalogRef(catalog)) && may('OWNERSHIP', container)) return 'full';
      if (may(privilege, ref) || may('READ METADATA', ref)) return 'full';
      return browse && may('BROWSE', ref) ? 'browse' : undefined;
    },
    require: (privilege, ref) => required(authorizer.check(caller, privilege, ref)),
  };
}

/**
 * The parts of a full name, lower case, as written in a path: `main.sales.orders`.
 * @throws ApiError 400 for another number of parts.
 */
export function partsOf(name: string, word: ObjectWord): { catalog: string; schema: string; name: string } {
  const expected = word === 'Catalog' ? 1 : word === 'Schema' ? 2 : 3;
  const parts = name.toLowerCase().split('.');
  if (parts.length !== expected || parts.includes('')) throw badName(name, word);
  const [catalog = '', schema = '', object = ''] = parts;
  return { catalog, schema, name: object };
}

type From = { caller: Caller; services: Services };

/**
 * Into a catalog, to list or get what is inside it: it exists, then USE CATALOG. Its owner and a metastore admin pass,
 * and with `browse` whoever may browse it.
 */
export function enterCatalog({ caller, services }: From, catalog: string, browse: boolean): void {
  const view = viewOf({ caller, services });
  if (!services.metastore.hasCatalog(catalog)) throw notFound('Catalog', catalog);
  const ref = catalogRef(catalog);
  if (view.access('USE CATALOG', ref, browse) === undefined) view.require('USE CATALOG', ref);
}

/** The same for a schema: catalog first, then the schema and USE SCHEMA. */
export function enterSchema(from: From, catalog: string, schema: string, browse: boolean): void {
  enterCatalog(from, catalog, browse);
  const view = viewOf(from);
  const name = `${catalog}.${schema}`;
  if (schema === 'information_schema') return;
  if (!from.services.metastore.hasSchema(catalog, schema)) throw notFound('Schema', name);
  if (view.access('USE SCHEMA', schemaRef(name), browse) === undefined) {
    view.require('USE SCHEMA', schemaRef(name));
  }
}
