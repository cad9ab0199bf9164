/**
 * Synthetic addresses for names, from the benchmarking range 198.18.0.0/15 (RFC 2544), which is routed nowhere.
 * One for each name, kept for the life of the sandbox, so that a later connection is known by its name.
 */
export interface Addresses {
  of(name: string): string;
  nameOf(address: string): string | undefined;
}

const rangeSize = 2 ** 17 - 2;

export function createAddresses(): Addresses {
  const byName = new Map<string, string>();
  const byAddress = new Map<string, string>();
  return {
    of(name) {
      const known = byName.get(name);
      if (known) return known;
      const number = (byName.size % rangeSize) + 1;
      const address = `198.${18 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
      byName.set(name, address);
      byAddress.set(address, name);
      return address;
    },
    nameOf: (address) => byAddress.get(address),
  };
}
