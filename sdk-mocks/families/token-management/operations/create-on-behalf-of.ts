import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, requireAccountAdmin } from '../../../workspace/index.ts';
import { tokenInfo } from '../token-info.ts';

/** A personal access token for a service principal, made by an admin. @throws ApiError 403, 404 */
export const createOnBehalfOf = defineOperation({
  id: 'token_management.create_obo_token',
  method: 'POST',
  path: '/api/2.0/token-management/on-behalf-of/tokens',
  scope: ['authentication'],
  request: z.object({
    application_id: z.string(),
    comment: z.string().default(''),
    lifetime_seconds: z.number().int().optional(),
    scopes: z.array(z.string().min(1)).default([]),
  }),
  handle({ input, caller, services }) {
    requireAccountAdmin(undefined, caller, services, 'make tokens for service principals');
    const { directory, tokens } = services.ports.identity;
    const principal = directory.find(input.application_id);
    if (principal?.kind !== 'service_principal' || principal.name !== input.application_id) {
      throw new ApiError(
        404,
        'RESOURCE_DOES_NOT_EXIST',
        `Service principal ${input.application_id} does not exist.`,
      );
    }
    const lifetime = input.lifetime_seconds;
    const made = tokens.createPat({
      principal,
      createdBy: caller.principal,
      comment: input.comment,
      ...(input.scopes.length > 0 ? { scopes: input.scopes } : {}),
      ...(lifetime !== undefined && lifetime > 0 ? { lifetime } : {}),
    });
    const pat = tokens.pats(principal).find(({ tokenId }) => tokenId === made.tokenId);
    if (!pat) throw new TypeError('the token that was made is gone');
    return { token_value: made.token, token_info: tokenInfo(pat, services) };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/token-management/token-management.unit.test.ts'],
});
