import type { CellValue, Column } from '../../sql/index.ts';
import { type ArrowNatives, arrowColumn } from './arrow-columns.ts';
import { sparkJsonType } from './spark-json.ts';
import { parseType } from './spark-type.ts';

export interface ArrowOptions {
  /** Session time zone: TIMESTAMP columns carry it. */
  timeZone: string;
  natives: ArrowNatives;
  /** Spark's type in each field's metadata, as Thrift results have it; Statement Execution has none (recorded). */
  fieldMetadata: boolean;
}

/** Everything as Arrow's own types: what Statement Execution sends (recorded; reference sql-wire 4.3). */
export const allNative: ArrowNatives = {
  timestamps: true,
  decimals: true,
  nested: true,
  intervals: true,
  voids: true,
};

/** Encodes one result as Arrow IPC (docs: Arrow columnar format, IPC streaming). */
export interface ArrowEncoder {
  /** One encapsulated schema message, without end-of-stream marker. */
  readonly schema: Buffer;
  /** One encapsulated record batch message. */
  batch(rows: readonly CellValue[][]): Buffer;
  /** A whole stream: schema, a batch for each `batchRows` rows, end of stream. */
  stream(rows: readonly CellValue[][]): Buffer;
}

/** Rows of one record batch: small enough to stream, large enough to be quick. */
export const batchRows = 4096;

/** The marker that ends a stream: a continuation word and the length 0. */
const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** Makes the encoder of one result. The Arrow library is loaded with the first one. */
export async function createArrowEncoder(
  columns: readonly Column[],
  options: ArrowOptions,
): Promise<ArrowEncoder> {
  const arrow = await import('apache-arrow');
  const made = columns.map(({ name, type, nullable }) => {
    const tree = parseType(type);
    const column = arrowColumn(tree, { arrow, natives: options.natives, timeZone: options.timeZone });
    const metadata = options.fieldMetadata
      ? new Map([
          ['Spark:DataType:SqlName', tree.text],
          ['Spark:DataType:JsonType', JSON.stringify(sparkJsonType(tree))],
        ])
      : undefined;
    return { column, field: new arrow.Field(name, column.type, nullable, metadata) };
  });
  const schema = new arrow.Schema(made.map(({ field }) => field));
  const struct = new arrow.Struct(schema.fields);

  const write = (rows: readonly CellValue[][]): Buffer => {
    const children = made.map(({ column }, index) => column.data(rows.map((row) => row[index] ?? null)));
    const data = arrow.makeData({ type: struct, length: rows.length, nullCount: 0, children });
    const writer = new arrow.RecordBatchStreamWriter();
    writer.write(new arrow.RecordBatch(schema, data));
    writer.finish();
    const bytes: Uint8Array = writer.toUint8Array(true);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const head = schemaMessage(write([]));
  const batch = (rows: readonly CellValue[][]): Buffer =>
    write(rows).subarray(head.length, -endOfStream.length);

  return {
    schema: head,
    batch,
    stream(rows) {
      const parts = [head];
      for (let at = 0; at < rows.length; at += batchRows) parts.push(batch(rows.slice(at, at + batchRows)));
      return Buffer.concat([...parts, endOfStream]);
    },
  };
}

/** The first message of a stream: continuation word, length, metadata; a schema has no body. */
function schemaMessage(stream: Buffer): Buffer {
  return Buffer.from(stream.subarray(0, 8 + stream.readInt32LE(4)));
}
