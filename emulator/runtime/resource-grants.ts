import { type AppResource, kindOf } from '../config/index.ts';
import { BrickboxError } from '../core/index.ts';
import type { Privilege, SecurableKind } from '../policy/index.ts';
import type { ResourcePorts } from './resources.ts';

/** What declaring a resource gives the app's service principal. */
export type ResourceGrant =
  | { how: 'privilege'; privilege: Privilege; kind: SecurableKind; name: string }
  | { how: 'permission'; level: string; kind: SecurableKind; name: string };

/**
 * Grants of a resource, USE on the parents of a securable included (docs: Databricks Apps, tables).
 * @throws BrickboxError APP_RESOURCE_UNSUPPORTED naming the type.
 */
export function resourceGrants(
  resource: AppResource,
  ports: Pick<ResourcePorts, 'warehouseId'>,
): ResourceGrant[] {
  const { sql_warehouse: warehouse, secret, uc_securable: securable, app } = resource;
  if (warehouse) return [permission('WAREHOUSE', ports.warehouseId(warehouse.id), warehouse.permission)];
  if (app) return [permission('APP', app.name, app.permission)];
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
  throw new BrickboxError(
    'APP_RESOURCE_UNSUPPORTED',
    `The resource "${resource.name}" is a ${kindOf(resource)}, which Brickbox does not emulate yet.`,
    { fix: 'Remove the resource, or give its environment variable a plain `value` in app.yaml for now.' },
  );
}

function permission(kind: SecurableKind, name: string, level: string): ResourceGrant {
  return { how: 'permission', level, kind, name };
}
