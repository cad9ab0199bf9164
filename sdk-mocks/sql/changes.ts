import { SqlError } from '../../emulator/core/index.ts';
import type { Catalog, ObjectName, TableInfo } from './catalog/index.ts';
import { type Change, type ChangePlan, planChange } from './change-plans.ts';
import { fold } from './compaction.ts';
import type { CellValue, Column } from './contract.ts';
import { notSupported, parseType, type Query, quotedName, t } from './dialect/index.ts';
import { checkFinalText, copyRows, createTableSql, type Engine } from './duckdb/index.ts';
import {
  type Asker,
  type Instances,
  mergeRefusal,
  type QueryReader,
  type ReadRelation,
  tableFor,
} from './governance/index.ts';
import type { Statement } from './parser/index.ts';
import { refuseNulls } from './required.ts';
import { type ChangeCounts, stageChange } from './segment-changes.ts';
import { type Commands, tableRef } from './statements/index.ts';

interface Parts {
  reader: QueryReader;
  instances: Instances;
  engine: Engine;
  catalog: Catalog;
  commands: Commands;
}

export interface ChangeResult {
  columns: Column[];
  rows: CellValue[][];
  affectedRows: number;
}

const attempts = 5;

/**
 * UPDATE, DELETE, MERGE and TRUNCATE. The reading half runs where the caller's queries run, over visible rows, and
 * gives row ids with new values; the trusted instance applies them. Assumed: only rows the caller sees are changed,
 * since the documentation is silent.
 */
export class Changer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws SqlError of MODIFY and SELECT, of the expressions, of NOT NULL, and of rows matched twice. */
  async change(
    change: Change,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<ChangeResult> {
    const { catalog, commands } = this.#parts;
    const by = { caller: asker.caller, session: asker.session };
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const table = commands.writable(change.table, by, change.kind.toUpperCase());
      commands.resolver.require(asker.caller, 'SELECT', tableRef(table.name));
      if (change.kind === 'merge') refuseMerge(tableFor(table, asker.caller, catalog), catalog);
      const counts = await this.#attempt(change, table, asker, signal, seen);
      if (counts) return resultOf(change.kind, counts);
      seen.length = 0;
    }
    throw new SqlError(
      'DELTA_CONCURRENT_DELETE_READ',
      '2D521',
      'The rows this statement read were changed by other statements at the same time. Please try the operation again.',
    );
  }

  /** On a table with a row filter the visible rows go, else all (assumed). */
  async truncate(
    statement: Extract<Statement, { kind: 'truncate' }>,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<void> {
    const { catalog, commands } = this.#parts;
    const by = { caller: asker.caller, session: asker.session };
    const table = commands.writable(statement.table, by, 'TRUNCATE TABLE');
    if (!tableFor(table, asker.caller, catalog).rowFilter)
      return catalog.setSegments(table.name, [], 'TRUNCATE');
    await this.change({ ...statement, kind: 'delete', alias: null, where: null }, asker, signal, seen);
  }

  async #attempt(
    change: Change,
    table: TableInfo,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<ChangeCounts | undefined> {
    const { engine, catalog } = this.#parts;
    const token = engine.randomName('t');
    const plan = planChange(change, table, token);
    const changes = engine.randomName('c');
    const trusted = await engine.trusted();
    try {
      const types = [t.bigint, t.int, ...table.columns.map((column) => parseType(column.type))];
      await trusted.use((lent) => lent.run(createTableSql(changes, types)));
      for (const query of plan.readings)
        await this.#read(query, { token, table }, changes, asker, signal, seen);
      const staged = await stageChange(engine, table, plan, changes, (id) => refuseNulls(engine, table, id));
      signal.throwIfAborted();
      const { updated, deleted, inserted } = staged.counts;
      if (updated + deleted + inserted === 0) return staged.counts;
      let committed = false;
      try {
        committed = staged.commit(catalog, change.kind.toUpperCase());
      } finally {
        if (!committed) staged.discard();
      }
      if (!committed) return undefined;
      await this.#fold(table.name);
      return staged.counts;
    } finally {
      engine.dropSegment(changes);
    }
  }

  async #fold(name: ObjectName): Promise<void> {
    const { engine, catalog } = this.#parts;
    const folded = await fold(engine, catalog, name);
    const now = folded && catalog.relation(name);
    if (now?.kind !== 'table') return;
    const list = folded?.apply(now.segments) ?? now.segments;
    if (list.length < now.segments.length) catalog.setSegments(name, list, 'OPTIMIZE');
  }

  async #read(
    query: ChangePlan['readings'][number],
    target: { token: string; table: TableInfo },
    changes: string,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<void> {
    const { reader, instances, engine } = this.#parts;
    const prepared = reader.prepare(query satisfies Query, asker, { target });
    for (const relation of prepared.relations) {
      if (!seen.some((known) => known.name === relation.name)) seen.push(relation);
    }
    const types = [t.bigint, t.int, ...target.table.columns.map((column) => parseType(column.type))];
    const trusted = await engine.trusted();
    const instance = await instances.lend(reader.instanceKey(asker, null), asker.session.timeZone);
    try {
      await reader.run(prepared, instance, asker, {
        types,
        signal,
        check: (lent, sql) => checkFinalText(lent, sql, prepared.tables),
        use: (result) => copyRows(result, trusted, changes),
      });
    } finally {
      await instances.release(instance);
    }
  }
}

function refuseMerge(table: TableInfo, catalog: Catalog): void {
  const reason = mergeRefusal(table, catalog);
  if (reason === undefined) return;
  const { catalog: container, schema, name } = table.name;
  throw notSupported(
    `MERGE INTO ${quotedName([container, schema, name])}, because ${reason},`,
    'Write the policy function without subqueries and without random values, or change the rows with UPDATE, DELETE and INSERT.',
  );
}

/** Columns as the platform's warehouse answers a change. */
function resultOf(kind: Change['kind'], { updated, deleted, inserted }: ChangeCounts): ChangeResult {
  const affectedRows = updated + deleted + inserted;
  const cells: [string, number][] = [['num_affected_rows', affectedRows]];
  if (kind === 'merge') {
    cells.push(['num_updated_rows', updated], ['num_deleted_rows', deleted], ['num_inserted_rows', inserted]);
  }
  return {
    columns: cells.map(([name]) => ({ name, type: 'BIGINT', nullable: true })),
    rows: [cells.map(([, value]) => BigInt(value))],
    affectedRows,
  };
}
