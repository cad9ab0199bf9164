import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Services } from '../../../workspace/index.ts';
import { evidence, needs, refOf } from '../scope.ts';

/** Items of a scope; a user or service principal is named as in GRANT. Admins hold MANAGE without being listed. */
function items(scope: string, { policy }: Services): { principal: string; permission: string }[] {
  return policy.permissions
    .get(refOf(scope))
    .filter(({ inherited }) => !inherited)
    .map(({ principal, level }) => ({ principal, permission: level }));
}

/** The name under which policy keeps somebody. */
function canonical(principal: string, { ports }: Services): string {
  const found = ports.identity.directory.find(principal);
  return found && found.name.toLowerCase() === principal.toLowerCase() ? found.name : principal;
}

const put = defineOperation({
  id: 'secrets.put_acl',
  method: 'POST',
  path: '/api/2.0/secrets/acls/put',
  scope: ['secrets'],
  request: z.object({
    scope: z.string(),
    principal: z.string().min(1),
    permission: z.enum(['READ', 'WRITE', 'MANAGE']),
  }),
  needs: needs('MANAGE'),
  handle({ input: { scope, principal, permission }, services }) {
    services.policy.permissions.add(refOf(scope), {
      principal: canonical(principal, services),
      level: permission,
    });
    return {};
  },
  grade: 'thin',
  evidence,
});

const one = z.object({ scope: z.string(), principal: z.string() });

function find(scope: string, principal: string, services: Services) {
  const name = canonical(principal, services);
  const found = items(scope, services).find((item) => item.principal === name);
  if (found) return found;
  throw new ApiError(
    404,
    'RESOURCE_DOES_NOT_EXIST',
    `Failed to get secret acl for principal ${principal} for scope ${scope}.`,
  );
}

const remove = defineOperation({
  id: 'secrets.delete_acl',
  method: 'POST',
  path: '/api/2.0/secrets/acls/delete',
  scope: ['secrets'],
  request: one,
  needs: needs('MANAGE'),
  handle({ input: { scope, principal }, services }) {
    services.policy.permissions.remove(refOf(scope), find(scope, principal, services).principal);
    return {};
  },
  grade: 'thin',
  evidence,
});

const get = defineOperation({
  id: 'secrets.get_acl',
  method: 'GET',
  path: '/api/2.0/secrets/acls/get',
  scope: ['secrets'],
  request: one,
  needs: needs('MANAGE'),
  handle: ({ input: { scope, principal }, services }) => find(scope, principal, services),
  grade: 'thin',
  evidence,
});

const list = defineOperation({
  id: 'secrets.list_acls',
  method: 'GET',
  path: '/api/2.0/secrets/acls/list',
  scope: ['secrets'],
  request: z.object({ scope: z.string() }),
  needs: needs('MANAGE'),
  handle: ({ input: { scope }, services }) => ({ items: items(scope, services) }),
  grade: 'thin',
  evidence,
});

export const aclOperations = [put, remove, get, list];
