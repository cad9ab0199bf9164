import { defineFamily } from '../../workspace/index.ts';
import { policyOperations } from './operations/policies.ts';

export const family = defineFamily({
  name: 'federation-policies',
  title: 'Federation policies',
  docs: 'https://docs.databricks.com/api/account/accountfederationpolicy',
  operations: [
    ...policyOperations('account_federation_policy', '/api/2.0/accounts/{account_id}/federationPolicies'),
    ...policyOperations(
      'service_principal_federation_policy',
      '/api/2.0/accounts/{account_id}/servicePrincipals/{service_principal_id}/federationPolicies',
    ),
  ],
});
