import { ApiError } from '../../emulator/core/index.ts';
import type { Caller, ServicePrincipal } from '../../emulator/identity/index.ts';
import type { Services } from './define.ts';

/**
 * For operations of the account API, which the workspace's listener serves: the account must be this sandbox's and
 * the caller an admin (docs: account admins; assumed: a workspace admin is one here).
 * `what` completes "Only admins can …". @throws ApiError 403, 404
 */
export function requireAccountAdmin(
  accountId: string | undefined,
  caller: Caller,
  { ports }: Services,
  what: string,
): void {
  if (!caller.principal.groups.includes('admins')) {
    throw new ApiError(403, 'PERMISSION_DENIED', `Only admins can ${what}.`);
  }
  if (accountId !== undefined && accountId !== ports.identity.accountId) {
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Account ${accountId} does not exist.`);
  }
}

/** By numeric SCIM id, which is what these APIs call `service_principal_id` (docs). @throws ApiError 404 */
export function servicePrincipalById(id: string, { ports }: Services): ServicePrincipal {
  const found = ports.identity.directory.find(id);
  if (found?.kind === 'service_principal' && found.id === id) return found;
  throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Service principal with id ${id} does not exist.`);
}

/**
 * One page of a list for APIs with `page_size` and `page_token`. The token is the place of the next item.
 * @throws ApiError 400 for a token that is none of ours
 */
export function pageOf<T>(
  items: readonly T[],
  { page_size, page_token }: { page_size?: number | undefined; page_token?: string | undefined },
): { page: T[]; next: { next_page_token?: string } } {
  const start = page_token ? Number(/^\d{1,9}$/.exec(page_token)?.[0]) : 0;
  if (Number.isNaN(start)) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'page_token is not valid.');
  }
  const end = start + (page_size && page_size > 0 ? page_size : items.length);
  return {
    page: items.slice(start, end),
    next: end < items.length ? { next_page_token: String(end) } : {},
  };
}
