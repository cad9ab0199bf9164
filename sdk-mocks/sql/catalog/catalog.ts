import { BrickboxError, type Clock } from '../../../emulator/core/index.ts';
import { createVersioned } from '../../../emulator/policy/index.ts';
import { createHolds, type Store } from '../../../emulator/state/index.ts';
import { createAbacStore } from './abac-store.ts';
import type { Catalog, ObjectName, RelationChange, Segment, TableInfo, VersionDetail } from './contract.ts';
import { createReader, freshCache, parts } from './reader.ts';
import { fullName, functionJson, lower, segmentsOf, tableJson, viewJson } from './rows.ts';
import { createTags } from './tags.ts';
import { createVersions } from './versions.ts';
import { createVolumes } from './volumes.ts';

export interface CatalogOptions {
  /** Opened with `catalogMigrations`. */
  store: Store;
  clock: Clock;
  /** The world and all images have let go of a segment or delete vector: the engine may drop it. */
  onSegmentUnused?: (id: string) => void;
  /** Volumes are gone: one of this full name, or all below this catalog or schema. Runs inside the transaction. */
  onVolumesGone?: (name: string) => void;
}

const idsOf = (segments: readonly Segment[]): string[] =>
  segments.flatMap(({ id, deleteVector }) => (deleteVector === null ? [id] : [id, deleteVector]));

