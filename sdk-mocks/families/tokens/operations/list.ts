import { z } from 'zod';
import { defineOperation } from '../../../workspace/index.ts';

interface TokenRow {
  token_id: string;
  comment: string;
  scopes: string;
  creation_time: number;
  expiry_time: number;
}

/** The caller's tokens that have not expired, without their values. */
export const listTokens = defineOperation({
  id: 'tokens.list',
  method: 'GET',
  path: '/api/2.0/token/list',
  scope: ['authentication'],
  request: z.object({}),
  handle: ({ caller, services: { store, clock, ports } }) => ({
    token_infos: store
      .all<TokenRow>(
        `SELECT token_id, comment, scopes, creation_time, expiry_time FROM token_infos
         WHERE owner = ? AND (expiry_time = -1 OR expiry_time > ?) ORDER BY creation_time, token_id`,
        caller.principal.name,
        clock.now(),
      )
      // An admin may have ended it.
      .filter(({ token_id }) => ports.identity.tokens.facts(token_id)?.revokedAt == null)
      .map((row) => ({ ...row, scopes: row.scopes.split(' ') })),
  }),
  grade: 'thin',
  evidence: ['sdk-mocks/families/tokens/tokens.unit.test.ts'],
});
