import { BrickboxError } from '../core/index.ts';
import type { Faults } from '../faults/index.ts';
import type { Image } from '../state/index.ts';
import type { RunningApp } from './apps.ts';
import type { World } from './world.ts';

/** Reset and snapshots of one sandbox. The baseline is the world as it is when this is made. */
export interface Chapters {
  reset(): Promise<void>;
  snapshot(name: string): void;
  /** @throws BrickboxError SNAPSHOT_UNKNOWN */
  restore(name: string): Promise<void>;
  names(): string[];
}

export function createChapters(
  world: World,
  apps: ReadonlyMap<string, RunningApp>,
  faults: Faults,
): Chapters {
  const baseline = world.images.take();
  const baselineIds = world.ids.mark();
  const images = new Map<string, { image: Image; ids: ReturnType<World['ids']['mark']> }>();

  const apply = async (image: Image, ids: ReturnType<World['ids']['mark']>, why: string) => {
    await Promise.all([...apps.values()].map((app) => app.gateway.drain(why)));
    world.images.apply(image);
    world.ids.return(ids);
  };

  return {
    async reset() {
      await apply(baseline, baselineIds, 'The sandbox was reset while this request was open.');
      faults.clear();
    },
    snapshot(name) {
      const old = images.get(name);
      images.set(name, { image: world.images.take(), ids: world.ids.mark() });
      if (old) world.images.release(old.image);
    },
    async restore(name) {
      const kept = images.get(name);
      if (!kept) {
        throw new BrickboxError('SNAPSHOT_UNKNOWN', `There is no snapshot "${name}".`, {
          fix:
            images.size > 0
              ? `Use one of ${[...images.keys()].join(', ')}.`
              : 'Take one first: brickbox snapshot NAME.',
        });
      }
      await apply(kept.image, kept.ids, `The snapshot "${name}" was restored while this request was open.`);
    },
    names: () => [...images.keys()],
  };
}
