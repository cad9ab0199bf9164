import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';
import { common, inAccount, policiesFor, root } from './account.ts';

const one = `${root}/network-policies/{network_policy_id}`;
const byId = inAccount.extend({ network_policy_id: z.string() });
/** The policy is checked as a whole by whoever holds it. */
const policy = z.looseObject({ account_id: z.string() });

export const policyOperations = [
  defineOperation({
    ...common,
    id: 'network_policies.list_network_policies_rpc',
    method: 'GET',
    path: `${root}/network-policies`,
    request: inAccount.extend({ page_token: z.string().optional() }),
    handle: ({ input, caller, services }) => ({ items: policiesFor(input, caller, services).list() }),
  }),
  defineOperation({
    ...common,
    id: 'network_policies.create_network_policy_rpc',
    method: 'POST',
    path: `${root}/network-policies`,
    request: policy,
    handle: ({ input, caller, services }) => policiesFor(input, caller, services).create(input),
  }),
  defineOperation({
    ...common,
    id: 'network_policies.get_network_policy_rpc',
    method: 'GET',
    path: one,
    request: byId,
    handle: ({ input, caller, services }) =>
      policiesFor(input, caller, services).get(input.network_policy_id),
  }),
  defineOperation({
    ...common,
    id: 'network_policies.update_network_policy_rpc',
    method: 'PUT',
    path: one,
    request: policy.extend({ network_policy_id: z.string() }),
    // A full replace: what is omitted is cleared (docs).
    handle: ({ input, caller, services }) =>
      policiesFor(input, caller, services).update(input.network_policy_id, input),
  }),
  defineOperation({
    ...common,
    id: 'network_policies.delete_network_policy_rpc',
    method: 'DELETE',
    path: one,
    request: byId,
    handle({ input, caller, services }) {
      policiesFor(input, caller, services).remove(input.network_policy_id);
      return {};
    },
  }),
];
