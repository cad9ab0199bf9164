import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';
import { evidence, name, needs, refOf } from '../scope.ts';

const create = defineOperation({
  id: 'secrets.create_scope',
  method: 'POST',
  path: '/api/2.0/secrets/scopes/create',
  scope: ['secrets'],
  request: z.object({
    scope: name,
    initial_manage_principal: z.literal('users').optional(),
    scope_backend_type: z.literal('DATABRICKS').optional(),
  }),
  handle({ input, caller, services: { policy, store } }) {
    const ref = refOf(input.scope);
    if (policy.securables.exists(ref)) {
      throw new ApiError(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${input.scope} already exists!`);
    }
    store.run('INSERT OR IGNORE INTO secret_scopes (name) VALUES (?)', input.scope);
    policy.securables.register(ref, caller.principal.name);
    if (input.initial_manage_principal) {
      policy.permissions.add(ref, { principal: input.initial_manage_principal, level: 'MANAGE' });
    }
    return {};
  },
  grade: 'thin',
  evidence,
});

/** Deletes the scope with everything in it. */
const remove = defineOperation({
  id: 'secrets.delete_scope',
  method: 'POST',
  path: '/api/2.0/secrets/scopes/delete',
  scope: ['secrets'],
  request: z.object({ scope: z.string() }),
  needs: needs('MANAGE'),
  handle({ input: { scope }, services: { policy, ports, store } }) {
    for (const key of ports.secrets.keys(scope)) ports.secrets.remove(scope, key);
    store.run('DELETE FROM secret_scopes WHERE name = ?', scope);
    // A scope made later under the same name must not inherit who could read this one.
    policy.permissions.set(refOf(scope), []);
    policy.securables.unregister(refOf(scope));
    return {};
  },
  grade: 'thin',
  evidence,
});

/** Scopes on which the caller has any permission (assumed: the documentation says "all"). */
const list = defineOperation({
  id: 'secrets.list_scopes',
  method: 'GET',
  path: '/api/2.0/secrets/scopes/list',
  scope: ['secrets'],
  request: z.object({}),
  handle({ caller, services: { policy, ports, store } }) {
    const empty = store.all<{ name: string }>('SELECT name FROM secret_scopes').map((row) => row.name);
    const scopes = [...new Set([...ports.secrets.scopes(), ...empty])].sort();
    return {
      scopes: scopes
        .filter((scope) => policy.authorizer.visible(caller, refOf(scope)))
        .map((scope) => ({ name: scope, backend_type: 'DATABRICKS' })),
    };
  },
  grade: 'assumed',
  evidence,
});

export const scopeOperations = [create, remove, list];
