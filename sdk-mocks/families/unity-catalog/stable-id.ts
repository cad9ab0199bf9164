import { createHash } from 'node:crypto';
import type { Services } from '../../workspace/index.ts';

/**
 * A uuid made of what identifies an object: the same in every run with the same seed, another one after the object was
 * dropped and made again at another time.
 */
export function stableId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/** The one metastore of the account. */
export function metastoreId({ ports }: Services): string {
  return stableId('metastore', ports.identity.accountId);
}
