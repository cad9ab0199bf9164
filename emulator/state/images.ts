import type { Store } from './store.ts';

/** Points to something immutable outside the control database (table segments, volume objects). Opaque to all but its owner. */
export type Ref = string;

/** A store beside SQLite that takes part in images. References are counted by the owner. */
export interface Freezable {
  readonly name: string;
  /** References to all that the world now uses; each holds its target until `release`. */
  freeze(): Ref[];
  /** Makes the world use these references again (after the control database was swapped). */
  thaw(refs: readonly Ref[]): void;
  /** Gives references back; targets nobody holds may be deleted. */
  release(refs: readonly Ref[]): void;
}

/** The frozen state of a sandbox. */
export interface Image {
  readonly db: Buffer;
  readonly refs: Readonly<Record<string, readonly Ref[]>>;
}

/** Takes and applies images over the control database and every freezable store. */
export interface Images {
  take(): Image;
  apply(image: Image): void;
  release(image: Image): void;
}

export function createImages(store: Store, freezables: readonly Freezable[]): Images {
  return {
    take: () => ({
      db: store.serialize(),
      refs: Object.fromEntries(freezables.map((part) => [part.name, part.freeze()])),
    }),
    apply(image) {
      store.swap(image.db);
      for (const part of freezables) part.thaw(image.refs[part.name] ?? []);
    },
    release(image) {
      for (const part of freezables) part.release(image.refs[part.name] ?? []);
    },
  };
}
