import type { DuckDBType } from '@duckdb/node-api';
import { BrickboxError } from '../../emulator/core/index.ts';
import type { Caller, Policy } from '../../emulator/policy/index.ts';
import type { Catalog } from './catalog/index.ts';
import { cast, parseType, quote, type Type, t, typeText } from './dialect/index.ts';
import { type Connections, copyRows, createTableSql, type Engine, sparkError } from './duckdb/index.ts';
import type { Commands } from './statements/index.ts';

interface Parts {
  engine: Engine;
  catalog: Catalog;
  commands: Commands;
  policy: Policy;
}

interface SourceColumn {
  name: string;
  type: Type;
  /** SQL that reads it, with struct fields by position. */
  sql: string;
}

/**
 * Loads a CSV, JSON or Parquet file of the configuration into a table, as the seeding admin. A missing table is made
 * with the columns and types of the file; an existing one takes the columns by name, cast to its types.
 * @throws BrickboxError for the file, SqlError for the table.
 */
export async function loadFile(
  parts: Parts,
  request: { caller: Caller; table: string; file: string },
): Promise<{ rows: number }> {
  const { engine, catalog, commands } = parts;
  const loader = await engine.loader();
  try {
    const by = { caller: request.caller, session: { catalog: 'main', schema: 'default', timeZone: 'UTC' } };
    const name = commands.resolver.object(request.table.split('.'), by.session);
    commands.resolver.openSchema(by.caller, name.catalog, name.schema);
    const existing = catalog.relation(name);
    const source = reader(request.file, existing !== undefined);
    const found = await describe(loader, source, request.file);
    if (!existing) {
      const columns = found.map((column) => ({
        name: column.name,
        type: typeText(column.type),
        nullable: true,
      }));
      commands.execute(
        {
          kind: 'create_table',
          name: request.table.split('.'),
          ifNotExists: false,
          orReplace: false,
          columns,
          position: 0,
        },
        by,
      );
    }
    const table = commands.writable(request.table.split('.'), by);
    const types = table.columns.map((column) => parseType(column.type));
    const items = table.columns.map((column, i) => {
      const from = found.find((candidate) => candidate.name.toLowerCase() === column.name.toLowerCase());
      const type = types[i] ?? t.string;
      if (!from) return `${cast({ sql: 'NULL', type: t.void, name: 'NULL' }, type).sql} AS c${i}`;
      return `${cast({ sql: from.sql, type: from.type, name: from.name, simple: true }, type).sql} AS c${i}`;
    });
    const id = engine.randomName('s');
    const trusted = await engine.trusted();
    await trusted.use((lent) => lent.run(createTableSql(id, types)));
    const rows = await loader.use(async ({ connection }) =>
      copyRows(await connection.stream(`SELECT ${items.join(', ')} FROM ${source} AS f`), trusted, id),
    );
    if (rows > 0)
      catalog.setSegments(table.name, [...table.segments, { id, rows, deleteVector: null }], 'WRITE', {
        metrics: { numFiles: '1', numOutputRows: `${rows}` },
      });
    return { rows };
  } catch (error) {
    if (error instanceof BrickboxError) throw error;
    throw sparkError(error);
  } finally {
    loader.close();
  }
}

/** CSV is read as text when the table gives the types: casts then follow the platform's rules. */
function reader(file: string, typed: boolean): string {
  const path = quote(file);
  if (/\.(csv|tsv)(\.gz)?$/i.test(file))
    return `read_csv(${path}, header = true${typed ? ', all_varchar = true' : ''})`;
  if (/\.(json|jsonl|ndjson)(\.gz)?$/i.test(file)) return `read_json_auto(${path})`;
  if (/\.parquet$/i.test(file)) return `read_parquet(${path})`;
  throw new BrickboxError('SEED_FILE_TYPE', `The file ${file} is neither CSV, JSON nor Parquet.`, {
    fix: 'Use a file that ends in .csv, .json, .jsonl or .parquet.',
  });
}

async function describe(loader: Connections, source: string, file: string): Promise<SourceColumn[]> {
  try {
    return await loader.use(async ({ connection }) => {
      const result = await connection.run(`SELECT * FROM ${source} AS f LIMIT 0`);
      return result.columnNames().map((name, i) => {
        const column = `f."${name.replaceAll('"', '""')}"`;
        return { name, ...converted(column, result.columnType(i), 0) };
      });
    });
  } catch (error) {
    throw new BrickboxError('SEED_FILE', `The file ${file} cannot be read as a table.`, {
      fix: 'Check that the file exists and is well formed.',
      cause: error,
    });
  }
}

const plain: Record<string, Type> = {
  BOOLEAN: t.boolean,
  TINYINT: t.tinyint,
  SMALLINT: t.smallint,
  INTEGER: t.int,
  BIGINT: t.bigint,
  UTINYINT: t.smallint,
  USMALLINT: t.int,
  UINTEGER: t.bigint,
  FLOAT: t.float,
  DOUBLE: t.double,
  VARCHAR: t.string,
  BLOB: t.binary,
  DATE: t.date,
};

/** A column of the file as a Spark type, struct fields turned from names to positions. */
function converted(sql: string, type: DuckDBType, depth: number): { type: Type; sql: string } {
  const text = type.toString();
  const known = plain[text];
  if (known) return { type: known, sql };
  if (text.startsWith('TIMESTAMP')) return { type: t.timestamp, sql: `CAST(${sql} AS TIMESTAMPTZ)` };
  if (text === 'HUGEINT' || text === 'UBIGINT' || text === 'UHUGEINT')
    return { type: t.decimal(38, 0), sql: `CAST(${sql} AS DECIMAL(38,0))` };
  const variable = `l${depth}`;
  if ('valueType' in type && 'keyType' in type)
    return { type: t.string, sql: `CAST(to_json(${sql}) AS VARCHAR)` };
  if ('scale' in type && 'width' in type) return { type: t.decimal(type.width, type.scale), sql };
  if ('entryNames' in type && 'entryTypes' in type && 'entryCount' in type) {
    const names = type.entryNames;
    const parts = type.entryTypes.map((entry, i) => ({
      name: names[i] ?? '',
      ...converted(`${variable}."${(names[i] ?? '').replaceAll('"', '""')}"`, entry, depth + 1),
    }));
    const packed = parts.map((part, i) => `f${i} := ${part.sql}`).join(', ');
    return {
      type: { kind: 'struct', fields: parts.map((part) => ({ name: part.name, type: part.type })) },
      sql: `list_transform([${sql}], lambda ${variable}: CASE WHEN ${variable} IS NULL THEN NULL ELSE struct_pack(${packed}) END)[1]`,
    };
  }
  if ('valueType' in type && !('length' in type)) {
    const element = converted(variable, type.valueType, depth + 1);
    return { type: t.array(element.type), sql: `list_transform(${sql}, lambda ${variable}: ${element.sql})` };
  }
  return { type: t.string, sql: `CAST(${sql} AS VARCHAR)` };
}
