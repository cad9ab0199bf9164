import type { Grant, Privilege, SecurableRef } from './contract.ts';

const readOnly = new Set<Privilege>([
  'USE CATALOG',
  'USE SCHEMA',
  'SELECT',
  'EXECUTE',
  'READ VOLUME',
  'BROWSE',
  'READ METADATA',
]);

/** Parts of the metastore that the platform owns: nobody can grant there. */
export function isPlatformOwned(ref: SecurableRef): boolean {
  const [catalog, schema] = ref.name.split('.');
  return catalog === 'samples' || catalog === 'system' || schema === 'information_schema';
}

/**
 * What every user has without a grant (docs: default privileges): `samples` for reading, every catalog's
 * `information_schema` (its rows are filtered instead), and `system.information_schema`.
 */
export function hasByDefault(privilege: Privilege, ref: SecurableRef): boolean {
  if (!readOnly.has(privilege)) return false;
  const [catalog, schema] = ref.name.split('.');
  if (catalog === 'samples') return true;
  if (catalog === 'system') return schema === undefined || schema === 'information_schema';
  return schema === 'information_schema';
}

/**
 * Grants that a workspace catalog comes with (docs: workspace catalog privileges). The composition root applies
 * them to the catalog it creates; catalogs made by CREATE CATALOG start with none.
 */
export function workspaceCatalogGrants(catalog: string): Grant[] {
  const principal = 'account users';
  const onSchema = [
    'USE SCHEMA',
    'CREATE TABLE',
    'CREATE VOLUME',
    'CREATE MODEL',
    'CREATE FUNCTION',
    'CREATE MATERIALIZED VIEW',
  ];
  return [
    { principal, privilege: 'USE CATALOG', securable: { kind: 'CATALOG', name: catalog } },
    ...onSchema.map(
      (privilege): Grant => ({
        principal,
        privilege,
        securable: { kind: 'SCHEMA', name: `${catalog}.default` },
      }),
    ),
  ];
}
