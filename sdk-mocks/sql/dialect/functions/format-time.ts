import { SqlError } from '../../../../emulator/core/index.ts';
import { notSupported } from '../errors.ts';
import { quote } from '../types/index.ts';

const zeroes = (value: string, size: number) =>
  `CASE WHEN length(CAST(${value} AS VARCHAR)) < ${size} THEN lpad(CAST(${value} AS VARCHAR), ${size}, '0') ELSE CAST(${value} AS VARCHAR) END`;

/** Hours and minutes of the zone's offset, as `+0100`, `+01:00` or `+01`. */
function offset(zoned: string, form: 'hh' | 'hhmm' | 'hh:mm'): string {
  const minutes = `(CAST(date_part('timezone', ${zoned}) AS INTEGER) // 60)`;
  const hours = `lpad(CAST(abs(${minutes}) // 60 AS VARCHAR), 2, '0')`;
  const rest = `lpad(CAST(abs(${minutes}) % 60 AS VARCHAR), 2, '0')`;
  const sign = `CASE WHEN ${minutes} < 0 THEN '-' ELSE '+' END`;
  if (form === 'hh') return `${sign} || ${hours} || CASE WHEN ${minutes} % 60 = 0 THEN '' ELSE ${rest} END`;
  return `${sign} || ${hours} || ${form === 'hhmm' ? '' : "':' || "}${rest}`;
}

const hour = (wall: string) => `date_part('hour', ${wall})`;

/** SQL of one run of a letter, or undefined when Java has no such run. */
function piece(letter: string, n: number, wall: string, zoned: string): string | undefined {
  const number = (value: string, most = 2) => (n <= most ? zeroes(value, n) : undefined);
  const part = (field: string) => `date_part('${field}', ${wall})`;
  switch (letter) {
    case 'G':
      if (n > 4) return undefined;
      return `CASE WHEN year(${wall}) > 0 THEN ${n === 4 ? "'Anno Domini'" : "'AD'"} ELSE ${n === 4 ? "'Before Christ'" : "'BC'"} END`;
    case 'y':
      if (n === 2) return `lpad(CAST(year(${wall}) % 100 AS VARCHAR), 2, '0')`;
      return n <= 6 ? zeroes(`year(${wall})`, n) : undefined;
    case 'M':
    case 'L':
      if (n <= 2) return number(part('month'));
      return n <= 4 ? `strftime(${wall}, '${n === 3 ? '%b' : '%B'}')` : undefined;
    case 'd':
      return number(part('day'));
    case 'D':
      return number(part('doy'), 3);
    case 'E':
      return n <= 4 ? `strftime(${wall}, '${n === 4 ? '%A' : '%a'}')` : undefined;
    case 'F':
      return n === 1 ? `CAST((CAST(${part('day')} AS INTEGER) - 1) % 7 + 1 AS VARCHAR)` : undefined;
    case 'Q':
    case 'q': {
      const quarter = part('quarter');
      if (n <= 2) return number(quarter);
      if (n === 3) return `'Q' || ${quarter}`;
      return n === 4
        ? `CASE ${quarter} WHEN 1 THEN '1st' WHEN 2 THEN '2nd' WHEN 3 THEN '3rd' ELSE '4th' END || ' quarter'`
        : undefined;
    }
    case 'a':
      return n === 1 ? `CASE WHEN ${hour(wall)} < 12 THEN 'AM' ELSE 'PM' END` : undefined;
    case 'H':
      return number(hour(wall));
    case 'h':
      return number(`((${hour(wall)} + 11) % 12 + 1)`);
    case 'k':
      return number(`((${hour(wall)} + 23) % 24 + 1)`);
    case 'K':
      return number(`(${hour(wall)} % 12)`);
    case 'm':
      return number(part('minute'));
    case 's':
      return number(`(CAST(${part('microsecond')} AS BIGINT) // 1000000)`);
    case 'S':
      if (n > 9) return undefined;
      return `left(lpad(CAST(CAST(${part('microsecond')} AS BIGINT) % 1000000 AS VARCHAR), 6, '0') || '000', ${n})`;
    case 'X':
    case 'x': {
      if (n > 3) return undefined;
      const text = offset(zoned, n === 1 ? 'hh' : n === 2 ? 'hhmm' : 'hh:mm');
      return letter === 'x'
        ? `(${text})`
        : `CASE WHEN date_part('timezone', ${zoned}) = 0 THEN 'Z' ELSE ${text} END`;
    }
    case 'Z':
      if (n <= 3) return `(${offset(zoned, 'hhmm')})`;
      return undefined;
    default:
      return undefined;
  }
}

const weekBased = 'YwWuce';

/**
 * SQL that writes `wall` (TIMESTAMP) as a Java pattern says (docs: sql-ref-datetime-pattern). `zoned` is the same
 * moment as TIMESTAMPTZ, for offsets; `timeZone` is the session's.
 * @throws SqlError INVALID_DATETIME_PATTERN, INCONSISTENT_BEHAVIOR_CROSS_VERSION
 */
export function formatTime(pattern: string, wall: string, zoned: string, timeZone: string): string {
  const pieces: string[] = ["''"];
  for (const match of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+/g)) {
    const [all, quoted, letter] = match;
    if (quoted !== undefined) pieces.push(quote(quoted === '' ? "'" : quoted.replaceAll("''", "'")));
    else if (letter === undefined) pieces.push(quote(all.replace(/[[\]]/g, '')));
    else if (letter === 'V') {
      if (all.length !== 2) throw illegal(pattern, all);
      pieces.push(quote(timeZone));
    } else if (
      letter === 'z' ||
      letter === 'O' ||
      letter === 'n' ||
      letter === 'N' ||
      letter === 'A' ||
      letter === 'B'
    ) {
      throw notSupported(`the letter "${letter}" of a datetime pattern`);
    } else {
      const sql = piece(letter, all.length, wall, zoned);
      if (sql === undefined) throw illegal(pattern, all);
      pieces.push(sql);
    }
  }
  return `(${pieces.join(' || ')})`;
}

function illegal(pattern: string, run: string): SqlError {
  if (weekBased.includes(run.charAt(0)))
    return new SqlError(
      'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN',
      '42K0B',
      `You may get a different result due to the upgrading to Spark >= 3.0: all week-based patterns are unsupported, detected week-based character: ${run.charAt(0)}.`,
    );
  return new SqlError(
    'INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION',
    '42K0B',
    `You may get a different result due to the upgrading to Spark >= 3.0: fail to recognize '${pattern}' pattern in the DateTimeFormatter.`,
  );
}
