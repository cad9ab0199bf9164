import { ApiError } from '../../../emulator/core/index.ts';
import type { SqlSession } from '../../sql/index.ts';
import { defineSlot, type Services } from '../../workspace/index.ts';
import { ownerOf } from './statements.ts';

type Caller = Parameters<Services['policy']['authorizer']['check']>[0];

/** A session of a driver: what USE and its configuration changed. */
export interface DriverSession {
  readonly id: string;
  readonly owner: string;
  readonly warehouse: string;
  sql: SqlSession;
  /** Virtual epoch milliseconds. */
  lastUsed: number;
}

/** A session nobody used for so long has ended, virtual milliseconds; how many one sandbox holds (both assumed). */
const idle = 8 * 60 * 60_000;
const most = 5_000;

/** Open sessions of one sandbox, least recently used first. */
export class DriverSessions {
  readonly #byId = new Map<string, DriverSession>();

  get size(): number {
    return this.#byId.size;
  }

  /** @throws ApiError 429 when too many are open. */
  open(id: string, caller: Caller, warehouse: string, sql: SqlSession, now: number): DriverSession {
    this.#expire(now);
    if (this.#byId.size >= most) {
      throw new ApiError(429, 'RESOURCE_EXHAUSTED', `${most} sessions are open; close some first.`);
    }
    const session = { id, owner: ownerOf(caller), warehouse, sql, lastUsed: now };
    this.#byId.set(id, session);
    return session;
  }

  /** @throws ApiError 404 for one that is unknown, somebody else's, of another warehouse, or has ended. */
  use(id: string, caller: Caller, warehouse: string, now: number): DriverSession {
    this.#expire(now);
    const found = this.#byId.get(id);
    if (found?.owner !== ownerOf(caller) || found.warehouse !== warehouse) {
      // assumed: code and text
      throw new ApiError(404, 'NOT_FOUND', `The session ${id} was not found.`);
    }
    found.lastUsed = now;
    this.#byId.delete(id);
    this.#byId.set(id, found);
    return found;
  }

  /** @throws ApiError 404 as `use`. */
  close(id: string, caller: Caller, warehouse: string, now: number): void {
    this.use(id, caller, warehouse, now);
    this.#byId.delete(id);
  }

  #expire(now: number): void {
    for (const [id, { lastUsed }] of this.#byId) {
      if (now - lastUsed <= idle) return;
      this.#byId.delete(id);
    }
  }
}

export const sessionsSlot = defineSlot<DriverSessions>({
  name: 'driver sessions',
  create: () => new DriverSessions(),
});
