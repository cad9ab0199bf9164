/** Numbers that repeat with their seed, so that a failing case can be run again. */
export interface Random {
  /** From 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(items: readonly T[]): T;
  chance(share: number): boolean;
  text(alphabet: string, least: number, most: number): string;
}

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    pick: (items) => items[int(items.length)]!,
    chance: (share) => next() < share,
    text: (alphabet, least, most) =>
      Array.from({ length: least + int(most - least + 1) }, () => alphabet[int(alphabet.length)]).join(''),
  };
}