/** The metastore of one sandbox, over rows of its control database. */
export function createCatalog(options: CatalogOptions): Catalog {
  const { store, clock } = options;
  const state = createVersioned(store, 'catalog_version', freshCache);
  const reader = createReader(store, () => state.cache());

  const segmentsWhere = (condition: string, ...values: string[]): string[] =>
    store
      .all<{ segments: string }>(
        `SELECT segments FROM catalog_relations WHERE segments <> '[]' AND ${condition}`,
        ...values,
      )
      .flatMap((row) => idsOf(segmentsOf(row.segments)));
  const keptWhere = (condition: string, ...values: string[]): string[] =>
    store
      .all<{ id: string }>(
        `SELECT id FROM catalog_kept_segments WHERE ${condition}
          UNION SELECT delete_vector FROM catalog_kept_segments WHERE delete_vector IS NOT NULL AND ${condition}`,
        ...values,
        ...values,
      )
      .map((row) => row.id);
  const holds = createHolds(
    'sql-segments',
    () => new Set([...segmentsWhere('1 = 1'), ...keptWhere('1 = 1')]),
    options.onSegmentUnused ?? (() => {}),
  );

  const table = (given: ObjectName): TableInfo => {
    const found = reader.relation(given);
    if (found?.kind === 'table') return found;
    throw new BrickboxError('CATALOG_NO_TABLE', `There is no table ${fullName(lower(given))} to change.`, {
      kind: 'internal',
    });
  };
  const rewrite = (given: ObjectName, change: RelationChange): void => {
    const found = reader.relation(given);
    if (!found) table(given);
    else {
      const { comment: text, ...rest } = change;
      const { comment: old, ...head } = found;
      const kept = text === undefined ? old : (text ?? undefined);
      const comment = kept === undefined ? {} : { comment: kept };
      const definition =
        head.kind === 'view'
          ? viewJson({ ...head, ...viewPart(rest), ...comment })
          : tableJson({ ...head, ...rest, ...comment });
      state.change((version) =>
        store.run(
          'UPDATE catalog_relations SET definition = ?, version = ? WHERE catalog = ? AND schema = ? AND name = ?',
          definition,
          version,
          ...parts(lower(given)),
        ),
      );
    }
  };
  const addContainer = (
    catalog: string,
    schema: string,
    owner: string,
    comment: string | undefined,
  ): void => {
    state.change(() =>
      store.run(
        `INSERT INTO catalog_containers (catalog, schema, owner, comment, created_at, created_by)
          VALUES (?, ?, ?, ?, ?, ?)`,
        catalog.toLowerCase(),
        schema.toLowerCase(),
        owner,
        comment ?? null,
        clock.now(),
        owner,
      ),
    );
  };
  const versions = createVersions(store, holds.dropped);
  const record = (name: ObjectName, operation: string, how?: VersionDetail): void =>
    versions.record(table(name), clock.now(), operation, how);
  const putRelation = (
    given: ObjectName,
    row: { owner: string; createdBy?: string; definition: string },
  ): void => {
    const name = lower(given);
    holds.dropped(segmentsWhere('catalog = ? AND schema = ? AND name = ?', ...parts(name)));
    state.change((version) =>
      store.run(
        `INSERT OR REPLACE INTO catalog_relations
          (catalog, schema, name, version, owner, created_at, created_by, definition, segments)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, '[]')`,
        ...parts(name),
        version,
        row.owner,
        clock.now(),
        row.createdBy ?? row.owner,
        row.definition,
      ),
    );
  };

  const tags = createTags(store, state);
  const abac = createAbacStore({ store, clock, state });
  const volumes = createVolumes({ store, clock, state });
  return {
    ...reader,
    ...volumes,
    tags,
    abac,
    history: (given) => versions.history(lower(given)),
    tableAt: (given, version) => versions.at(table(given), version),
    name: holds.name,
    freeze: holds.freeze,
    thaw: holds.thaw,
    release: holds.release,
    get version() {
      return state.version;
    },
    transaction: (work) => store.transaction(work),
    createCatalog: (name, owner, comment) => addContainer(name, '', owner, comment),
    createSchema: (catalog, schema, owner, comment) => addContainer(catalog, schema, owner, comment),
    createTable(given) {
      const { columns, comment, defaults = new Map<string, string>() } = given;
      const definition = tableJson({
        kind: 'table',
        columns,
        rowFilter: null,
        masks: new Map(),
        defaults,
        ...(comment === undefined ? {} : { comment }),
      });
      putRelation(given.name, { ...given, definition });
      const name = lower(given.name);
      record(name, versions.history(name).length > 0 ? 'CREATE OR REPLACE TABLE' : 'CREATE TABLE');
      // Assumed: rows of a replaced table are not shown again, since its filters and masks do not cover them now.
      versions.forget(name);
    },
    createView: (view) => putRelation(view.name, { owner: view.owner, definition: viewJson(view) }),
    createFunction(fn) {
      state.change((version) =>
        store.run(
          `INSERT OR REPLACE INTO catalog_functions
            (catalog, schema, name, version, owner, created_at, created_by, definition)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...parts(lower(fn.name)),
          version,
          fn.owner,
          clock.now(),
          fn.owner,
          functionJson(fn),
        ),
      );
    },
    drop(kind, given) {
      const { where, values } = place(kind, given);
      if (kind !== 'function' && kind !== 'volume')
        holds.dropped([...segmentsWhere(where, ...values), ...keptWhere(where, ...values)]);
      state.change(() => {
        for (const name of tablesOf(kind)) store.run(`DELETE FROM ${name} WHERE ${where}`, ...values);
        const full = values.filter((part) => part !== '').join('.');
        tags.forget(kind === 'view' ? 'table' : kind, full);
        abac.forget(kind, full);
        if (kind === 'volume' || kind === 'schema' || kind === 'catalog') options.onVolumesGone?.(full);
      });
    },
    setOwner(kind, given, owner) {
      const { where, values } = place(kind, given);
      state.change((version) => {
        if (kind === 'catalog' || kind === 'schema') {
          const schema = kind === 'catalog' ? '' : (given.schema ?? '').toLowerCase();
          store.run(
            'UPDATE catalog_containers SET owner = ? WHERE catalog = ? AND schema = ?',
            owner,
            (given.catalog ?? '').toLowerCase(),
            schema,
          );
          return;
        }
        if (kind === 'volume') {
          store.run(`UPDATE catalog_volumes SET owner = ? WHERE ${where}`, owner, ...values);
          return;
        }
        const name = kind === 'function' ? 'catalog_functions' : 'catalog_relations';
        store.run(`UPDATE ${name} SET owner = ?, version = ? WHERE ${where}`, owner, version, ...values);
      });
    },
    rename(from, to) {
      const [before, after] = [lower(from), lower(to)];
      state.change((version) => {
        const set = 'SET catalog = ?, schema = ?, name = ?';
        const where = 'WHERE catalog = ? AND schema = ? AND name = ?';
        store.run(
          `UPDATE catalog_relations ${set}, version = ? ${where}`,
          ...parts(after),
          version,
          ...parts(before),
        );
        for (const rows of ['catalog_history', 'catalog_kept_segments'])
          store.run(`UPDATE ${rows} ${set} ${where}`, ...parts(after), ...parts(before));
        tags.move('table', fullName(before), fullName(after));
        abac.move(fullName(before), fullName(after));
      });
    },
    alter(given, change, operation) {
      rewrite(given, change);
      const found = reader.relation(given);
      if (operation === undefined || found?.kind !== 'table') return;
      record(lower(given), operation);
      // Tags of a dropped column are gone, and with them the masks that covered it: its values are not shown again.
      if (operation === 'DROP COLUMNS') versions.forget(found.name);
    },
    setComment(kind, given, comment) {
      const { where, values } = place(kind, given);
      state.change((version) => {
        if (kind === 'function') {
          const fn = reader.function({ catalog: '', schema: '', name: '', ...given });
          if (!fn) return;
          const { comment: _, ...rest } = fn;
          const definition = functionJson(comment === null ? rest : { ...rest, comment });
          store.run(
            `UPDATE catalog_functions SET definition = ?, version = ? WHERE ${where}`,
            definition,
            version,
            ...values,
          );
        } else if (kind === 'volume') {
          store.run(`UPDATE catalog_volumes SET comment = ? WHERE ${where}`, comment, ...values);
        } else {
          store.run(
            'UPDATE catalog_containers SET comment = ? WHERE catalog = ? AND schema = ?',
            comment,
            (given.catalog ?? '').toLowerCase(),
            kind === 'catalog' ? '' : (given.schema ?? '').toLowerCase(),
          );
        }
      });
    },
    setRowFilter: (name, rowFilter) => rewrite(name, { rowFilter }),
    setMask(name, column, mask) {
      const masks = new Map(table(name).masks);
      if (mask) masks.set(column.toLowerCase(), mask);
      else masks.delete(column.toLowerCase());
      rewrite(name, { masks });
    },
    setSegments(given, segments, operation, how) {
      const before = idsOf(table(given).segments);
      const name = lower(given);
      holds.added(idsOf(segments));
      state.change((version) => {
        store.run(
          'UPDATE catalog_relations SET segments = ?, version = ? WHERE catalog = ? AND schema = ? AND name = ?',
          JSON.stringify(segments),
          version,
          ...parts(name),
        );
        record(name, operation, how);
      });
      holds.dropped(before);
    },
  };
}

/** Of a change, what a view has. */
function viewPart({ columns, properties }: RelationChange) {
  return { ...(columns ? { columns } : {}), ...(properties ? { properties } : {}) };
}

type Kind = Parameters<Catalog['drop']>[0];

/** Tables whose rows belong to an object of the kind; containers take what is inside along. */
function tablesOf(kind: Kind): string[] {
  if (kind === 'function') return ['catalog_functions'];
  if (kind === 'volume') return ['catalog_volumes'];
  if (kind === 'table' || kind === 'view')
    return ['catalog_relations', 'catalog_history', 'catalog_kept_segments'];
  return [
    'catalog_containers',
    'catalog_relations',
    'catalog_functions',
    'catalog_history',
    'catalog_kept_segments',
    'catalog_volumes',
  ];
}

/** Condition and values that pick an object, with everything inside for a catalog or schema. */
function place(kind: Kind, given: Partial<ObjectName>): { where: string; values: string[] } {
  const name = lower({ catalog: '', schema: '', name: '', ...given });
  if (kind === 'catalog') return { where: 'catalog = ?', values: [name.catalog] };
  if (kind === 'schema') return { where: 'catalog = ? AND schema = ?', values: [name.catalog, name.schema] };
  return { where: 'catalog = ? AND schema = ? AND name = ?', values: parts(name) };
}
