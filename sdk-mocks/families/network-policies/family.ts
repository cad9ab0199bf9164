import { defineFamily } from '../../workspace/index.ts';
import { bindingOperations } from './operations/binding.ts';
import { policyOperations } from './operations/policies.ts';

export const family = defineFamily({
  name: 'network-policies',
  title: 'Network policies (account)',
  docs: 'https://docs.databricks.com/api/account/networkpolicies',
  operations: [...policyOperations, ...bindingOperations],
});
