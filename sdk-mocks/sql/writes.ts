import { type Clock, SqlError } from '../../emulator/core/index.ts';
import type { Catalog, Segment, TableInfo } from './catalog/index.ts';
import { fold } from './compaction.ts';
import type { Column } from './contract.ts';
import {
  notSupported,
  parseQueryText,
  parseType,
  type Query,
  quotedName,
  type Type,
  typeText,
  unresolvedColumn,
} from './dialect/index.ts';
import { copyRows, createTableSql, type Engine } from './duckdb/index.ts';
import {
  type Asker,
  type Instances,
  type QueryReader,
  type ReadRelation,
  tableFor,
} from './governance/index.ts';
import type { Statement } from './parser/index.ts';
import { refuseNulls } from './required.ts';
import { sameShape } from './same-shape.ts';
import type { Commands } from './statements/index.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

interface Parts {
  reader: QueryReader;
  instances: Instances;
  engine: Engine;
  catalog: Catalog;
  commands: Commands;
  clock: Clock;
}

/** Statements that write rows. The reading half runs where queries run; the rows become a new immutable segment. */
export class Writer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @returns rows written. @throws SqlError of the query, of MODIFY, of arity and of NOT NULL. */
  async insert(
    statement: Of<'insert'>,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<number> {
    const { commands, catalog } = this.#parts;
    const by = { caller: asker.caller, session: asker.session };
    const table = commands.writable(statement.target, by);
    if (statement.overwrite) refuseOverwrite(tableFor(table, asker.caller, catalog));
    const query = this.#insertQuery(statement, table, asker);
    const types = table.columns.map((column) => parseType(column.type));
    const segment = await this.#write(query, types, asker, signal, seen, (id) =>
      refuseNulls(this.#parts.engine, table, id),
    );
    const folded = statement.overwrite ? undefined : await fold(this.#parts.engine, catalog, table.name);
    let now: TableInfo;
    try {
      now = sameShape(catalog, table);
    } catch (error) {
      this.#parts.engine.dropSegment(segment.id);
      folded?.apply([]); // Fits no list, so it is dropped.
      throw error;
    }
    const kept = statement.overwrite ? [] : (folded?.apply(now.segments) ?? now.segments);
    catalog.setSegments(table.name, [...kept, ...segments(segment)], 'WRITE', {
      parameters: { mode: statement.overwrite ? 'Overwrite' : 'Append', partitionBy: '[]' },
      metrics: written(segment),
    });
    if (segment.rows === 0) this.#parts.engine.dropSegment(segment.id);
    return segment.rows;
  }

  async createTableAs(
    statement: Of<'create_table'>,
    text: string,
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
  ): Promise<void> {
    const { commands, catalog, reader } = this.#parts;
    const by = { caller: asker.caller, session: asker.session };
    const target = commands.target(statement, by);
    if (target.action === 'skip') return;
    const query = parseQueryText(text);
    const prepared = reader.prepare(query, asker);
    const columns = prepared.bound.columns.map(
      ({ name, type }): Column => ({
        name,
        type: typeText(type.kind === 'void' ? parseType('STRING') : type),
        nullable: true,
      }),
    );
    const segment = await this.#write(
      query,
      columns.map((c) => parseType(c.type)),
      asker,
      signal,
      seen,
    );
    const verb = statement.orReplace ? 'CREATE OR REPLACE' : 'CREATE';
    catalog.transaction(() => {
      commands.make(statement, columns, target, by);
      catalog.setSegments(target.name, segments(segment), `${verb} TABLE AS SELECT`, {
        metrics: written(segment),
        amend: true,
      });
    });
  }

  /** The query is bound with the creator's rights: SELECT on everything it reads. */
  createView(statement: Of<'create_view'>, asker: Asker): void {
    const { commands, reader } = this.#parts;
    const by = { caller: asker.caller, session: asker.session };
    const target = commands.target(statement, by);
    if (target.action === 'skip') return;
    const prepared = reader.prepare(parseQueryText(statement.query), { ...asker, parameters: [] });
    const [temporary] = prepared.temporary;
    if (temporary !== undefined) throw temporaryReference(statement.name, temporary);
    const { columns } = prepared.bound;
    if (statement.columns && statement.columns.length !== columns.length) {
      throw new SqlError(
        'CREATE_VIEW_COLUMN_ARITY_MISMATCH',
        '21S01',
        `Cannot create view ${quotedName(statement.name)}, the number of columns does not match: the view has ${statement.columns.length}, its query ${columns.length}.`,
      );
    }
    const made = columns.map(({ name, type }, i): Column => {
      const given = statement.columns?.[i];
      return {
        name: given?.name ?? name,
        type: typeText(type),
        nullable: true,
        ...(given?.comment === undefined ? {} : { comment: given.comment }),
      };
    });
    commands.make(statement, made, target, by);
  }

  /** The source with the table's columns in order; what is not given is the default or NULL. */
  #insertQuery(statement: Of<'insert'>, table: TableInfo, asker: Asker): Query {
    const source = parseQueryText(statement.source);
    const names =
      statement.columns ??
      (statement.byName ? this.#parts.reader.prepare(source, asker).bound.columns.map((c) => c.name) : null);
    if (!names) {
      const width = this.#parts.reader.prepare(source, asker).bound.columns.length;
      if (width !== table.columns.length) throw arity(table, width, table.columns.length);
      return source;
    }
    const lower = names.map((name) => name.toLowerCase());
    for (const name of lower) {
      if (!table.columns.some((c) => c.name.toLowerCase() === name))
        throw unresolvedColumn(
          [name],
          table.columns.map((c) => c.name),
        );
    }
    const width = this.#parts.reader.prepare(source, asker).bound.columns.length;
    if (width !== names.length) throw arity(table, width, names.length);
    const renamed = names.map((_n, i) => `i${i}`);
    const items = table.columns.map((column) => {
      const index = lower.indexOf(column.name.toLowerCase());
      return index >= 0 ? `s.${renamed[index]}` : (table.defaults.get(column.name.toLowerCase()) ?? 'NULL');
    });
    const query = parseQueryText(`SELECT ${items.join(', ')} FROM (VALUES 1) AS s(i0)`);
    return withSource(query, source, renamed);
  }

  async #write(
    query: Query,
    types: readonly Type[],
    asker: Asker,
    signal: AbortSignal,
    seen: ReadRelation[],
    check: (id: string) => Promise<void> = async () => {},
  ): Promise<Segment> {
    const { reader, instances, engine } = this.#parts;
    const prepared = reader.prepare(query, asker);
    seen.push(...prepared.relations);
    const instance = await instances.lend(reader.instanceKey(asker, null), asker.session.timeZone);
    const trusted = await engine.trusted();
    const id = engine.randomName('s');
    try {
      await trusted.use((lent) => lent.run(createTableSql(id, types)));
      const rows = await reader.run(prepared, instance, asker, {
        types,
        signal,
        use: (result) => copyRows(result, trusted, id),
      });
      await check(id);
      return { id, rows, deleteVector: null };
    } catch (error) {
      engine.dropSegment(id);
      throw error;
    } finally {
      await instances.release(instance);
    }
  }
}

