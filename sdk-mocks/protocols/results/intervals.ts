import type { CellValue } from '../../sql/index.ts';
import { bigintOf } from './cells.ts';
import type { TypeTree } from './spark-type.ts';

const daySeconds = 86_400n;

/** Does the interval count months, not microseconds? */
export function isYearMonth(type: TypeTree & { kind: 'scalar' }): boolean {
  return /^(?:YEAR|MONTH)/.test(type.interval ?? '');
}

/** `Y-M`, negative `-0-1` (recorded; reference sql-wire 3.8). Text goes through as it is. */
export function yearMonthText(value: CellValue): string {
  if (typeof value === 'string') return value;
  const months = bigintOf(value);
  const plain = months < 0n ? -months : months;
  return `${months < 0n ? '-' : ''}${plain / 12n}-${plain % 12n}`;
}

/** `D HH:mm:ss.fffffffff` of microseconds (recorded). Text goes through as it is. */
export function dayTimeText(value: CellValue): string {
  if (typeof value === 'string') return value;
  const micros = bigintOf(value);
  const plain = micros < 0n ? -micros : micros;
  const seconds = plain / 1_000_000n;
  const two = (part: bigint) => String(part).padStart(2, '0');
  const time = [(seconds % daySeconds) / 3600n, (seconds % 3600n) / 60n, seconds % 60n].map(two).join(':');
  const fraction = String((plain % 1_000_000n) * 1000n).padStart(9, '0');
  return `${micros < 0n ? '-' : ''}${seconds / daySeconds} ${time}.${fraction}`;
}

/** Months of a year-month interval, from a number or its text. */
export function monthsOf(value: CellValue): number {
  if (typeof value !== 'string') return Number(bigintOf(value));
  const [, sign, years = '0', months = '0'] = /^(-?)(\d+)-(\d+)$/.exec(value) ?? [];
  return (Number(years) * 12 + Number(months)) * (sign ? -1 : 1);
}

/** Microseconds of a day-time interval, from a number or its text. */
export function microsOf(value: CellValue): bigint {
  if (typeof value !== 'string') return bigintOf(value);
  const pattern = /^(-?)(\d+) (\d+):(\d+):(\d+)(?:\.(\d{1,9}))?$/;
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] =
    pattern.exec(value) ?? [];
  const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const micros = whole * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
  return sign ? -micros : micros;
}
