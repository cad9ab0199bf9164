import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { BrickboxError } from '../core/index.ts';
import type { Leaf } from './authority.ts';

export type { Leaf };

/** What `tls.createServer` takes as `SNICallback`. */
export type SniCallback = (
  name: string,
  done: (error: Error | null, context?: SecureContext) => void,
) => void;

/** Certificates of one run: an authority whose keys live in memory only, and leaves on demand. */
export interface RunCertificates {
  /**
   * Chain and key for these names, made once per set.
   * @throws BrickboxError TLS_NAME_NOT_ALLOWED for a name the authority may not sign for.
   */
  leaf(names: readonly string[]): Promise<Leaf>;
  /** Gives each server name its own leaf; unknown names end the handshake. */
  readonly sni: SniCallback;
  /** PEM of the root, to be appended to what a client trusts. */
  bundle(): string;
  /** Revocation lists by path, to be served as `application/pkix-crl` under `crlOrigin`. Empty when none was given. */
  crls(): ReadonlyMap<string, Buffer>;
}

/** Where the revocation lists are, below `crlOrigin`. */
export const crlPaths = {
  leaves: '/.brickbox/crl/leaves.crl',
  intermediate: '/.brickbox/crl/intermediate.crl',
} as const;

/**
 * Makes the certificates of a run: a root, and an intermediate critically constrained to `names`, `localhost`
 * and loopback addresses. The X.509 library is loaded here and not before.
 * @param options.names DNS names (workspace, Lakebase, apps, stubs), each with its subdomains.
 * @param options.wall epoch milliseconds of wall time.
 * @param options.crlOrigin plain http origin that serves `crls()`; leaves point at it.
 */
export async function createRunCertificates(options: {
  names: readonly string[];
  wall: () => number;
  crlOrigin?: string;
}): Promise<RunCertificates> {
  const { createAuthority } = await import('./authority.ts');
  const allowed = [...new Set([...options.names.map((name) => name.toLowerCase()), 'localhost'])];
  const { crlOrigin } = options;
  const authority = await createAuthority({
    names: allowed,
    wall: options.wall(),
    crlUrls:
      crlOrigin === undefined
        ? undefined
        : {
            leaves: `${crlOrigin}${crlPaths.leaves}`,
            intermediate: `${crlOrigin}${crlPaths.intermediate}`,
          },
  });
  const leaves = new Map<string, Promise<Leaf>>();
  const contexts = new Map<string, Promise<SecureContext>>();

  const leaf = (names: readonly string[]): Promise<Leaf> => {
    const refused = names.find((name) => !isAllowed(name, allowed));
    if (refused !== undefined || names.length === 0) return Promise.reject(notAllowed(refused ?? ''));
    const key = names.join(' ').toLowerCase();
    const made = leaves.get(key) ?? authority.sign(names);
    leaves.set(key, made);
    return made;
  };
  const context = (name: string): Promise<SecureContext> => {
    const made = contexts.get(name) ?? leaf([name]).then(createSecureContext);
    if (isAllowed(name, allowed)) contexts.set(name, made);
    return made;
  };
  return {
    leaf,
    sni: (name, done) => {
      context(name.toLowerCase()).then(
        (found) => done(null, found),
        (error: Error) => done(error),
      );
    },
    bundle: () => authority.root,
    crls: () =>
      new Map(
        crlOrigin === undefined
          ? []
          : [
              [crlPaths.leaves, authority.crls.leaves],
              [crlPaths.intermediate, authority.crls.intermediate],
            ],
      ),
  };
}

function isAllowed(name: string, allowed: readonly string[]): boolean {
  if (isIP(name) === 4) return name.startsWith('127.');
  if (isIP(name) === 6) return name === '::1';
  const lower = name.toLowerCase().replace(/^\*\./, '');
  return allowed.some((one) => lower === one || lower.endsWith(`.${one}`));
}

function notAllowed(name: string): BrickboxError {
  return new BrickboxError(
    'TLS_NAME_NOT_ALLOWED',
    `The certificate authority of this run may not sign for "${name}".`,
    {
      fix: 'Give the name to createRunCertificates when the run starts; the constraint cannot be widened later.',
    },
  );
}
