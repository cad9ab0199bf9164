import type { CellValue, Column } from '../../sql/index.ts';
import {
  type ArrowNatives,
  batchRows,
  columnSetEncoder,
  createArrowEncoder,
  lz4Frame,
  parseType,
  type ResultLinks,
  rowSize,
  type TypeTree,
} from '../results/index.ts';
import type { ThriftStruct } from './codec/index.ts';
import type { ThriftSettings } from './settings.ts';
import { rowSetTypes, success } from './status.ts';

/** How one result goes to its client. */
export interface Delivery {
  format: keyof typeof rowSetTypes;
  lz4: boolean;
  natives: ArrowNatives;
  timeZone: string;
}

/** Where files of a result are offered, and whose they are. */
export interface FileOffer {
  links: ResultLinks;
  owner: string;
  group: string;
}

export interface PageRequest {
  maxRows: number;
  maxBytes: number;
  /** `http://127.0.0.1:PORT`: links lead where the client came from. */
  origin: string;
}

/** The rows of one operation, handed out page by page. */
export class ResultSet {
  readonly columns: readonly Column[];
  readonly #rows: readonly CellValue[][];
  readonly #delivery: Delivery;
  readonly #settings: ThriftSettings;
  readonly #offer: FileOffer;
  #position = 0;

  constructor(
    result: { columns: readonly Column[]; rows: readonly CellValue[][] },
    delivery: Delivery,
    settings: ThriftSettings,
    offer: FileOffer,
  ) {
    this.columns = result.columns;
    this.#rows = result.rows;
    this.#delivery = delivery;
    this.#settings = settings;
    this.#offer = offer;
  }

  get format(): Delivery['format'] {
    return this.#delivery.format;
  }

  /** Moves to a row, 0-based. */
  seek(row: number): void {
    this.#position = Math.max(0, Math.min(row, this.#rows.length));
  }

