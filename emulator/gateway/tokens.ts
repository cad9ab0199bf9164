import type { Clock } from '../core/index.ts';
import type { Identity, MintedToken, MintRequest } from '../identity/index.ts';
import { Recent } from './recent.ts';

/** A token closer to its end than this is replaced at the next request (virtual milliseconds). */
const renewBefore = 60_000;

/**
 * User tokens forwarded to the app, minted once per session (or bearer token) and renewed on a request, never
 * in between: an open WebSocket keeps the one it began with (field: Streamlit and Gradio apps).
 */
export class ForwardedTokens {
  readonly #minted = new Recent<MintedToken>(5000);
  readonly #minting = new Map<string, Promise<MintedToken>>();
  readonly #identity: Identity;
  readonly #clock: Clock;

  constructor(identity: Identity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
  }

  /** The token kept under `key` while it is fresh, at once and without a promise. */
  cached(key: string): MintedToken | undefined {
    const token = this.#minted.get(key);
    return token && token.expiresAt - this.#clock.now() > renewBefore ? token : undefined;
  }

  /** Mints and keeps; parallel requests of one session share one mint. */
  mint(key: string, request: MintRequest): Promise<MintedToken> {
    const running = this.#minting.get(key);
    if (running) return running;
    const minting = this.#identity.tokens
      .mint(request)
      .then((token) => {
        this.#minted.set(key, token);
        return token;
      })
      .finally(() => this.#minting.delete(key));
    this.#minting.set(key, minting);
    return minting;
  }

  /** A token for one exchange only, kept nowhere. */
  mintOnce(request: MintRequest): Promise<MintedToken> {
    return this.#identity.tokens.mint(request);
  }
}
