import { timingSafeEqual } from 'node:crypto';
import { hashSecret, type Secrets } from '../../core/index.ts';

/** The apps that may use the proxy, each with its own token, so that attempts are attributed to the app. */
export interface Clients {
  /** Makes a token for an app; tokens given earlier to the same app stay good (old processes may still run). */
  admit(app: string): string;
  /** The app a token belongs to. */
  appOf(token: string): string | undefined;
  /** The app of a `Proxy-Authorization` header. */
  appOfHeader(header: string | undefined): string | undefined;
}

export function createClients(secrets: Secrets): Clients {
  const admitted: { app: string; hash: Buffer }[] = [];
  const appOf = (token: string) => {
    const hash = Buffer.from(hashSecret(token));
    return admitted.find((client) => timingSafeEqual(client.hash, hash))?.app;
  };
  return {
    admit(app) {
      const token = secrets.hex(24);
      admitted.push({ app, hash: Buffer.from(hashSecret(token)) });
      return token;
    },
    appOf,
    appOfHeader(header) {
      const [scheme, value] = header?.split(' ') ?? [];
      if (scheme?.toLowerCase() !== 'basic' || !value) return undefined;
      const [, ...password] = Buffer.from(value, 'base64').toString('utf8').split(':');
      return appOf(password.join(':'));
    },
  };
}
