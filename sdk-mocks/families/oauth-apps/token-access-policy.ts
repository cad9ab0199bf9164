import { z } from 'zod';
import type { TokenAccessPolicy } from '../../../emulator/identity/index.ts';

/** `token_access_policy` of a request. */
export const tokenAccessPolicy = z.object({
  access_token_ttl_in_minutes: z.number().int().optional(),
  refresh_token_ttl_in_minutes: z.number().int().optional(),
  absolute_session_lifetime_in_minutes: z.number().int().optional(),
  enable_single_use_refresh_tokens: z.boolean().optional(),
});

export function readPolicy(given: z.output<typeof tokenAccessPolicy> | undefined): TokenAccessPolicy {
  const access = given?.access_token_ttl_in_minutes;
  const refresh = given?.refresh_token_ttl_in_minutes;
  const session = given?.absolute_session_lifetime_in_minutes;
  const single = given?.enable_single_use_refresh_tokens;
  return {
    ...(access === undefined ? {} : { accessTokenMinutes: access }),
    ...(refresh === undefined ? {} : { refreshTokenMinutes: refresh }),
    ...(session === undefined ? {} : { sessionMinutes: session }),
    ...(single === undefined ? {} : { singleUseRefreshTokens: single }),
  };
}

/** As the API shows it; what nobody set is left out. */
export function shownPolicy(policy: TokenAccessPolicy): object {
  return {
    access_token_ttl_in_minutes: policy.accessTokenMinutes,
    refresh_token_ttl_in_minutes: policy.refreshTokenMinutes,
    absolute_session_lifetime_in_minutes: policy.sessionMinutes,
    enable_single_use_refresh_tokens: policy.singleUseRefreshTokens,
  };
}
