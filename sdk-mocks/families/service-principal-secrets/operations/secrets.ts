import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import type { SecretFacts } from '../../../../emulator/identity/index.ts';
import type { Caller } from '../../../../emulator/policy/index.ts';
import {
  defineOperation,
  type Operation,
  requireAccountAdmin,
  type Services,
  servicePrincipalById,
} from '../../../workspace/index.ts';

const evidence = ['sdk-mocks/families/service-principal-secrets/service-principal-secrets.unit.test.ts'];

const target = z.object({
  /** Only on the account's path. */
  account_id: z.string().optional(),
  service_principal_id: z.string(),
});

/** Of the account API and of its workspace proxy, which has no account in its path. Only admins (docs). */
export function secretOperations(api: string, root: string): Operation[] {
  const path = `${root}/servicePrincipals/{service_principal_id}/credentials/secrets`;
  const common = { scope: ['all-apis'], grade: 'thin', evidence } as const;
  return [
    defineOperation({
      ...common,
      id: `${api}.create`,
      method: 'POST',
      path,
      request: target.extend({
        lifetime: z.string().optional(),
        scopes: z.array(z.string().min(1)).default([]),
      }),
      handle({ input, caller, services }) {
        const applicationId = applicationOf(input, caller, services);
        const { tokens } = services.ports.identity;
        const lifetime = input.lifetime === undefined ? undefined : secondsOf(input.lifetime);
        const { id, secret } = tokens.createSecret(applicationId, {
          ...(lifetime === undefined ? {} : { lifetime }),
          ...(input.scopes.length > 0 ? { scopes: input.scopes } : {}),
        });
        const made = tokens.secrets(applicationId).find((one) => one.id === id);
        if (!made) throw new TypeError('the secret that was made is gone');
        return { ...shown(made), secret };
      },
    }),
    defineOperation({
      ...common,
      id: `${api}.list`,
      method: 'GET',
      path,
      request: target,
      handle: ({ input, caller, services }) => ({
        secrets: services.ports.identity.tokens.secrets(applicationOf(input, caller, services)).map(shown),
      }),
    }),
    defineOperation({
      ...common,
      id: `${api}.delete`,
      method: 'DELETE',
      path: `${path}/{secret_id}`,
      request: target.extend({ secret_id: z.string() }),
      handle({ input, caller, services }) {
        const applicationId = applicationOf(input, caller, services);
        const { tokens } = services.ports.identity;
        if (!tokens.secrets(applicationId).some(({ id }) => id === input.secret_id)) {
          throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Secret ${input.secret_id} does not exist.`);
        }
        tokens.deleteSecret(applicationId, input.secret_id);
        return {};
      },
    }),
  ];
}

/** `service_principal_id` is the numeric SCIM id (docs); the rest of the house knows application ids. */
function applicationOf(input: z.output<typeof target>, caller: Caller, services: Services): string {
  requireAccountAdmin(input.account_id, caller, services, 'manage service principal secrets');
  return servicePrincipalById(input.service_principal_id, services).name;
}

/** A protobuf duration, `63072000s`. */
function secondsOf(text: string): number {
  const seconds = Number(/^(\d+)s$/.exec(text)?.[1]);
  if (seconds > 0) return seconds;
  throw new ApiError(
    400,
    'INVALID_PARAMETER_VALUE',
    `lifetime must be whole seconds such as 63072000s, got ${text}.`,
  );
}

function shown(secret: SecretFacts): object {
  const time = (at: number) => new Date(at).toISOString();
  return {
    id: secret.id,
    secret_hash: secret.hash,
    status: 'ACTIVE',
    ...(secret.scopes ? { scopes: secret.scopes } : {}),
    create_time: time(secret.createdAt),
    update_time: time(secret.createdAt),
    expire_time: time(secret.expiresAt),
  };
}
