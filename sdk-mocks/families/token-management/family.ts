import { defineFamily } from '../../workspace/index.ts';
import { createOnBehalfOf } from './operations/create-on-behalf-of.ts';
import { tokenOperations } from './operations/tokens.ts';

export const family = defineFamily({
  name: 'token-management',
  title: 'Token management',
  docs: 'https://docs.databricks.com/api/workspace/tokenmanagement',
  operations: [createOnBehalfOf, ...tokenOperations],
});
