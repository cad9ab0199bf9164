import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Operation } from '../../../workspace/index.ts';
import { objectTypes } from '../types.ts';

const evidence = ['sdk-mocks/families/permissions/permissions.unit.test.ts'];

/** The same API by type and id; types with objects here have literal paths and never come this way. */
export const otherTypes: readonly Operation[] = (
  [
    ['get', 'GET', ''],
    ['set', 'PUT', ''],
    ['update', 'PATCH', ''],
    ['get_permission_levels', 'GET', '/permissionLevels'],
  ] as const
).map(([name, method, more]) =>
  defineOperation({
    id: `permissions.${name}`,
    method,
    path: `/api/2.0/permissions/{request_object_type}/{request_object_id}${more}`,
    scope: ['access-management'],
    request: z.object({ request_object_type: z.string(), request_object_id: z.string() }),
    handle({ input }): never {
      throw new ApiError(
        501,
        'NOT_IMPLEMENTED',
        `Brickbox keeps no permissions of ${input.request_object_type}; it does of ${objectTypes.map(({ path }) => path).join(', ')}.`,
      );
    },
    grade: 'thin',
    evidence,
  }),
);
