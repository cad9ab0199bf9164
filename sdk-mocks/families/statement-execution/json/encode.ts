import type { TypeTree } from '../../../protocols/results/index.ts';
import {
  dateText,
  doubleText,
  floatText,
  timestampFormat,
  timestampNtzText,
} from '../../../protocols/results/index.ts';
import type { CellValue } from '../../../sql/index.ts';

/** A cell of `data_array`: text, or null for NULL. */
export type JsonCell = string | null;

type Encoder = (value: NonNullable<CellValue>) => string;

/**
 * Text of the cells of one column in the JSON_ARRAY format (docs: Statement Execution; reference sql-wire 4.5). The
 * text of MAP, STRUCT, BINARY, INTERVAL and TIMESTAMP_NTZ is assumed; it is decided here and nowhere else.
 */
export function cellEncoder(type: TypeTree, timeZone: string): (value: CellValue) => JsonCell {
  const encode = type.kind === 'scalar' ? scalarEncoder(type, timeZone) : nestedEncoder(type, timeZone);
  return (value) => (value === null ? null : encode(value));
}

function scalarEncoder(type: TypeTree & { kind: 'scalar' }, timeZone: string): Encoder {
  switch (type.name) {
    case 'DOUBLE':
      return (value) => doubleText(Number(value));
    case 'FLOAT':
      return (value) => floatText(Number(value));
    case 'DATE':
      return (value) => dateText(Number(value));
    case 'TIMESTAMP': {
      const format = timestampFormat(timeZone);
      return (value) => format(micros(value));
    }
    case 'TIMESTAMP_NTZ':
      return (value) => timestampNtzText(micros(value));
    case 'BINARY':
      return (value) => (Buffer.isBuffer(value) ? value.toString('base64') : plainText(value));
    default:
      return plainText;
  }
}

function micros(value: NonNullable<CellValue>): bigint {
  return typeof value === 'bigint' ? value : BigInt(String(value));
}

function plainText(value: NonNullable<CellValue>): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** JSON text of a value inside another: scalars are strings there too (field; assumed for MAP and STRUCT). */
function innerEncoder(type: TypeTree, timeZone: string): (value: CellValue) => string {
  if (type.kind === 'scalar') {
    const encode = scalarEncoder(type, timeZone);
    return (value) => (value === null ? 'null' : JSON.stringify(encode(value)));
  }
  const encode = nestedEncoder(type, timeZone);
  return (value) => (value === null ? 'null' : encode(value));
}

function nestedEncoder(type: TypeTree & { kind: 'array' | 'map' | 'struct' }, timeZone: string): Encoder {
  if (type.kind === 'array') {
    const element = innerEncoder(type.element, timeZone);
    return (value) => `[${list(value).map(element).join(',')}]`;
  }
  if (type.kind === 'map') {
    const key = cellEncoder(type.key, timeZone);
    const inner = innerEncoder(type.value, timeZone);
    return (value) => {
      const entries = list(value).map((entry) => {
        const [name = null, content = null] = list(entry);
        return `${JSON.stringify(key(name) ?? 'null')}:${inner(content)}`;
      });
      return `{${entries.join(',')}}`;
    };
  }
  const fields = type.fields.map((field) => ({ ...field, encode: innerEncoder(field.type, timeZone) }));
  return (value) => {
    const parts = fields.map(({ name, encode }) => `${JSON.stringify(name)}:${encode(fieldOf(value, name))}`);
    return `{${parts.join(',')}}`;
  };
}

function list(value: CellValue): CellValue[] {
  return Array.isArray(value) ? value : [];
}

function fieldOf(value: CellValue, name: string): CellValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Buffer.isBuffer(value))
    return null;
  return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}
