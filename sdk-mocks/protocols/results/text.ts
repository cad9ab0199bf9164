import type { CellValue } from '../../sql/index.ts';
import { bigintOf, fieldOf, listOf } from './cells.ts';
import { dayTimeText, isYearMonth, yearMonthText } from './intervals.ts';
import { doubleText, floatText } from './numbers.ts';
import type { TypeTree } from './spark-type.ts';
import { dateText, timestampFormat, timestampNtzText, timestampSqlFormat } from './time.ts';

type Text = (value: NonNullable<CellValue>) => string;

/** What differs between the two text forms of the platform. */
interface Form {
  timestamp(timeZone: string): (micros: bigint) => string;
  timestampNtz(): (micros: bigint) => string;
  /** Whether the text of such a scalar stands in quotes inside ARRAY, MAP and STRUCT. */
  quoted(type: TypeTree & { kind: 'scalar' }): boolean;
  /** Whether keys of a MAP are always text, as JSON wants them. */
  textKeys: boolean;
}

/**
 * Text of a value where a driver cannot take it natively: column sets, and Arrow with a native flag off (recorded;
 * reference sql-wire 3.8). ARRAY, MAP and STRUCT are JSON: `[1.41,2.71]`, `{"a":1,"b":"x"}`, `{1:2}` for keys that
 * are not text.
 */
export function sqlText(type: TypeTree, timeZone: string): Text {
  return textOf(type, timeZone, sqlForm);
}

/**
 * Text of a value in JSON_ARRAY and CSV results (docs: Statement Execution; reference sql-wire 4.5): ISO timestamps with
 * offset, and scalars inside others as strings. The text of MAP, STRUCT, BINARY, INTERVAL and TIMESTAMP_NTZ is assumed.
 */
export function jsonText(type: TypeTree, timeZone: string): Text {
  return textOf(type, timeZone, jsonForm);
}

function textOf(type: TypeTree, timeZone: string, form: Form): Text {
  return type.kind === 'scalar' ? scalarText(type, timeZone, form) : nestedText(type, timeZone, form);
}

function scalarText(type: TypeTree & { kind: 'scalar' }, timeZone: string, form: Form): Text {
  switch (type.name) {
    case 'DOUBLE':
      return (value) => doubleText(Number(value));
    case 'FLOAT':
      return (value) => floatText(Number(value));
    case 'DATE':
      return (value) => (typeof value === 'string' ? value : dateText(Number(value)));
    case 'TIMESTAMP': {
      const format = form.timestamp(timeZone);
      return (value) => format(bigintOf(value));
    }
    case 'TIMESTAMP_NTZ': {
      const format = form.timestampNtz();
      return (value) => format(bigintOf(value));
    }
    case 'BINARY':
      return (value) => (Buffer.isBuffer(value) ? value.toString('base64') : String(value));
    case 'INTERVAL':
      return isYearMonth(type) ? yearMonthText : dayTimeText;
    default:
      return (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

/** Types whose text is not quoted inside JSON. VARIANT is JSON already. */
const bare = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
  'VARIANT',
]);

const sqlForm: Form = {
  timestamp: timestampSqlFormat,
  timestampNtz: () => timestampSqlFormat('UTC'),
  quoted: ({ name }) => !bare.has(name),
  textKeys: false,
};

const jsonForm: Form = {
  timestamp: timestampFormat,
  timestampNtz: () => timestampNtzText,
  quoted: () => true,
  textKeys: true,
};

function innerText(type: TypeTree, timeZone: string, form: Form): (value: CellValue) => string {
  const text = textOf(type, timeZone, form);
  const quoted = type.kind === 'scalar' && form.quoted(type);
  return (value) => (value === null ? 'null' : quoted ? JSON.stringify(text(value)) : text(value));
}

function keyText(type: TypeTree, timeZone: string, form: Form): (value: CellValue) => string {
  if (!form.textKeys) return innerText(type, timeZone, form);
  const text = textOf(type, timeZone, form);
  return (value) => JSON.stringify(value === null ? 'null' : text(value));
}

function nestedText(
  type: TypeTree & { kind: 'array' | 'map' | 'struct' },
  timeZone: string,
  form: Form,
): Text {
  if (type.kind === 'array') {
    const element = innerText(type.element, timeZone, form);
    return (value) => `[${listOf(value).map(element).join(',')}]`;
  }
  if (type.kind === 'map') {
    const key = keyText(type.key, timeZone, form);
    const content = innerText(type.value, timeZone, form);
    return (value) => {
      const entries = listOf(value).map((entry) => {
        const [name = null, inner = null] = listOf(entry);
        return `${key(name)}:${content(inner)}`;
      });
      return `{${entries.join(',')}}`;
    };
  }
  const fields = type.fields.map(({ name, type: inner }) => ({
    name,
    text: innerText(inner, timeZone, form),
  }));
  return (value) =>
    `{${fields.map(({ name, text }) => `${JSON.stringify(name)}:${text(fieldOf(value, name))}`).join(',')}}`;
}
