import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { endpointInfo } from '../warehouse.ts';

/** One warehouse. @throws ApiError 400 for a malformed id (field), 404 for an unknown one (assumed) */
export const getWarehouse = defineOperation({
  id: 'warehouses.get',
  method: 'GET',
  path: '/api/2.0/sql/warehouses/{id}',
  scope: ['sql', 'sql.warehouses:read'],
  request: z.object({ id: z.string() }),
  needs({ id }, { ports }) {
    if (!/^[0-9a-f]{16}$/.test(id)) {
      throw new ApiError(400, 'INVALID_PARAMETER_VALUE', `${id} is not a valid endpoint id.`);
    }
    if (!ports.warehouses.list().some((warehouse) => warehouse.id === id)) throw unknown(id);
    return [{ privilege: 'CAN_USE', on: { kind: 'WAREHOUSE', name: id } }];
  },
  handle({ input: { id }, services: { ports } }) {
    const found = ports.warehouses.list().find((warehouse) => warehouse.id === id);
    if (!found) throw unknown(id);
    return endpointInfo(found);
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/warehouses/warehouses.unit.test.ts'],
});

function unknown(id: string): ApiError {
  return new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `SQL warehouse ${id} does not exist.`);
}
