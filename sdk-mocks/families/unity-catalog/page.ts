import { z } from 'zod';
import { ApiError } from '../../../emulator/core/index.ts';

/** `true` in a query; anything but these two words is refused. */
export const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .optional()
  .transform((value) => value === true || value === 'true');

/** Paging fields of every list. */
export const pageFields = {
  max_results: z.coerce.number().int().optional(),
  page_token: z.string().optional(),
};

/** Items of a page when `max_results` is 0, and the most that a request gets (assumed: the platform's differ by list). */
const serverPage = 100;

/**
 * One page of items sorted by `key`. Without `max_results` everything comes at once; `max_results=0` is the server's
 * page size (code: databricks-sdk-go). The token names the last item, so changes in between shift nothing.
 */
export function page<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  asked: { max_results?: number | undefined; page_token?: string | undefined },
): { items: Item[]; next_page_token?: string } {
  const size = sizeOf(asked.max_results);
  const after = asked.page_token ? decode(asked.page_token) : undefined;
  const rest = items
    .toSorted((a, b) => compare(key(a), key(b)))
    .filter((item) => after === undefined || compare(key(item), after) > 0);
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  if (last === undefined || shown.length === rest.length) return { items: shown };
  return { items: shown, next_page_token: Buffer.from(`after:${key(last)}`).toString('base64url') };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function sizeOf(asked: number | undefined): number {
  if (asked === undefined) return Number.POSITIVE_INFINITY;
  if (asked < 0) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'max_results must not be negative.');
  }
  return asked === 0 ? serverPage : Math.min(asked, serverPage);
}

function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith('after:')) {
    throw new ApiError(400, 'INVALID_PARAMETER_VALUE', 'The page_token is not one that this list gave out.');
  }
  return text.slice('after:'.length);
}