  /** TGetResultSetMetadataResp. */
  async metadata(): Promise<ThriftStruct> {
    const { format, lz4 } = this.#delivery;
    const resultFormat = rowSetTypes[format];
    const base = { status: success, schema: this.#schema(), resultFormat, lz4Compressed: lz4 };
    const common = { ...base, cacheLookupResult: 0, isStagingOperation: false };
    if (format === 'columns') return common;
    const { schema } = await this.#encoder();
    return { ...common, arrowSchema: schema };
  }

  /** TFetchResultsResp from the current position on. */
  async page(request: PageRequest): Promise<ThriftStruct> {
    const start = this.#position;
    const results = await this.#rowSet(request);
    const hasMoreRows = this.#position < this.#rows.length;
    return { status: success, hasMoreRows, results: { startRowOffset: start, rows: [], ...results } };
  }

  async #rowSet(request: PageRequest): Promise<ThriftStruct> {
    const { format } = this.#delivery;
    if (format === 'urls') return { resultLinks: await this.#files(request) };
    const maxBytes = Math.min(request.maxBytes, this.#settings.pageBytes);
    const rows = this.#take(request.maxRows, maxBytes);
    if (format === 'columns') return this.#columnSet(rows);
    const encoder = await this.#encoder();
    const arrowBatches: ThriftStruct[] = [];
    for (let at = 0; at < rows.length; at += batchRows) {
      const part = rows.slice(at, at + batchRows);
      arrowBatches.push({ batch: this.#compressed(encoder.batch(part)), rowCount: part.length });
    }
    return { arrowBatches };
  }

  #columnSet(rows: readonly CellValue[][]): ThriftStruct {
    const [types, cells] = this.columns.length > 0 ? [this.#types(), rows] : [[parseType('STRING')], []];
    const sets = columnSetEncoder(types, this.#delivery.timeZone)(cells);
    return { columns: sets.map(({ field, values, nulls }) => ({ [field]: { values, nulls } })) };
  }

  /** Files of the next rows. Each is made twice when it is fetched twice, and kept never. */
  async #files({ origin }: PageRequest): Promise<ThriftStruct[]> {
    const encoder = await this.#encoder();
    const files: ThriftStruct[] = [];
    while (files.length < this.#settings.filesPerPage && this.#position < this.#rows.length) {
      const start = this.#position;
      const rows = this.#take(Number.POSITIVE_INFINITY, this.#settings.fileBytes);
      const first = encoder.stream(rows);
      let kept: Buffer | undefined = first;
      const { owner, group, links } = this.#offer;
      const { path, expiresAt } = links.offer({
        owner,
        group,
        contentType: 'application/octet-stream',
        bytes: () => {
          const bytes = kept ?? encoder.stream(rows);
          kept = undefined;
          return this.#compressed(bytes);
        },
      });
      files.push({
        fileLink: `${origin}${path}`,
        expiryTime: expiresAt,
        startRowOffset: start,
        rowCount: rows.length,
        bytesNum: first.length,
        httpHeaders: {},
      });
    }
    return files;
  }

  #take(maxRows: number, maxBytes: number): readonly CellValue[][] {
    const start = this.#position;
    let bytes = 0;
    while (this.#position < this.#rows.length && this.#position - start < maxRows) {
      bytes += rowSize(this.#rows[this.#position] ?? []);
      if (bytes > maxBytes && this.#position > start) break;
      this.#position += 1;
    }
    return this.#rows.slice(start, this.#position);
  }

  #encoder() {
    const { natives, timeZone } = this.#delivery;
    return createArrowEncoder(this.columns, { natives, timeZone, fieldMetadata: true });
  }

  #compressed(bytes: Buffer): Buffer {
    return this.#delivery.lz4 ? lz4Frame(bytes) : bytes;
  }

  #types(): TypeTree[] {
    return this.columns.map(({ type }) => parseType(type));
  }

  /** TTableSchema. A statement without columns shows one, `Result`, and none in Arrow (recorded). */
  #schema(): ThriftStruct {
    if (this.columns.length === 0)
      return { columns: [columnDescription('Result', parseType('STRING'), 1, this.#delivery)] };
    const types = this.#types();
    return {
      columns: this.columns.map(({ name }, index) =>
        columnDescription(name, types[index] ?? parseType('STRING'), index + 1, this.#delivery),
      ),
    };
  }
}

function columnDescription(name: string, type: TypeTree, position: number, delivery: Delivery): ThriftStruct {
  const qualifiers: ThriftStruct =
    type.kind === 'scalar' && type.name === 'DECIMAL'
      ? {
          typeQualifiers: {
            qualifiers: {
              precision: { i32Value: type.parameters[0] ?? 10 },
              scale: { i32Value: type.parameters[1] ?? 0 },
            },
          },
        }
      : {};
  const primitiveEntry = { type: typeId(type, delivery), ...qualifiers };
  return { columnName: name, typeDesc: { types: [{ primitiveEntry }] }, position, comment: '' };
}

/** Values of TTypeId by type (recorded; reference sql-wire 3.8). */
const typeIds: Readonly<Record<string, number>> = {
  BOOLEAN: 0,
  TINYINT: 1,
  SMALLINT: 2,
  INT: 3,
  BIGINT: 4,
  FLOAT: 5,
  DOUBLE: 6,
  TIMESTAMP: 8,
  TIMESTAMP_NTZ: 8,
  BINARY: 9,
  DECIMAL: 15,
  DATE: 17,
};
const stringType = 7;

function typeId(type: TypeTree, { format, natives }: Delivery): number {
  if (type.kind === 'array') return 10;
  if (type.kind === 'map') return 11;
  if (type.kind === 'struct') return 12;
  if (type.name === 'VOID') return format === 'columns' || natives.voids ? 16 : stringType;
  if (type.name === 'INTERVAL') return /^(?:YEAR|MONTH)/.test(type.interval ?? '') ? 20 : 21;
  return typeIds[type.name] ?? stringType;
}
