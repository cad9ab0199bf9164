import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, satisfyingScope } from '../../../workspace/index.ts';

/**
 * Makes a personal access token of the caller. Times are epoch milliseconds, -1 means never.
 * A token never gets a scope that the caller's own does not cover.
 * @throws ApiError 403 when it would
 */
export const createToken = defineOperation({
  id: 'tokens.create',
  method: 'POST',
  path: '/api/2.0/token/create',
  scope: ['authentication'],
  request: z.object({
    comment: z.string().default(''),
    lifetime_seconds: z.number().int().optional(),
    scopes: z.array(z.string().min(1)).default([]),
  }),
  handle({ input, caller, services: { ports, store, clock } }) {
    const scopes = input.scopes.length > 0 ? input.scopes : ['all-apis'];
    const beyond = scopes.find((scope) => satisfyingScope(caller.scopes, [scope]) === null);
    if (beyond !== undefined) {
      const message = `A token with the scope ${beyond} cannot be made by a token without it.`;
      throw new ApiError(403, 'PERMISSION_DENIED', message);
    }
    const lifetime = input.lifetime_seconds;
    const made = ports.identity.tokens.createPat({
      principal: caller.principal,
      comment: input.comment,
      scopes,
      ...(lifetime !== undefined && lifetime > 0 ? { lifetime } : {}),
    });
    const info = {
      token_id: made.tokenId,
      creation_time: clock.now(),
      expiry_time: made.expiresAt ?? -1,
      comment: input.comment,
      scopes,
    };
    store.run(
      `INSERT INTO token_infos (token_id, owner, comment, scopes, creation_time, expiry_time)
       VALUES (?, ?, ?, ?, ?, ?)`,
      info.token_id,
      caller.principal.name,
      info.comment,
      scopes.join(' '),
      info.creation_time,
      info.expiry_time,
    );
    return { token_value: made.token, token_info: info };
  },
  grade: 'thin',
  evidence: ['sdk-mocks/families/tokens/tokens.unit.test.ts'],
});
