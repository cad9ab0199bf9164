import type { Store } from '../../../emulator/state/index.ts';
import type { Catalog, ContainerInfo, FunctionInfo, ObjectName, RelationInfo } from './contract.ts';
import { fullName, functionOf, lower, type ObjectRow, type RelationRow, relationOf } from './rows.ts';

/** Objects already read, by full name; `null` means looked up and missing. */
export interface CatalogCache {
  relations: Map<string, RelationInfo | null>;
  functions: Map<string, FunctionInfo | null>;
  containers: Map<string, ContainerInfo | null>;
}

export const freshCache = (): CatalogCache => ({
  relations: new Map(),
  functions: new Map(),
  containers: new Map(),
});

interface ContainerRow {
  owner: string;
  comment: string | null;
  created_at: number;
  created_by: string;
}

type Reading = Pick<
  Catalog,
  | 'catalogs'
  | 'schemas'
  | 'hasCatalog'
  | 'hasSchema'
  | 'relations'
  | 'relation'
  | 'function'
  | 'functions'
  | 'catalogInfo'
  | 'schemaInfo'
>;

/** The reading half of the catalog. A catalog is the container row with the empty schema. */
export function createReader(store: Store, cache: () => CatalogCache): Reading {
  const container = (catalog: string, schema: string): ContainerInfo | undefined => {
    const [c, s] = [catalog.toLowerCase(), schema.toLowerCase()];
    return through(cache().containers, `${c}.${s}`, () => {
      const row = store.get<ContainerRow>(
        'SELECT owner, comment, created_at, created_by FROM catalog_containers WHERE catalog = ? AND schema = ?',
        c,
        s,
      );
      return row && containerOf(s === '' ? c : s, row);
    });
  };

  return {
    catalogs: () =>
      store
        .all<{ catalog: string }>("SELECT catalog FROM catalog_containers WHERE schema = '' ORDER BY catalog")
        .map((row) => row.catalog),
    schemas: (catalog) =>
      store
        .all<{ schema: string }>(
          "SELECT schema FROM catalog_containers WHERE catalog = ? AND schema <> '' ORDER BY schema",
          catalog.toLowerCase(),
        )
        .map((row) => row.schema),
    hasCatalog: (catalog) => container(catalog, '') !== undefined,
    hasSchema: (catalog, schema) => schema !== '' && container(catalog, schema) !== undefined,
    catalogInfo: (catalog) => container(catalog, ''),
    schemaInfo: (catalog, schema) => (schema === '' ? undefined : container(catalog, schema)),
    relations: (catalog, schema) =>
      store
        .all<RelationRow>(
          'SELECT * FROM catalog_relations WHERE catalog = ? AND schema = ? ORDER BY name',
          catalog.toLowerCase(),
          schema.toLowerCase(),
        )
        .map(relationOf),
    relation: (given) => {
      const name = lower(given);
      return through(cache().relations, fullName(name), () => {
        const row = store.get<RelationRow>(
          'SELECT * FROM catalog_relations WHERE catalog = ? AND schema = ? AND name = ?',
          ...parts(name),
        );
        return row && relationOf(row);
      });
    },
    function: (given) => {
      const name = lower(given);
      return through(cache().functions, fullName(name), () => {
        const row = store.get<ObjectRow>(
          'SELECT * FROM catalog_functions WHERE catalog = ? AND schema = ? AND name = ?',
          ...parts(name),
        );
        return row && functionOf(row);
      });
    },
    functions: (catalog, schema) =>
      store
        .all<ObjectRow>(
          'SELECT * FROM catalog_functions WHERE catalog = ? AND schema = ? ORDER BY name',
          catalog.toLowerCase(),
          schema.toLowerCase(),
        )
        .map(functionOf),
  };
}

export function parts(name: ObjectName): [string, string, string] {
  return [name.catalog, name.schema, name.name];
}

function containerOf(name: string, row: ContainerRow): ContainerInfo {
  return {
    name,
    owner: row.owner,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.comment === null ? {} : { comment: row.comment }),
  };
}

function through<Value>(
  known: Map<string, Value | null>,
  key: string,
  read: () => Value | undefined,
): Value | undefined {
  const found = known.get(key);
  if (found !== undefined) return found ?? undefined;
  const value = read();
  known.set(key, value ?? null);
  return value;
}
