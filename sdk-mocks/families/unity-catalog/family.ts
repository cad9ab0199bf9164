import { defineFamily } from '../../workspace/index.ts';
import { catalogOperations } from './operations/catalogs.ts';
import { functionOperations } from './operations/functions.ts';
import { grantOperations } from './operations/grants.ts';
import { metastoreOperations } from './operations/metastores.ts';
import { schemaOperations } from './operations/schemas.ts';
import { tableOperations } from './operations/tables.ts';
import { volumeOperations } from './operations/volumes.ts';

export const family = defineFamily({
  name: 'unity-catalog',
  title: 'Unity Catalog',
  docs: 'https://docs.databricks.com/api/workspace/catalogs',
  operations: [
    ...catalogOperations,
    ...schemaOperations,
    ...tableOperations,
    ...volumeOperations,
    ...functionOperations,
    ...grantOperations,
    ...metastoreOperations,
  ],
});
