import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation } from '../../../workspace/index.ts';

/** Revokes a token of the caller. @throws ApiError 404 for an unknown one, or one of somebody else */
export const deleteToken = defineOperation({
  id: 'tokens.delete',
  method: 'POST',
  path: '/api/2.0/token/delete',
  scope: ['authentication'],
  request: z.object({ token_id: z.string() }),
  handle({ input: { token_id }, caller, services: { store, ports } }) {
    const { changes } = store.run(
      'DELETE FROM token_infos WHERE token_id = ? AND owner = ?',
      token_id,
      caller.principal.name,
    );
    if (changes === 0) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Token with ID ${token_id} does not exist.`);
    }
    ports.identity.tokens.revoke(token_id);
    return {};
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/tokens/tokens.unit.test.ts'],
});
