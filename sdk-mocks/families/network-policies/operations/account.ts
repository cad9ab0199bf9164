import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import type { Caller } from '../../../../emulator/policy/index.ts';
import type { NetworkPoliciesPort, Services } from '../../../workspace/index.ts';

export const root = '/api/2.0/accounts/{account_id}';
export const inAccount = z.object({ account_id: z.string() });

/** API scope `networking` (docs: networking API). */
export const common = {
  scope: ['networking'],
  grade: 'thin',
  evidence: ['test/egress/network-policies.client.test.ts'],
} as const;

/**
 * The policies of the account, for its admins only (docs: managed by account admins). Assumed: the sandbox's one
 * account has the same admins as its workspace.
 * @throws ApiError 403 for others, 404 for another account
 */
export function policiesFor(
  input: z.output<typeof inAccount>,
  caller: Caller,
  { ports }: Services,
): NetworkPoliciesPort {
  if (!caller.principal.groups.includes('admins')) {
    throw new ApiError(403, 'PERMISSION_DENIED', 'Only account admins can manage network policies.');
  }
  if (input.account_id !== ports.identity.accountId) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Account ${input.account_id} does not exist.`);
  }
  return ports.networkPolicies;
}
