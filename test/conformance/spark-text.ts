import type { CellValue } from '../../sdk-mocks/sql/index.ts';

/** Splits `a: INT, b: MAP<STRING, INT>` at the commas of the outermost level. */
function parts(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text.charAt(i);
    if (c === '`') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '<' || c === '(') depth += 1;
    else if (c === '>' || c === ')') depth -= 1;
    else if (c === ',' && depth === 0) {
      found.push(text.slice(start, i));
      start = i + 1;
    }
  }
  found.push(text.slice(start));
  return found.map((part) => part.trim()).filter((part) => part !== '');
}

const inside = (type: string): string => type.slice(type.indexOf('<') + 1, -1);

/** One row as Spark's command line prints it: columns separated by tabs. */
export function rowText(row: readonly CellValue[], types: readonly string[], timeZone: string): string {
  return row.map((value, i) => cellText(value, types[i] ?? 'STRING', timeZone, false)).join('\t');
}

function cellText(value: CellValue, type: string, timeZone: string, nested: boolean): string {
  if (value === null) return nested ? 'null' : 'NULL';
  if (Buffer.isBuffer(value))
    return nested
      ? `[${[...value].map((b) => b.toString(16).toUpperCase().padStart(2, '0')).join(' ')}]`
      : value.toString('utf8');
  if (type.startsWith('ARRAY') && Array.isArray(value))
    return `[${value.map((item) => cellText(item, inside(type), timeZone, true)).join(',')}]`;
  if (type.startsWith('MAP') && Array.isArray(value)) {
    const [key = '', item = ''] = parts(inside(type));
    const entries = value.map((entry) => (Array.isArray(entry) ? entry : []));
    // Spark's command line sorts the entries by their text (code: Spark HiveResult.toHiveString).
    return `{${entries
      .map(
        ([k = null, v = null]) => `${cellText(k, key, timeZone, true)}:${cellText(v, item, timeZone, true)}`,
      )
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .join(',')}}`;
  }
  if (type.startsWith('STRUCT') && typeof value === 'object' && !Array.isArray(value)) {
    const types = parts(inside(type)).map((part) => part.replace(/^(`(?:[^`]|``)*`|[^:]*):\s*/, ''));
    return `{${Object.entries(value)
      .map(([name, item], i) => `"${name}":${cellText(item, types[i] ?? 'STRING', timeZone, true)}`)
      .join(',')}}`;
  }
  if (type === 'DATE' && typeof value === 'number') return dateText(value);
  if (type === 'TIMESTAMP' && typeof value === 'bigint') return timestampText(local(value, timeZone));
  if (type === 'TIMESTAMP_NTZ' && typeof value === 'bigint') return timestampText(value);
  if ((type === 'DOUBLE' || type === 'FLOAT') && typeof value === 'number') return floatText(value, type);
  if (typeof value === 'string' && nested && (type === 'STRING' || type === 'VARIANT')) return `"${value}"`;
  return String(value);
}

function dateText(days: number): string {
  return new Date(days * 86_400_000).toISOString().replace(/T.*/, '').replace(/^\+0*/, '+');
}

/** Microseconds of the wall clock in a zone. */
function local(micros: bigint, timeZone: string): bigint {
  if (timeZone === 'UTC') return micros;
  const millis = Number(micros / 1000n);
  const form = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const fields = Object.fromEntries(form.formatToParts(millis).map((part) => [part.type, part.value]));
  const n = (name: string) => Number(fields[name]);
  const year = fields.era === 'BC' ? 1 - n('year') : n('year');
  const wall = new Date(0);
  wall.setUTCFullYear(year, n('month') - 1, n('day'));
  wall.setUTCHours(n('hour'), n('minute'), n('second'));
  const floor = Math.floor(millis / 1000) * 1000;
  return micros + BigInt(wall.getTime() - floor) * 1000n;
}

function timestampText(micros: bigint): string {
  const fraction = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const text = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, -5).replace('T', ' ');
  const digits = String(fraction).padStart(6, '0').replace(/0+$/, '');
  return `${text.replace(/^\+0*/, '+')}${digits === '' ? '' : `.${digits}`}`;
}

/** Java's text of a double: `1.0`, `1.0E10`. */
function floatText(value: number, type: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Object.is(value, -0)) return '-0.0';
  const shortest = type === 'FLOAT' ? shortestFloat(value) : value;
  const size = Math.abs(shortest);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = shortest.toExponential().split('e');
    return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
  }
  return Number.isInteger(shortest) ? `${shortest}.0` : String(shortest);
}

function shortestFloat(value: number): number {
  for (let digits = 1; digits < 10; digits += 1) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === Math.fround(value)) return candidate;
  }
  return value;
}

const numberForm = /(?<![\w.:-])-?\d+\.\d+(?:E-?\d+)?(?![\w.:])/g;

/**
 * The lines of an answer without order, numbers to 12 significant digits. Values with line breaks are split on both
 * sides alike.
 */
export function comparable(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(numberForm, (digits) => {
          const whole = digits.replace(/[-.]|E.*/g, '').replace(/^0+/, '');
          return whole.length > 12 ? Number(digits).toPrecision(12) : digits;
        })
        .trim(),
    )
    .filter((line) => line !== '')
    .sort()
    .join('\n');
}
