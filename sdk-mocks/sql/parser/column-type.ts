import type { SparkType } from '../contract.ts';
import { Cursor } from './cursor.ts';
import { identifier } from './names.ts';

/** A type in the forms of Spark's JSON and of the Unity Catalog API (code: databricks-sdk-py service/catalog.py ColumnTypeName). */
export interface ColumnType {
  /** `LONG`, `STRING`, `ARRAY`. */
  name: string;
  /** Spark's JSON: a name such as `long`, or an object for nested types. */
  json: string | object;
  /** Of DECIMAL. */
  precision?: number;
  scale?: number;
  /** Of INTERVAL: `YEAR TO MONTH`. */
  interval?: string;
}

const simple: Readonly<Record<string, readonly [name: string, json: string]>> = {
  BOOLEAN: ['BOOLEAN', 'boolean'],
  TINYINT: ['BYTE', 'byte'],
  SMALLINT: ['SHORT', 'short'],
  INT: ['INT', 'integer'],
  BIGINT: ['LONG', 'long'],
  FLOAT: ['FLOAT', 'float'],
  DOUBLE: ['DOUBLE', 'double'],
  STRING: ['STRING', 'string'],
  BINARY: ['BINARY', 'binary'],
  DATE: ['DATE', 'date'],
  TIMESTAMP: ['TIMESTAMP', 'timestamp'],
  TIMESTAMP_NTZ: ['TIMESTAMP_NTZ', 'timestamp_ntz'],
  VARIANT: ['VARIANT', 'variant'],
  VOID: ['NULL', 'void'],
};

/**
 * Reads a type as the parser writes it (`DECIMAL(10,2)`, `STRUCT<a: INT>`).
 * @throws SqlError when the text is no type.
 */
export function columnType(type: SparkType): ColumnType {
  const cursor = new Cursor(type);
  const found = read(cursor);
  cursor.finish();
  return found;
}

function read(cursor: Cursor): ColumnType {
  const word = identifier(cursor).toUpperCase();
  switch (word) {
    case 'DECIMAL': {
      const [precision = 10, scale = 0] = cursor.list(() => Number(cursor.next().text));
      return { name: 'DECIMAL', json: `decimal(${precision},${scale})`, precision, scale };
    }
    case 'CHAR':
    case 'VARCHAR': {
      const [size] = cursor.list(() => Number(cursor.next().text));
      return { name: word === 'CHAR' ? 'CHAR' : 'STRING', json: `${word.toLowerCase()}(${size})` };
    }
    case 'INTERVAL': {
      let interval = identifier(cursor).toUpperCase();
      if (cursor.accept('TO')) interval += ` TO ${identifier(cursor).toUpperCase()}`;
      return { name: 'INTERVAL', json: `interval ${interval.toLowerCase()}`, interval };
    }
    case 'ARRAY':
      return inAngles(cursor, () => ({
        name: 'ARRAY',
        json: { type: 'array', elementType: read(cursor).json, containsNull: true },
      }));
    case 'MAP':
      return inAngles(cursor, () => {
        const keyType = read(cursor).json;
        cursor.expectSymbol(',');
        const valueType = read(cursor).json;
        return { name: 'MAP', json: { type: 'map', keyType, valueType, valueContainsNull: true } };
      });
    case 'STRUCT':
      return { name: 'STRUCT', json: { type: 'struct', fields: fields(cursor) } };
    default: {
      const plain = simple[word];
      if (plain === undefined) throw cursor.unexpected();
      if (cursor.accept('COLLATE')) identifier(cursor);
      return { name: plain[0], json: plain[1] };
    }
  }
}

function inAngles(cursor: Cursor, inside: () => ColumnType): ColumnType {
  cursor.expectSymbol('<');
  const type = cursor.nested(inside);
  cursor.expectSymbol('>');
  return type;
}

function fields(cursor: Cursor): object[] {
  const found: object[] = [];
  if (cursor.acceptSymbol('<>')) return found;
  cursor.expectSymbol('<');
  cursor.nested(() => {
    while (!cursor.isSymbol('>')) {
      if (found.length > 0) cursor.expectSymbol(',');
      const name = identifier(cursor);
      cursor.expectSymbol(':');
      const type = read(cursor).json;
      const nullable = !cursor.accept('NOT', 'NULL');
      found.push({ name, type, nullable, metadata: {} });
    }
  });
  cursor.expectSymbol('>');
  return found;
}
