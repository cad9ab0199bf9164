import type { CellValue } from '../../sql/index.ts';
import { bigintOf, fieldOf, listOf } from './cells.ts';
import { dayTimeText, isYearMonth, yearMonthText } from './intervals.ts';
import { doubleText, floatText } from './numbers.ts';
import type { TypeTree } from './spark-type.ts';
import { dateText, timestampSqlFormat } from './time.ts';

type Text = (value: NonNullable<CellValue>) => string;

/**
 * Text of a value where a driver cannot take it natively: column sets, and Arrow with a native flag off (recorded;
 * reference sql-wire 3.8). ARRAY, MAP and STRUCT are JSON: `[1.41,2.71]`, `{"a":1,"b":"x"}`, `{1:2}` for keys that
 * are not text.
 */
export function sqlText(type: TypeTree, timeZone: string): Text {
  return type.kind === 'scalar' ? scalarText(type, timeZone) : nestedText(type, timeZone);
}

function scalarText(type: TypeTree & { kind: 'scalar' }, timeZone: string): Text {
  switch (type.name) {
    case 'DOUBLE':
      return (value) => doubleText(Number(value));
    case 'FLOAT':
      return (value) => floatText(Number(value));
    case 'DATE':
      return (value) => (typeof value === 'string' ? value : dateText(Number(value)));
    case 'TIMESTAMP': {
      const format = timestampSqlFormat(timeZone);
      return (value) => format(bigintOf(value));
    }
    case 'TIMESTAMP_NTZ': {
      const format = timestampSqlFormat('UTC');
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

function innerText(type: TypeTree, timeZone: string): (value: CellValue) => string {
  const text = sqlText(type, timeZone);
  const quoted = type.kind === 'scalar' && !bare.has(type.name);
  return (value) => (value === null ? 'null' : quoted ? JSON.stringify(text(value)) : text(value));
}

function nestedText(type: TypeTree & { kind: 'array' | 'map' | 'struct' }, timeZone: string): Text {
  if (type.kind === 'array') {
    const element = innerText(type.element, timeZone);
    return (value) => `[${listOf(value).map(element).join(',')}]`;
  }
  if (type.kind === 'map') {
    const key = innerText(type.key, timeZone);
    const content = innerText(type.value, timeZone);
    return (value) => {
      const entries = listOf(value).map((entry) => {
        const [name = null, inner = null] = listOf(entry);
        return `${key(name)}:${content(inner)}`;
      });
      return `{${entries.join(',')}}`;
    };
  }
  const fields = type.fields.map(({ name, type: inner }) => ({ name, text: innerText(inner, timeZone) }));
  return (value) =>
    `{${fields.map(({ name, text }) => `${JSON.stringify(name)}:${text(fieldOf(value, name))}`).join(',')}}`;
}
