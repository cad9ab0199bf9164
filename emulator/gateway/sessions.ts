import { z } from 'zod';
import type { Clock, Secrets } from '../core/index.ts';
import type { Directory, Principal } from '../identity/index.ts';
import { Recent } from './recent.ts';
import type { Sealer } from './seal.ts';

/** A signed-in person (or, for tests, a service principal) at one gateway. */
export interface Session {
  id: string;
  principal: Principal;
  /** What was consented to at sign-in. Widening the app's scopes does not widen it (field). */
  scopes: readonly string[];
}

/** What the cookie carries, sealed. `order` grows by one with each session, for `end`. */
const sealedSession = z.object({
  id: z.string(),
  user: z.string(),
  scopes: z.array(z.string()),
  order: z.number(),
});
type SealedSession = z.infer<typeof sealedSession> & { sealedAt: number };

interface SessionParts {
  clock: Clock;
  secrets: Secrets;
  sealer: Sealer;
  directory: Directory;
  /** Name of the session cookie; bound into the seal. */
  cookie: string;
  /** Milliseconds of virtual time. */
  ttl: number;
}

/**
 * Sessions of one gateway. They live in sealed cookies, not in the world's state, so they stay valid after a
 * reset; what is kept here is only which of them have ended.
 */
export class Sessions {
  /** By cookie value: decrypting costs more than the rest of a request. */
  readonly #opened = new Recent<SealedSession>(2000);
  readonly #byId = new Recent<SealedSession>(2000);
  readonly #ended = new Map<string, number>();
  readonly #endedFor = new Map<string, number>();
  #endedAll = 0;
  #order: number;
  readonly #parts: SessionParts;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#order = parts.clock.now();
  }

  /** Starts a session and returns its cookie value. */
  start(principal: Principal, scopes: readonly string[]): { id: string; value: string } {
    const { clock, secrets, sealer, cookie } = this.#parts;
    this.#order += 1;
    const id = secrets.uuid();
    const content = { id, user: principal.name, scopes: [...scopes], order: this.#order };
    const value = sealer.seal(cookie, content, clock.now());
    this.#keep(value, { ...content, sealedAt: clock.now() });
    return { id, value };
  }

  /** The session of a cookie value, if it is ours, still lives, and its principal is still active. */
  find(value: string): Session | undefined {
    const sealed = this.#open(value);
    if (!sealed || this.#isOver(sealed)) return undefined;
    const principal = this.#parts.directory.find(sealed.user);
    if (!principal?.active) return undefined;
    return { id: sealed.id, principal, scopes: sealed.scopes };
  }

  /** Ends one session: its cookie is refused from now on, wherever it was copied to. */
  end(id: string): void {
    const now = this.#parts.clock.now();
    // In the order of their ends: the clock never goes back and all live equally long.
    for (const [old, until] of this.#ended) {
      if (until >= now) break;
      this.#ended.delete(old);
    }
    this.#ended.delete(id);
    this.#ended.set(id, now + this.#parts.ttl);
  }

  /** Ends every session, or every session of one principal. */
  endAll(principal?: Principal): void {
    if (principal) this.#endedFor.set(principal.name, this.#order);
    else this.#endedAll = this.#order;
  }

  /** `ended` covers sign-out, `endSessions` and expiry; `unknown` when this gateway has not seen the id. */
  state(id: string): 'open' | 'ended' | 'unknown' {
    if (this.#ended.has(id)) return 'ended';
    const sealed = this.#byId.get(id);
    if (!sealed) return 'unknown';
    return this.#isOver(sealed) ? 'ended' : 'open';
  }

  #keep(value: string, sealed: SealedSession): void {
    this.#opened.set(value, sealed);
    this.#byId.set(sealed.id, sealed);
  }

  #isOver(sealed: SealedSession): boolean {
    return (
      sealed.order <= this.#endedAll ||
      sealed.order <= (this.#endedFor.get(sealed.user) ?? 0) ||
      this.#ended.has(sealed.id) ||
      this.#parts.clock.now() >= sealed.sealedAt + this.#parts.ttl
    );
  }

  #open(value: string): SealedSession | undefined {
    const known = this.#opened.get(value);
    if (known) return known;
    const opened = this.#parts.sealer.open(this.#parts.cookie, value);
    if (!opened) return undefined;
    const content = sealedSession.safeParse(opened.value);
    if (!content.success) return undefined;
    const sealed = { ...content.data, sealedAt: opened.sealedAt };
    this.#keep(value, sealed);
    return sealed;
  }
}
