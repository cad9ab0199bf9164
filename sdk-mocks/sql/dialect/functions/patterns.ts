import { SqlError } from '../../../../emulator/core/index.ts';

const letters: Record<string, string> = {
  yyyy: '%Y',
  y: '%Y',
  yy: '%y',
  MM: '%m',
  M: '%-m',
  MMM: '%b',
  MMMM: '%B',
  LLLL: '%B',
  LLL: '%b',
  dd: '%d',
  d: '%-d',
  HH: '%H',
  H: '%-H',
  hh: '%I',
  h: '%-I',
  mm: '%M',
  m: '%-M',
  ss: '%S',
  s: '%-S',
  SSS: '%g',
  SSSSSS: '%f',
  a: '%p',
  E: '%a',
  EE: '%a',
  EEE: '%a',
  EEEE: '%A',
  DDD: '%j',
  D: '%-j',
};

/**
 * A Java date pattern as DuckDB's strftime format (docs: sql-ref-datetime-pattern).
 * @throws SqlError for letters that have no equivalent.
 */
export function strftimePattern(pattern: string): string {
  let out = '';
  for (const match of pattern.matchAll(/'([^']*)'|([A-Za-z])\2*|[^A-Za-z']/g)) {
    const [all, quoted] = match;
    if (quoted !== undefined) out += quoted === '' ? "'" : quoted.replaceAll('%', '%%');
    else if (/[A-Za-z]/.test(all)) {
      const format = letters[all];
      if (format === undefined) {
        throw new SqlError(
          'INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER',
          '22007',
          `Unrecognized datetime pattern: '${pattern}'. The pattern letters "${all}" are not supported.`,
        );
      }
      out += format;
    } else out += all === '%' ? '%%' : all;
  }
  return out;
}
