import type { AppResource } from '../config/index.ts';
import { BrickboxError } from '../core/index.ts';
import type { Privilege, SecurableKind } from '../policy/index.ts';

/** What declaring a resource gives the app's service principal. */
export type ResourceGrant =
  | { how: 'privilege'; privilege: Privilege; kind: SecurableKind; name: string }
  | { how: 'permission'; level: string; kind: SecurableKind; name: string };

/** Where values of resources come from. */
export interface ResourceLookup {
  /** Id of a warehouse by what the configuration calls it. @throws BrickboxError when there is none. */
  warehouse(id: string): string;
  secret(scope: string, key: string): string | undefined;
}

const typeKeys = [
  'sql_warehouse',
  'secret',
  'uc_securable',
  'job',
  'serving_endpoint',
  'database',
  'postgres',
  'genie_space',
  'experiment',
  'app',
] as const;

/** Type key of a resource, for example `sql_warehouse`. */
export function resourceType(resource: AppResource): string {
  const type = typeKeys.find((key) => resource[key] !== undefined);
  if (type) return type;
  throw new BrickboxError('RESOURCE_WITHOUT_TYPE', `The resource "${resource.name}" names no type.`, {
    fix: `Add one of ${typeKeys.join(', ')} under it.`,
  });
}

/**
 * What `valueFrom: <key>` resolves to (docs: Databricks Apps, environment variables).
 * @throws BrickboxError naming a type that is known and not built, or a secret that does not exist.
 */
export function resourceValue(resource: AppResource, lookup: ResourceLookup): string {
  const { sql_warehouse: warehouse, secret, uc_securable: securable } = resource;
  if (warehouse) return lookup.warehouse(warehouse.id);
  if (secret) {
    const value = lookup.secret(secret.scope, secret.key);
    if (value !== undefined) return value;
    throw new BrickboxError(
      'SECRET_MISSING',
      `The resource "${resource.name}" points to the secret ${secret.scope}/${secret.key}, which does not exist.`,
      { fix: `Add it to brickbox.yaml:\n  secrets:\n    ${secret.scope}: { ${secret.key}: { value: … } }` },
    );
  }
  if (securable?.securable_type === 'TABLE') return securable.securable_full_name;
  throw unsupported(resource);
}

/** Grants of a resource, USE on the parents of a securable included (docs: Databricks Apps, tables). */
export function resourceGrants(resource: AppResource, lookup: ResourceLookup): ResourceGrant[] {
  const { sql_warehouse: warehouse, secret, uc_securable: securable } = resource;
  if (warehouse) {
    return [permission('WAREHOUSE', lookup.warehouse(warehouse.id), warehouse.permission)];
  }
  if (secret) return [permission('SECRET_SCOPE', secret.scope, secret.permission)];
  if (securable?.securable_type === 'TABLE') {
    const name = securable.securable_full_name.toLowerCase();
    const [catalog = '', schema = ''] = name.split('.');
    const own = { how: 'privilege', kind: 'TABLE', name } as const;
    return [
      { how: 'privilege', privilege: 'USE CATALOG', kind: 'CATALOG', name: catalog },
      { how: 'privilege', privilege: 'USE SCHEMA', kind: 'SCHEMA', name: `${catalog}.${schema}` },
      { ...own, privilege: 'SELECT' },
      // "Can modify" on a table also gives SELECT (docs: Databricks Apps, tables).
      ...(securable.permission === 'MODIFY' ? [{ ...own, privilege: 'MODIFY' }] : []),
    ];
  }
  throw unsupported(resource);
}

function permission(kind: SecurableKind, name: string, level: string): ResourceGrant {
  return { how: 'permission', level, kind, name };
}

function unsupported(resource: AppResource): BrickboxError {
  const type = resourceType(resource);
  const name = type === 'uc_securable' ? `uc_securable ${resource.uc_securable?.securable_type}` : type;
  return new BrickboxError(
    'RESOURCE_TYPE_UNSUPPORTED',
    `The resource "${resource.name}" is of type ${name}, which Brickbox does not emulate yet.`,
    { fix: 'Remove the resource, or give its environment variable a plain `value` in app.yaml for now.' },
  );
}
