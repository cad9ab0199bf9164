import { SqlError } from '../../../../emulator/core/index.ts';
import { type Token, tokenize } from '../syntax/lexer.ts';
import { type Type, t } from './types.ts';

const simple: Record<string, Type> = {
  VOID: t.void,
  NULL: t.void,
  BOOLEAN: t.boolean,
  TINYINT: t.tinyint,
  BYTE: t.tinyint,
  SMALLINT: t.smallint,
  SHORT: t.smallint,
  INT: t.int,
  INTEGER: t.int,
  BIGINT: t.bigint,
  LONG: t.bigint,
  FLOAT: t.float,
  REAL: t.float,
  DOUBLE: t.double,
  STRING: t.string,
  BINARY: t.binary,
  DATE: t.date,
  TIMESTAMP: t.timestamp,
  TIMESTAMP_LTZ: t.timestamp,
  TIMESTAMP_NTZ: t.timestamp_ntz,
  VARIANT: t.variant,
};

/** Text of a type as clients see it: `DECIMAL(10,2)`, `STRUCT<a: INT, b: STRING>`. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'array':
      return `ARRAY<${typeText(type.element)}>`;
    case 'map':
      return `MAP<${typeText(type.key)}, ${typeText(type.value)}>`;
    case 'struct':
      return `STRUCT<${type.fields.map((f) => `${fieldName(f.name)}: ${typeText(f.type)}`).join(', ')}>`;
    case 'interval':
      return `INTERVAL ${type.from}${type.from === type.to ? '' : ` TO ${type.to}`}`;
    default:
      return type.kind.toUpperCase();
  }
}

function fieldName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

/**
 * Reads a type's text.
 * @throws SqlError UNSUPPORTED_DATATYPE (0A000) for an unknown one.
 */
export function parseType(text: string): Type {
  const tokens = tokenize(text.replaceAll('>>', '> >').replaceAll('>>', '> >'));
  const reader = { tokens, index: 0 };
  const type = readType(reader, text);
  if (peek(reader).kind !== 'end') throw unsupported(text);
  return type;
}

interface Reader {
  tokens: readonly Token[];
  index: number;
}

const endToken: Token = { kind: 'end', text: '', key: '', start: 0, end: 0 };
const peek = (r: Reader): Token => r.tokens[r.index] ?? endToken;

function take(r: Reader, key: string): boolean {
  if (peek(r).key !== key) return false;
  r.index += 1;
  return true;
}

function unsupported(text: string): SqlError {
  return new SqlError('UNSUPPORTED_DATATYPE', '0A000', `Unsupported data type "${text.toUpperCase()}".`);
}

function expect(r: Reader, key: string, text: string): void {
  if (!take(r, key)) throw unsupported(text);
}

function readType(r: Reader, text: string): Type {
  const word = peek(r).key;
  r.index += 1;
  const found = simple[word];
  if (found) return found;
  switch (word) {
    case 'DECIMAL':
    case 'DEC':
    case 'NUMERIC':
      return readDecimal(r, text);
    case 'CHAR':
    case 'CHARACTER':
    case 'VARCHAR':
      if (take(r, '(')) {
        r.index += 1;
        expect(r, ')', text);
      }
      return t.string;
    case 'ARRAY': {
      expect(r, '<', text);
      const element = readType(r, text);
      expect(r, '>', text);
      return t.array(element);
    }
    case 'MAP': {
      expect(r, '<', text);
      const key = readType(r, text);
      expect(r, ',', text);
      const value = readType(r, text);
      expect(r, '>', text);
      return t.map(key, value);
    }
    case 'STRUCT':
      return readStruct(r, text);
    case 'INTERVAL':
      return readInterval(r, text);
    default:
      throw unsupported(text);
  }
}

function readDecimal(r: Reader, text: string): Type {
  if (!take(r, '(')) return t.decimal(10, 0);
  const precision = Number(peek(r).text);
  r.index += 1;
  let scale = 0;
  if (take(r, ',')) {
    scale = Number(peek(r).text);
    r.index += 1;
  }
  expect(r, ')', text);
  if (precision > 38) {
    throw new SqlError(
      'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION',
      '22003',
      `Decimal precision ${precision} exceeds max precision 38.`,
    );
  }
  if (!(precision > 0) || !(scale >= 0) || scale > precision) throw unsupported(text);
  return t.decimal(precision, scale);
}

function readStruct(r: Reader, text: string): Type {
  if (take(r, '<>')) return { kind: 'struct', fields: [] };
  expect(r, '<', text);
  const fields: { name: string; type: Type }[] = [];
  if (take(r, '>')) return { kind: 'struct', fields };
  do {
    const name = peek(r).text;
    r.index += 1;
    take(r, ':');
    fields.push({ name, type: readType(r, text) });
    if (take(r, 'NOT')) expect(r, 'NULL', text);
    if (take(r, 'COMMENT')) r.index += 1;
  } while (take(r, ','));
  expect(r, '>', text);
  return { kind: 'struct', fields };
}

function readInterval(r: Reader, text: string): Type {
  const from = peek(r).key;
  if (!['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'].includes(from)) throw unsupported(text);
  r.index += 1;
  let to = from;
  if (take(r, 'TO')) {
    to = peek(r).key;
    r.index += 1;
  }
  const family = from === 'YEAR' || from === 'MONTH' ? 'month' : 'day';
  return { kind: 'interval', family, from, to };
}
