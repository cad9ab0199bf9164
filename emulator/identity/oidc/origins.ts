import type { IncomingMessage } from 'node:http';
import { BrickboxError } from '../../core/index.ts';

/** The fixed list of origins this identity answers for. A request for any other host is not answered. */
export interface Origins {
  add(origin: string): void;
  /** The first one added. @throws BrickboxError when there is none yet. */
  main(): string;
  has(origin: string): boolean;
  isIssuer(issuer: string): boolean;
  /** Origin of the list the request was sent to, by scheme and Host header. */
  of(req: IncomingMessage): string | undefined;
}

export function createOrigins(initial: readonly string[]): Origins {
  const known = new Set<string>();
  const add = (origin: string) => {
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!url || url.origin !== origin) {
      throw new BrickboxError('IDENTITY_ORIGIN', `${origin} is not an origin.`, {
        kind: 'internal',
        fix: 'Give scheme, host and port, without a path, for example http://127.0.0.1:4711.',
      });
    }
    known.add(origin);
  };
  for (const origin of initial) add(origin);
  return {
    add,
    main() {
      const first = known.values().next();
      if (!first.done) return first.value;
      throw new BrickboxError('IDENTITY_ORIGIN', 'Identity was asked for its origin before it had one.', {
        kind: 'internal',
      });
    },
    has: (origin) => known.has(origin),
    isIssuer: (issuer) => issuer.endsWith('/oidc') && known.has(issuer.slice(0, -'/oidc'.length)),
    of(req) {
      const scheme = 'encrypted' in req.socket && req.socket.encrypted ? 'https' : 'http';
      const origin = `${scheme}://${(req.headers.host ?? '').toLowerCase()}`;
      return known.has(origin) ? origin : undefined;
    },
  };
}
