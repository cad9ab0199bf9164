import { defineFamily } from '../../workspace/index.ts';
import { permissionOperations } from './operations/by-type.ts';
import { otherTypes } from './operations/other-types.ts';
import { objectTypes } from './types.ts';

export const family = defineFamily({
  name: 'permissions',
  title: 'Permissions',
  docs: 'https://docs.databricks.com/api/workspace/permissions',
  operations: [...objectTypes.flatMap(permissionOperations), ...otherTypes],
});
