import type { SparkType } from '../contract.ts';
import { Cursor } from './cursor.ts';
import { identifier } from './names.ts';

/** Spark's spellings of simple types (docs: data types). */
const simple: Record<string, SparkType> = {
  BOOLEAN: 'BOOLEAN',
  TINYINT: 'TINYINT',
  BYTE: 'TINYINT',
  SMALLINT: 'SMALLINT',
  SHORT: 'SMALLINT',
  INT: 'INT',
  INTEGER: 'INT',
  BIGINT: 'BIGINT',
  LONG: 'BIGINT',
  FLOAT: 'FLOAT',
  REAL: 'FLOAT',
  DOUBLE: 'DOUBLE',
  STRING: 'STRING',
  BINARY: 'BINARY',
  DATE: 'DATE',
  TIMESTAMP: 'TIMESTAMP',
  TIMESTAMP_LTZ: 'TIMESTAMP',
  TIMESTAMP_NTZ: 'TIMESTAMP_NTZ',
  VARIANT: 'VARIANT',
  VOID: 'VOID',
};

const intervalUnits = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];

/** A type in Spark's own text form, upper case: `DECIMAL(10,2)`, `STRUCT<a: INT>`. Comments of fields are left out. */
export function dataType(cursor: Cursor): SparkType {
  const token = cursor.peek();
  if (token.kind !== 'word') throw cursor.unexpected();
  const word = token.text.toUpperCase();
  const plain = simple[word];
  if (plain !== undefined) {
    cursor.next();
    if (plain === 'STRING' && cursor.accept('COLLATE')) {
      const collation = identifier(cursor);
      return collation.toUpperCase() === 'UTF8_BINARY' ? plain : `STRING COLLATE ${collation}`;
    }
    return plain;
  }
  switch (word) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      cursor.next();
      return decimal(cursor);
    case 'VARCHAR':
    case 'CHAR':
    case 'CHARACTER':
      cursor.next();
      return sized(cursor, word === 'VARCHAR' ? 'VARCHAR' : 'CHAR');
    case 'ARRAY':
      cursor.next();
      return angled(cursor, () => `ARRAY<${dataType(cursor)}>`);
    case 'MAP':
      cursor.next();
      return angled(cursor, () => {
        const key = dataType(cursor);
        cursor.expectSymbol(',');
        return `MAP<${key}, ${dataType(cursor)}>`;
      });
    case 'STRUCT':
      cursor.next();
      return struct(cursor);
    case 'INTERVAL':
      cursor.next();
      return interval(cursor);
    default:
      throw cursor.error('UNSUPPORTED_DATATYPE', '0A000', `Unsupported data type "${word}".`);
  }
}

function integer(cursor: Cursor): number {
  const token = cursor.peek();
  if (token.kind !== 'number' || !/^\d+$/.test(token.text)) throw cursor.unexpected();
  cursor.next();
  return Number(token.text);
}

function decimal(cursor: Cursor): SparkType {
  let [precision, scale] = [10, 0];
  if (cursor.acceptSymbol('(')) {
    precision = integer(cursor);
    if (cursor.acceptSymbol(',')) scale = integer(cursor);
    cursor.expectSymbol(')');
  }
  if (precision > 38) {
    throw cursor.error(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      '22003',
      `Decimal precision ${precision} exceeds max precision 38.`,
    );
  }
  if (scale > precision) {
    throw cursor.error(
      'DECIMAL_SCALE_EXCEEDS_PRECISION',
      '22003',
      `Decimal scale (${scale}) cannot be greater than precision (${precision}).`,
    );
  }
  return `DECIMAL(${precision},${scale})`;
}

function sized(cursor: Cursor, word: string): SparkType {
  if (!cursor.acceptSymbol('(')) {
    throw cursor.error(
      'DATATYPE_MISSING_SIZE',
      '42K01',
      `DataType "${word}" requires a length parameter, for example "${word}"(10). Please specify the length.`,
    );
  }
  const size = integer(cursor);
  cursor.expectSymbol(')');
  return `${word}(${size})`;
}

function angled(cursor: Cursor, inside: () => SparkType): SparkType {
  cursor.expectSymbol('<');
  const type = cursor.nested(inside);
  cursor.expectSymbol('>');
  return type;
}

function struct(cursor: Cursor): SparkType {
  // `STRUCT<>` is lexed as one operator.
  if (cursor.acceptSymbol('<>')) return 'STRUCT<>';
  return angled(cursor, () => {
    const fields: string[] = [];
    while (!cursor.isSymbol('>')) {
      if (fields.length > 0) cursor.expectSymbol(',');
      fields.push(field(cursor));
    }
    return `STRUCT<${fields.join(', ')}>`;
  });
}

function field(cursor: Cursor): string {
  const given = identifier(cursor);
  cursor.acceptSymbol(':');
  const type = dataType(cursor);
  const notNull = cursor.accept('NOT', 'NULL') ? ' NOT NULL' : '';
  if (cursor.accept('COMMENT')) cursor.expectString();
  const written = /^[A-Za-z_][A-Za-z0-9_]*$/.test(given) ? given : `\`${given.replaceAll('`', '``')}\``;
  return `${written}: ${type}${notNull}`;
}

function interval(cursor: Cursor): SparkType {
  const from = cursor.acceptAny(...intervalUnits);
  if (from === undefined) throw cursor.unexpected();
  const to = cursor.accept('TO') ? cursor.acceptAny(...intervalUnits) : from;
  if (to === undefined) throw cursor.unexpected();
  return to === from ? `INTERVAL ${from}` : `INTERVAL ${from} TO ${to}`;
}

/**
 * A type given as text alone, for example of a parameter.
 * @throws SqlError when it is none.
 */
export function parseType(text: string): SparkType {
  const cursor = new Cursor(text);
  const type = dataType(cursor);
  cursor.finish();
  return type;
}
