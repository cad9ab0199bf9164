import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { endpointInfo } from '../warehouse.ts';

/** Warehouses the caller has any permission on. */
export const listWarehouses = defineOperation({
  id: 'warehouses.list',
  method: 'GET',
  path: '/api/2.0/sql/warehouses',
  scope: ['sql', 'sql.warehouses:read'],
  request: z.object({}),
  handle: ({ caller, services: { ports, policy } }) => ({
    warehouses: ports.warehouses
      .list()
      .filter(({ id }) => policy.authorizer.visible(caller, { kind: 'WAREHOUSE', name: id }))
      .map(endpointInfo),
  }),
  grade: 'thin',
  evidence: [
    'sdk-mocks/families/warehouses/warehouses.unit.test.ts',
    'sdk-mocks/workspace/sdk-js.client.test.ts',
  ],
});
