import type { Freezable } from './images.ts';

/** Counts who holds immutable things outside the control database, so that each goes when nobody needs it. */
export interface Holds extends Freezable {
  /** The world now names these. */
  added(ids: readonly string[]): void;
  /** The world may have stopped using these; looked at once the running transaction has ended. */
  dropped(ids: readonly string[]): void;
}

/**
 * Who holds which thing (a table segment, a volume object): the present world, and every image taken and not released.
 * `inUse` reads the ids of the present world from the database, so a rolled back change leaves them in use.
 */
export function createHolds(
  name: string,
  inUse: () => ReadonlySet<string>,
  onUnused: (id: string) => void,
): Holds {
  const known = new Set(inUse());
  const frozen = new Map<string, number>();
  let suspects = new Set<string>();

  const sweep = () => {
    const looking = suspects;
    suspects = new Set();
    let used: ReadonlySet<string>;
    try {
      used = inUse();
    } catch {
      return; // The store was closed in the meantime: its things go with it.
    }
    for (const id of looking) {
      if (used.has(id) || frozen.has(id) || !known.delete(id)) continue;
      onUnused(id);
    }
  };
  const suspect = (ids: Iterable<string>) => {
    // A microtask runs after the synchronous transaction, so nothing is dropped that a rollback brings back.
    if (suspects.size === 0) queueMicrotask(sweep);
    for (const id of ids) suspects.add(id);
  };

  return {
    name,
    added(ids) {
      for (const id of ids) known.add(id);
    },
    dropped(ids) {
      if (ids.length > 0) suspect(ids);
    },
    freeze() {
      const ids = [...inUse()];
      for (const id of ids) frozen.set(id, (frozen.get(id) ?? 0) + 1);
      return ids;
    },
    thaw(refs) {
      for (const id of refs) known.add(id);
      suspect([...known]);
    },
    release(refs) {
      const free: string[] = [];
      for (const id of refs) {
        const count = frozen.get(id);
        if (count === undefined) continue;
        if (count > 1) frozen.set(id, count - 1);
        else {
          frozen.delete(id);
          known.add(id);
          free.push(id);
        }
      }
      if (free.length > 0) suspect(free);
    },
  };
}
