/**
 * Virtual time of one sandbox. It starts at wall time and can only be moved forward, so it is never behind
 * the wall clock. Sessions, tokens and timeouts that the sandbox owns follow it.
 */
export interface Clock {
  /** Current virtual time, epoch milliseconds. */
  now(): number;
  /** Current wall time, epoch milliseconds. */
  wall(): number;
  /** How far virtual time is ahead of the wall clock, milliseconds (>= 0). */
  readonly offset: number;
  /** Moves virtual time forward by `ms` (> 0). Throws RangeError otherwise. Returns the new virtual time. */
  advance(ms: number): number;
  /** Called after every `advance` with the new virtual time. Returns the unsubscribe function. */
  onAdvance(listener: (now: number) => void): () => void;
}

/** Makes the clock of a sandbox. `wall` is a port so that tests can stand still. */
export function createClock(wall: () => number = Date.now): Clock {
  let offset = 0;
  const listeners = new Set<(now: number) => void>();
  const now = () => wall() + offset;
  return {
    now,
    wall,
    get offset() {
      return offset;
    },
    advance(ms) {
      if (!Number.isFinite(ms) || ms <= 0) {
        throw new RangeError(`The clock only moves forward: got ${ms} ms, need a number above 0.`);
      }
      offset += ms;
      for (const listener of listeners) listener(now());
      return now();
    },
    onAdvance(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