const written = ({ rows }: Segment) => ({ numFiles: rows > 0 ? '1' : '0', numOutputRows: `${rows}` });

const segments = (segment: Segment): Segment[] => (segment.rows === 0 ? [] : [segment]);

/** Puts the source in the place of the stand-in of a template `SELECT … FROM (VALUES 1) AS s(i0)`. */
function withSource(template: Query, source: Query, columns: readonly string[]): Query {
  if (template.body.kind !== 'select') return template;
  return {
    ...template,
    body: {
      ...template.body,
      from: { kind: 'subquery', query: source, alias: { name: 's', columns }, lateral: false, at: 0 },
    },
  };
}

function arity(table: TableInfo, given: number, wanted: number): SqlError {
  const { catalog, schema, name } = table.name;
  const sub = given > wanted ? 'TOO_MANY_DATA_COLUMNS' : 'NOT_ENOUGH_DATA_COLUMNS';
  return new SqlError(
    `INSERT_COLUMN_ARITY_MISMATCH.${sub}`,
    '21S01',
    `Cannot write to ${quotedName([catalog, schema, name])}, the reason is ${given > wanted ? 'too many' : 'not enough'} data columns: the table takes ${wanted}, the data has ${given}.`,
  );
}

/** Public sources do not say whether hidden rows go too, so nothing is destroyed on a guess (docs/decisions). */
function refuseOverwrite({ name, rowFilter }: TableInfo): void {
  if (rowFilter === null) return;
  throw notSupported(
    `INSERT OVERWRITE of ${quotedName([name.catalog, name.schema, name.name])}, because the table has a row filter and rows that are hidden from you would be lost,`,
    'DELETE the rows you see, then INSERT; or drop the row filter first.',
  );
}

function temporaryReference(view: readonly string[], temporary: string): SqlError {
  return new SqlError(
    'INVALID_TEMP_OBJ_REFERENCE',
    '42K0F',
    `Cannot create the persistent object ${quotedName(view)} of the type VIEW because it references to the temporary object ${quotedName([temporary])} of the type VIEW. Please make the temporary object ${quotedName([temporary])} persistent, or make the persistent object ${quotedName(view)} temporary.`,
  );
}
