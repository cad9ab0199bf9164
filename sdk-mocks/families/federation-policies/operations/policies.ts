import { z } from 'zod';
import type { Caller } from '../../../../emulator/policy/index.ts';
import {
  defineOperation,
  type Operation,
  pageOf,
  requireAccountAdmin,
  type Services,
  servicePrincipalById,
} from '../../../workspace/index.ts';
import { changeOf, oidcOf, policyBody, shown } from '../policy.ts';

const evidence = ['sdk-mocks/families/federation-policies/federation-policies.unit.test.ts'];

const target = z.object({
  account_id: z.string(),
  /** Only on the path of a service principal. */
  service_principal_id: z.string().optional(),
});
const one = target.extend({ policy_id: z.string() });

/** The same five operations for policies of the account and of one service principal. */
export function policyOperations(api: string, path: string): Operation[] {
  const common = { scope: ['all-apis'], grade: 'thin', evidence } as const;
  return [
    defineOperation({
      ...common,
      id: `${api}.create`,
      method: 'POST',
      path,
      request: target.extend(policyBody.shape).extend({ policy_id: z.string().min(1).optional() }),
      handle({ input, caller, services }) {
        const owner = ownerOf(input, caller, services);
        const { federation, accountId } = services.ports.identity;
        const made = federation.create(owner, {
          oidc: oidcOf(input),
          ...(input.policy_id === undefined ? {} : { policyId: input.policy_id }),
          ...(input.description === undefined ? {} : { description: input.description }),
        });
        return shown(made, accountId);
      },
    }),
    defineOperation({
      ...common,
      id: `${api}.list`,
      method: 'GET',
      path,
      request: target.extend({
        page_size: z.coerce.number().int().optional(),
        page_token: z.string().optional(),
      }),
      handle({ input, caller, services }) {
        const owner = ownerOf(input, caller, services);
        const { federation, accountId } = services.ports.identity;
        const { page, next } = pageOf(federation.list(owner), input);
        return { policies: page.map((policy) => shown(policy, accountId)), ...next };
      },
    }),
    defineOperation({
      ...common,
      id: `${api}.get`,
      method: 'GET',
      path: `${path}/{policy_id}`,
      request: one,
      handle({ input, caller, services }) {
        const owner = ownerOf(input, caller, services);
        const { federation, accountId } = services.ports.identity;
        return shown(federation.get(owner, input.policy_id), accountId);
      },
    }),
    defineOperation({
      ...common,
      id: `${api}.update`,
      method: 'PATCH',
      path: `${path}/{policy_id}`,
      request: one.extend(policyBody.shape).extend({ update_mask: z.string().optional() }),
      handle({ input, caller, services }) {
        const owner = ownerOf(input, caller, services);
        const { federation, accountId } = services.ports.identity;
        const changed = federation.update(owner, input.policy_id, changeOf(input, input.update_mask));
        return shown(changed, accountId);
      },
    }),
    defineOperation({
      ...common,
      id: `${api}.delete`,
      method: 'DELETE',
      path: `${path}/{policy_id}`,
      request: one,
      handle({ input, caller, services }) {
        services.ports.identity.federation.remove(ownerOf(input, caller, services), input.policy_id);
        return {};
      },
    }),
  ];
}

/** Whose policies these are; only admins may look at them. */
function ownerOf(input: z.output<typeof target>, caller: Caller, services: Services): string | null {
  requireAccountAdmin(input.account_id, caller, services, 'manage federation policies');
  const id = input.service_principal_id;
  return id === undefined ? null : servicePrincipalById(id, services).id;
}
