import { defineFamily } from '../../workspace/index.ts';
import { customAppOperations } from './operations/custom.ts';
import { publishedAppOperations } from './operations/published.ts';

export const family = defineFamily({
  name: 'oauth-apps',
  title: 'OAuth app integrations',
  docs: 'https://docs.databricks.com/api/account/customappintegration',
  operations: [...customAppOperations, ...publishedAppOperations],
});
