import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { metastore } from '../../../../emulator/policy/index.ts';
import { defineOperation, type Operation, type Services } from '../../../workspace/index.ts';
import { evidence } from '../evidence.ts';
import { metastoreId } from '../stable-id.ts';

const scope = ['catalog.metastores', 'unity-catalog'];
const api = '/api/2.1/unity-catalog';
const place = { cloud: 'aws', region: 'us-west-2' };

function metastoreInfo(services: Services): object {
  const id = metastoreId(services);
  return {
    metastore_id: id,
    name: 'brickbox',
    ...place,
    global_metastore_id: `${place.cloud}:${place.region}:${id}`,
    owner: services.policy.securables.owner(metastore) ?? 'admins',
    privilege_model_version: '1.0',
    delta_sharing_scope: 'INTERNAL',
    external_access_enabled: false,
  };
}

/** Open to every caller (code: databricks-sdk-go interface.go). */
const summary = defineOperation({
  id: 'metastores.summary',
  method: 'GET',
  path: `${api}/metastore_summary`,
  scope,
  request: z.object({}),
  handle: ({ services }) => metastoreInfo(services),
  grade: 'thin',
  evidence,
});

const current = defineOperation({
  id: 'metastores.current',
  method: 'GET',
  path: `${api}/current-metastore-assignment`,
  scope,
  request: z.object({}),
  handle: ({ services }) => ({
    workspace_id: Number(services.ports.identity.workspaceId),
    metastore_id: metastoreId(services),
    default_catalog_name: services.ports.warehouses.session().catalog,
  }),
  grade: 'thin',
  evidence,
});

/** For metastore admins; others get no entry (assumed). */
const list = defineOperation({
  id: 'metastores.list',
  method: 'GET',
  path: `${api}/metastores`,
  scope,
  request: z.object({}),
  handle: ({ caller, services }) => ({
    metastores: services.policy.authorizer.isMetastoreAdmin(caller.principal)
      ? [metastoreInfo(services)]
      : [],
  }),
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'metastores.get',
  method: 'GET',
  path: `${api}/metastores/{id}`,
  scope,
  request: z.object({ id: z.string() }),
  handle({ input, caller, services }) {
    if (input.id !== metastoreId(services)) {
      throw new ApiError(404, 'METASTORE_DOES_NOT_EXIST', `Metastore '${input.id}' does not exist.`);
    }
    if (!services.policy.authorizer.isMetastoreAdmin(caller.principal)) {
      throw new ApiError(403, 'PERMISSION_DENIED', 'User is not an owner of Metastore.');
    }
    return metastoreInfo(services);
  },
  grade: 'thin',
  evidence,
});

export const metastoreOperations: readonly Operation[] = [summary, current, list, get];
