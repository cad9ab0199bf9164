import type { Clock } from '../../../emulator/core/index.ts';
import type { Versioned } from '../../../emulator/policy/index.ts';
import type { Store } from '../../../emulator/state/index.ts';
import type { Catalog, VolumeInfo } from './contract.ts';
import { parts } from './reader.ts';
import { lower } from './rows.ts';

interface VolumeRow {
  catalog: string;
  schema: string;
  name: string;
  owner: string;
  comment: string | null;
  created_at: number;
  created_by: string;
}

/** Volumes as the catalog knows them; their files are kept elsewhere. */
export function createVolumes(options: {
  store: Store;
  clock: Clock;
  state: Versioned<unknown>;
}): Pick<Catalog, 'volumes' | 'volume' | 'createVolume'> {
  const { store, clock, state } = options;
  return {
    volumes: (catalog, schema) =>
      store
        .all<VolumeRow>(
          'SELECT * FROM catalog_volumes WHERE catalog = ? AND schema = ? ORDER BY name',
          catalog.toLowerCase(),
          schema.toLowerCase(),
        )
        .map(volumeOf),
    volume(given) {
      const row = store.get<VolumeRow>(
        'SELECT * FROM catalog_volumes WHERE catalog = ? AND schema = ? AND name = ?',
        ...parts(lower(given)),
      );
      return row && volumeOf(row);
    },
    createVolume: ({ name, owner, comment }) =>
      state.change(() => {
        store.run(
          `INSERT INTO catalog_volumes (catalog, schema, name, owner, comment, created_at, created_by)
            VALUES (?, ?, ?, ?, ?, ?, ?)`,
          ...parts(lower(name)),
          owner,
          comment ?? null,
          clock.now(),
          owner,
        );
      }),
  };
}

function volumeOf(row: VolumeRow): VolumeInfo {
  return {
    name: { catalog: row.catalog, schema: row.schema, name: row.name },
    owner: row.owner,
    createdAt: row.created_at,
    createdBy: row.created_by,
    ...(row.comment === null ? {} : { comment: row.comment }),
  };
}
