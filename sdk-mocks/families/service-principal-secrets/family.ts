import { defineFamily } from '../../workspace/index.ts';
import { secretOperations } from './operations/secrets.ts';

export const family = defineFamily({
  name: 'service-principal-secrets',
  title: 'Service principal secrets',
  docs: 'https://docs.databricks.com/api/account/serviceprincipalsecrets',
  operations: [
    ...secretOperations('service_principal_secrets', '/api/2.0/accounts/{account_id}'),
    ...secretOperations('service_principal_secrets_proxy', '/api/2.0/accounts'),
  ],
});
