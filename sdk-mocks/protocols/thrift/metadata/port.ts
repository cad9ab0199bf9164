import type { Caller } from '../../../../emulator/identity/index.ts';
import type { Policy, SecurableRef } from '../../../../emulator/policy/index.ts';
import type { Catalog, Column } from '../../../sql/index.ts';

export interface RelationMetadata {
  catalog: string;
  schema: string;
  name: string;
  kind: 'TABLE' | 'VIEW';
  comment: string;
  columns: readonly Column[];
}

export interface FunctionMetadata {
  catalog: string;
  schema: string;
  name: string;
  comment: string;
}

/** What exists in the metastore, as far as the caller may know. Names are lower case. */
export interface MetadataPort {
  catalogs(caller: Caller): string[];
  schemas(caller: Caller, catalog: string): string[];
  relations(caller: Caller, catalog: string, schema: string): RelationMetadata[];
  functions(caller: Caller, catalog: string, schema: string): FunctionMetadata[];
}

type Metastore = Pick<Catalog, 'catalogs' | 'schemas' | 'relations' | 'functions'>;

/** The metastore through the one policy decision point: what is not visible is not there. */
export function catalogMetadata(catalog: Metastore, policy: Pick<Policy, 'authorizer'>): MetadataPort {
  const sees = (caller: Caller, kind: SecurableRef['kind'], ...parts: string[]) =>
    policy.authorizer.visible(caller, { kind, name: parts.join('.') });
  return {
    catalogs: (caller) =>
      catalog
        .catalogs()
        .filter((name) => sees(caller, 'CATALOG', name))
        .sort(),
    schemas: (caller, container) =>
      catalog
        .schemas(container)
        .filter((schema) => sees(caller, 'SCHEMA', container, schema))
        .sort(),
    relations: (caller, container, schema) =>
      catalog
        .relations(container, schema)
        .filter(({ name }) => sees(caller, 'TABLE', container, schema, name.name))
        .map(({ name, kind, comment, columns }) => ({
          catalog: container,
          schema,
          name: name.name,
          kind: kind === 'view' ? ('VIEW' as const) : ('TABLE' as const),
          comment: comment ?? '',
          columns,
        }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    functions: (caller, container, schema) =>
      catalog
        .functions(container, schema)
        .filter(({ name }) => sees(caller, 'FUNCTION', container, schema, name.name))
        .map(({ name, comment }) => ({ catalog: container, schema, name: name.name, comment: comment ?? '' }))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}
