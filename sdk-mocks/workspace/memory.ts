import type { Memory, Slot } from './define.ts';

export interface OwnedMemory extends Memory {
  /** Drops every value: the world was reset, or the sandbox closes. */
  clear(): void;
}

/** Makes the in-memory side of one sandbox. */
export function createMemory(): OwnedMemory {
  const values = new Map<object, { value: unknown; drop(): void }>();
  return {
    get<T>(slot: Slot<T>): T {
      const kept = values.get(slot);
      // The map is keyed by the slot that made the value, which a type of the map cannot say.
      if (kept) return kept.value as T;
      const value = slot.create();
      values.set(slot, { value, drop: () => slot.drop?.(value) });
      return value;
    },
    clear() {
      const dropped = [...values.values()];
      values.clear();
      for (const { drop } of dropped) drop();
    },
  };
}
