import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../core/index.ts';

/** Seals small values into cookies: nobody without the key can read or make one. */
export interface Sealer {
  /** `<encrypted>|<unix seconds>|<signature>`, the form of the platform's own cookies (field: browser sign-in). */
  seal(purpose: string, value: unknown, now: number): string;
  /** The sealed value, or undefined when it was not sealed by this key for this purpose. */
  open(purpose: string, sealed: string): { value: unknown; sealedAt: number } | undefined;
}

/**
 * A sealer over a 32 byte key. `purpose` is bound into the seal, so a cookie of one name is worthless under
 * another. The key never enters an image, a log or the journal.
 */
export function createSealer(key: Buffer, secrets: Secrets): Sealer {
  const encryptionKey = derive(key, 'encrypt');
  const signingKey = derive(key, 'sign');

  const sign = (purpose: string, encrypted: string, seconds: string) =>
    createHmac('sha256', signingKey).update(`${purpose}|${encrypted}|${seconds}`).digest();

  return {
    seal(purpose, value, now) {
      const iv = secrets.bytes(12);
      const cipher = createCipheriv('aes-256-gcm', encryptionKey, iv);
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      const encrypted = Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
      const seconds = String(Math.floor(now / 1000));
      return `${encrypted}|${seconds}|${sign(purpose, encrypted, seconds).toString('base64url')}`;
    },
    open(purpose, sealed) {
      const [encrypted, seconds, signature, more] = sealed.split('|');
      if (!encrypted || !seconds || !signature || more !== undefined) return undefined;
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(purpose, encrypted, seconds);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
      const bytes = Buffer.from(encrypted, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', encryptionKey, bytes.subarray(0, 12));
      decipher.setAuthTag(bytes.subarray(12, 28));
      const text = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
      return { value: JSON.parse(text), sealedAt: Number(seconds) * 1000 };
    },
  };
}

const derive = (key: Buffer, use: string) =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `brickbox gateway ${use}`, 32));
