import { type Clock, hashSecret, type Secrets } from '../../../emulator/core/index.ts';
import type { Link, LinkAction, Redeemed } from './contract.ts';

/** Path of the storage host on the workspace's listener; the token follows. */
export const storagePath = '/brickbox-storage/v1/';

interface Kept extends Redeemed {
  expiresAt: number;
}

/** Seconds a link lives when nobody says (assumed: the platform's are 15 minutes). */
const defaultSeconds = 900;
/** Links kept at once; the oldest go first. */
const most = 10_000;

/** Links given out in this sandbox, by the hash of their token. They are not part of images. */
export class Links {
  readonly #clock: Clock;
  readonly #secrets: Secrets;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock;
    this.#secrets = secrets;
  }

  make(link: Redeemed, seconds = defaultSeconds): Link {
    const token = this.#secrets.hex(32);
    const expiresAt = this.#clock.now() + seconds * 1000;
    this.#kept.set(hashSecret(token), { ...link, expiresAt });
    for (const [hash, { expiresAt: end }] of this.#kept) {
      if (this.#kept.size <= most && end > this.#clock.now()) break;
      this.#kept.delete(hash);
    }
    return { url: `${storagePath}${token}`, expiresAt };
  }

  /** A link for PUT may be used again until it expires, as those of object stores. */
  find(token: string, action: LinkAction): Redeemed | undefined {
    const found = this.#kept.get(hashSecret(token));
    if (found?.action !== action || found.expiresAt <= this.#clock.now()) return undefined;
    const { caller, path, overwrite } = found;
    return { caller, action, path, overwrite };
  }
}
