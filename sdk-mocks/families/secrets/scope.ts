import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';
import type { Need, Services } from '../../workspace/index.ts';

/** Names of scopes and keys (docs: secret management). */
export const name = z
  .string()
  .regex(/^[\w.@/-]{1,128}$/, 'up to 128 letters, digits, dashes, underscores, @, / and periods');

export const evidence = ['sdk-mocks/families/secrets/secrets.unit.test.ts'];

export const refOf = (scope: string) => ({ kind: 'SECRET_SCOPE', name: scope }) as const;

/** The level an operation asks for on the scope of its input. @throws ApiError 404 when there is no such scope */
export const needs =
  (level: 'READ' | 'WRITE' | 'MANAGE') =>
  ({ scope }: { scope: string }, { policy }: Services): Need[] => {
    if (!policy.securables.exists(refOf(scope))) {
      throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Scope ${scope} does not exist!`);
    }
    return [{ privilege: level, on: refOf(scope) }];
  };
