import { fullName, type VolumeInfo } from '../../../sql/index.ts';
import type { Services } from '../../../workspace/index.ts';
import type { Access } from '../access.ts';
import { metastoreId, stableId } from '../stable-id.ts';

/** VolumeInfo. The storage location is ours and leads nowhere: files are reached under `/Volumes` only. */
export function volumeInfo(info: VolumeInfo, access: Access, services: Services): object {
  const name = fullName(info.name);
  const metastore = metastoreId(services);
  const head = {
    name: info.name.name,
    catalog_name: info.name.catalog,
    schema_name: info.name.schema,
    full_name: name,
    volume_type: 'MANAGED',
    ...(info.comment === undefined ? {} : { comment: info.comment }),
    owner: info.owner,
    metastore_id: metastore,
  };
  if (access === 'browse') return { ...head, browse_only: true };
  const id = stableId('volume', name, info.createdAt);
  return {
    ...head,
    volume_id: id,
    storage_location: `s3://brickbox-${metastore.slice(0, 8)}/__unitystorage/volumes/${id}`,
    created_at: info.createdAt,
    created_by: info.createdBy,
    updated_at: info.createdAt,
    updated_by: info.createdBy,
  };
}
