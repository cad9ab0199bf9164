import type { ContainerInfo } from '../../../sql/index.ts';
import type { Services } from '../../../workspace/index.ts';
import type { Access } from '../access.ts';
import { metastoreId, stableId } from '../stable-id.ts';

/** CatalogInfo. A reader with BROWSE only gets what tells the object apart, marked `browse_only`. */
export function catalogInfo(info: ContainerInfo, access: Access, services: Services): object {
  const head = {
    name: info.name,
    full_name: info.name,
    ...(info.comment === undefined ? {} : { comment: info.comment }),
    owner: info.owner,
    catalog_type: 'MANAGED_CATALOG',
    securable_type: 'CATALOG',
    metastore_id: metastoreId(services),
  };
  if (access === 'browse') return { ...head, browse_only: true };
  return { ...head, isolation_mode: 'OPEN', provisioning_info: { state: 'ACTIVE' }, ...common(info) };
}

export function schemaInfo(catalog: string, info: ContainerInfo, access: Access, services: Services): object {
  const fullName = `${catalog}.${info.name}`;
  const head = {
    name: info.name,
    catalog_name: catalog,
    full_name: fullName,
    ...(info.comment === undefined ? {} : { comment: info.comment }),
    owner: info.owner,
    catalog_type: 'MANAGED_CATALOG',
    metastore_id: metastoreId(services),
  };
  if (access === 'browse') return { ...head, browse_only: true };
  return { ...head, schema_id: stableId('schema', fullName, info.createdAt), ...common(info) };
}

function common(info: ContainerInfo): object {
  return {
    properties: {},
    created_at: info.createdAt,
    created_by: info.createdBy,
    updated_at: info.createdAt,
    updated_by: info.createdBy,
  };
}
