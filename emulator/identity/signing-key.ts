import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BrickboxError } from '../core/index.ts';

/** The RSA key all tokens of this machine are signed with. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** 64 hexadecimal digits, as on the platform. */
  readonly kid: string;
  /** Public key as it appears in the JWKS. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/** Where the key lives unless told otherwise: the user's state folder (XDG on every system). */
export function defaultKeyFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'brickbox');
}

/**
 * Reads the key of this machine and makes it when there is none (once; about 0.1 s). The folder is 0700 and the
 * file 0600. Two processes may call this at the same moment: the first one's key wins.
 * @throws BrickboxError SIGNING_KEY_OPEN when others may read the file, SIGNING_KEY_UNREADABLE when it is no key.
 */
export function loadSigningKey(folder: string = defaultKeyFolder()): SigningKey {
  const file = join(folder, 'signing-key.pem');
  return keyOf(read(file) ?? make(folder, file), file);
}

function read(file: string): string | undefined {
  try {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new BrickboxError('SIGNING_KEY_OPEN', `Other users of this machine may read ${file}.`, {
        fix: `Delete ${file}; a new key is made at the next start.`,
      });
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function make(folder: string, file: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const temporary = join(folder, `.signing-key.${randomUUID()}`);
  writeFileSync(temporary, pem, { mode: 0o600, flag: 'wx' });
  try {
    // A link, unlike a rename, does not replace a key that another process made meanwhile.
    linkSync(temporary, file);
    return pem;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return readFileSync(file, 'utf8');
    throw error;
  } finally {
    unlinkSync(temporary);
  }
}

function keyOf(pem: string, file: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    const publicKey = createPublicKey(privateKey);
    const { kty, n, e } = publicKey.export({ format: 'jwk' });
    if (kty !== 'RSA') throw new Error('not an RSA key');
    const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('hex');
    return { privateKey, publicKey, kid, jwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' } };
  } catch (cause) {
    throw new BrickboxError('SIGNING_KEY_UNREADABLE', `${file} does not hold an RSA key.`, {
      fix: `Delete ${file}; a new key is made at the next start.`,
      cause,
    });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
