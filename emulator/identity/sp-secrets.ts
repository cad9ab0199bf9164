import { ApiError, type Clock, hashSecret, type Secrets } from '../core/index.ts';
import type { Store } from '../state/index.ts';
import type { InnerDirectory } from './directory.ts';
import { stringList } from './rows.ts';
import { unknownScopes } from './scopes.ts';
import type { SecretFacts, TokenService } from './service.ts';
import type { ServicePrincipal } from './types.ts';

/** Limits of the platform (docs: OAuth machine-to-machine). */
const mostSecrets = 5;
const longestLifetime = 730 * 24 * 3600;

/** OAuth secrets of service principals: `dose` and 32 hexadecimal digits, stored hashed in the world. */
export interface SpSecrets {
  create: TokenService['createSecret'];
  list: TokenService['secrets'];
  delete(applicationId: string, id: string): boolean;
  /** The active service principal this secret belongs to, and the scopes the secret is limited to, if it is. */
  authenticate(
    applicationId: string,
    secret: string,
  ): { principal: ServicePrincipal; scopes: readonly string[] | null } | undefined;
}

export function createSpSecrets(parts: {
  store: Store;
  clock: Clock;
  secrets: Secrets;
  directory: InnerDirectory;
}): SpSecrets {
  const { store, clock, secrets, directory } = parts;
  const owner = (applicationId: string): ServicePrincipal => {
    const found = directory.find(applicationId);
    if (found?.kind === 'service_principal') return found;
    throw new ApiError(404, 'RESOURCE_DOES_NOT_EXIST', `Service principal ${applicationId} does not exist.`);
  };
  const list = (id: string) =>
    store.all<{ id: string; hash: string; created_at: number; expires_at: number; scopes: string | null }>(
      'SELECT id, hash, created_at, expires_at, scopes FROM identity_secrets WHERE principal_id = ? ORDER BY rowid',
      id,
    );
  return {
    create(applicationId, { lifetime = longestLifetime, scopes } = {}) {
      const { id: principalId } = owner(applicationId);
      if (list(principalId).length >= mostSecrets) {
        throw new ApiError(
          400,
          'RESOURCE_EXHAUSTED',
          `A service principal has at most ${mostSecrets} secrets. Delete one first.`,
        );
      }
      const unknown = unknownScopes(scopes ?? [])[0];
      if (unknown !== undefined) {
        throw new ApiError(
          400,
          'INVALID_PARAMETER_VALUE',
          `The specified scope ${unknown} is not a valid scope`,
        );
      }
      const secret = `dose${secrets.hex(16)}`;
      const id = secrets.uuid();
      const now = clock.now();
      store.run(
        'INSERT INTO identity_secrets (id, principal_id, hash, created_at, expires_at, scopes) VALUES (?, ?, ?, ?, ?, ?)',
        id,
        principalId,
        hashSecret(secret),
        now,
        now + Math.min(lifetime, longestLifetime) * 1000,
        scopes ? JSON.stringify(scopes) : null,
      );
      return { id, secret };
    },
    list: (applicationId): SecretFacts[] =>
      list(owner(applicationId).id).map((row) => ({
        id: row.id,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
        hash: row.hash,
        scopes: row.scopes === null ? null : stringList(row.scopes),
      })),
    delete(applicationId, id) {
      const found = directory.find(applicationId);
      if (found?.kind !== 'service_principal') return false;
      return (
        store.run('DELETE FROM identity_secrets WHERE id = ? AND principal_id = ?', id, found.id).changes > 0
      );
    },
    authenticate(applicationId, secret) {
      const found = directory.find(applicationId);
      // Aliases and numeric ids name a service principal elsewhere, but are no OAuth client id.
      if (found?.kind !== 'service_principal' || found.name !== applicationId || !found.active)
        return undefined;
      const hash = hashSecret(secret);
      const row = list(found.id).find((one) => one.hash === hash && one.expires_at > clock.now());
      return row && { principal: found, scopes: row.scopes === null ? null : stringList(row.scopes) };
    },
  };
}
