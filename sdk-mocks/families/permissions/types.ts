import type { SecurableKind } from '../../../emulator/policy/index.ts';

/** One type of workspace object with an access control list. */
export interface ObjectType {
  /** As it stands in the path. */
  path: string;
  /** Service of the operations catalogue. */
  api: string;
  /** Name of the path parameter in the catalogue. */
  parameter: string;
  kind: SecurableKind;
  /** `object_type` of the answer. */
  type: string;
  /** `object_id` of the answer: a path (docs). */
  objectId(id: string): string;
  /** Levels with the words of the API, lowest first (docs: access control lists). */
  levels: readonly { level: string; description: string }[];
  missing(id: string): string;
}

export const objectTypes: readonly ObjectType[] = [
  {
    path: 'apps',
    api: 'apps',
    parameter: 'app_name',
    kind: 'APP',
    type: 'apps',
    objectId: (id) => `/apps/${id}`,
    levels: [
      { level: 'CAN_USE', description: 'Can use the app' },
      { level: 'CAN_MANAGE', description: 'Can manage the app' },
    ],
    // field: apps-platform reference 6.3
    missing: (id) => `App with name ${id} does not exist or is deleted.`,
  },
  {
    path: 'warehouses',
    api: 'warehouses',
    parameter: 'warehouse_id',
    kind: 'WAREHOUSE',
    type: 'warehouses',
    objectId: (id) => `/sql/warehouses/${id}`,
    levels: [
      { level: 'CAN_VIEW', description: 'Can view the SQL warehouse' },
      { level: 'CAN_USE', description: 'Can use the SQL warehouse' },
      { level: 'CAN_MONITOR', description: 'Can monitor the SQL warehouse' },
      { level: 'CAN_MANAGE', description: 'Can manage the SQL warehouse' },
      { level: 'IS_OWNER', description: 'Is owner of the SQL warehouse' },
    ],
    missing: (id) => `SQL warehouse ${id} does not exist.`,
  },
  {
    path: 'serving-endpoints',
    api: 'serving_endpoints',
    parameter: 'serving_endpoint_id',
    kind: 'SERVING_ENDPOINT',
    type: 'serving-endpoint',
    objectId: (id) => `/serving-endpoints/${id}`,
    levels: [
      { level: 'CAN_VIEW', description: 'Can view the serving endpoint' },
      { level: 'CAN_QUERY', description: 'Can query the serving endpoint' },
      { level: 'CAN_MANAGE', description: 'Can manage the serving endpoint' },
    ],
    missing: (id) => `Serving endpoint ${id} does not exist.`,
  },
  {
    path: 'jobs',
    api: 'jobs',
    parameter: 'job_id',
    kind: 'JOB',
    type: 'job',
    objectId: (id) => `/jobs/${id}`,
    levels: [
      { level: 'CAN_VIEW', description: 'Can view the job' },
      { level: 'CAN_MANAGE_RUN', description: 'Can manage runs of the job' },
      { level: 'CAN_MANAGE', description: 'Can manage the job' },
      { level: 'IS_OWNER', description: 'Is owner of the job' },
    ],
    missing: (id) => `Job ${id} does not exist.`,
  },
];
