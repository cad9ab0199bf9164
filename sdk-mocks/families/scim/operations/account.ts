import { z } from 'zod';
import { ApiError } from '../../../../emulator/core/index.ts';
import { defineOperation, type Operation, requireAccountAdmin } from '../../../workspace/index.ts';
import { scimError } from '../error.ts';

const evidence = ['sdk-mocks/families/scim/account.unit.test.ts'];

/**
 * The same operation on the account's path. A sandbox has one workspace, so account and workspace know the same
 * people; here only admins may even look (docs: account admins).
 */
export function onAccount(operation: Operation): Operation {
  return defineOperation({
    ...operation,
    id: `account_${operation.id}`,
    path: operation.path.replace('/api/2.0/preview/scim/', '/api/2.0/accounts/{account_id}/scim/'),
    request: z.intersection(operation.request, z.object({ account_id: z.string() })),
    handle(exchange) {
      const { input, caller, services } = exchange;
      try {
        requireAccountAdmin(input.account_id, caller, services, 'use the account’s directory');
      } catch (error) {
        throw error instanceof ApiError ? scimError(error.status, error.message) : error;
      }
      return operation.handle(exchange);
    },
    grade: 'thin',
    evidence,
  });
}
