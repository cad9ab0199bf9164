import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import type { PatFacts } from '../../../../emulator/identity/index.ts';
import {
  defineOperation,
  type Operation,
  requireAccountAdmin,
  type Services,
} from '../../../workspace/index.ts';
import { tokenInfo } from '../token-info.ts';

const path = '/api/2.0/token-management/tokens';
const what = 'manage the tokens of others';
const common = {
  scope: ['authentication'],
  grade: 'thin',
  evidence: ['sdk-mocks/families/token-management/token-management.unit.test.ts'],
} as const;
const one = z.object({ token_id: z.string() });

/** Every good personal access token of the workspace, those of the test API included. Admins only. */
export const tokenOperations: readonly Operation[] = [
  defineOperation({
    ...common,
    id: 'token_management.list',
    method: 'GET',
    path,
    request: z.object({ created_by_id: z.string().optional(), created_by_username: z.string().optional() }),
    handle({ input, caller, services }) {
      requireAccountAdmin(undefined, caller, services, what);
      const { directory, tokens } = services.ports.identity;
      const name = input.created_by_username?.toLowerCase();
      const found = tokens
        .pats()
        .filter(({ createdBy }) => name === undefined || createdBy.toLowerCase() === name)
        .filter(
          ({ createdBy }) =>
            input.created_by_id === undefined || directory.find(createdBy)?.id === input.created_by_id,
        );
      return { token_infos: found.map((pat) => tokenInfo(pat, services)) };
    },
  }),
  defineOperation({
    ...common,
    id: 'token_management.get',
    method: 'GET',
    path: `${path}/{token_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(undefined, caller, services, what);
      return { token_info: tokenInfo(find(input.token_id, services), services) };
    },
  }),
  defineOperation({
    ...common,
    id: 'token_management.delete',
    method: 'DELETE',
    path: `${path}/{token_id}`,
    request: one,
    handle({ input, caller, services }) {
      requireAccountAdmin(undefined, caller, services, what);
      services.ports.identity.tokens.revoke(find(input.token_id, services).tokenId);
      return {};
    },
  }),
];

function find(id: string, { ports }: Services): PatFacts {
  const found = ports.identity.tokens.pats().find(({ tokenId }) => tokenId === id);
  if (found) return found;
  throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Token with ID ${id} does not exist.`);
}
