import type { Migration } from '../../emulator/state/index.ts';

/** What is in volumes. The bytes are kept outside, by digest. `path` starts with `/`; the root of a volume has no row. */
export const storageMigrations: readonly Migration[] = [
  {
    name: 'storage/1',
    sql: `
      CREATE TABLE storage_entries (
        volume TEXT NOT NULL, path TEXT NOT NULL, parent TEXT NOT NULL,
        digest TEXT, size INTEGER NOT NULL, content_type TEXT, modified_at INTEGER NOT NULL,
        PRIMARY KEY (volume, path)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX storage_children ON storage_entries (volume, parent, path);
      CREATE INDEX storage_digests ON storage_entries (digest);
    `,
  },
];
