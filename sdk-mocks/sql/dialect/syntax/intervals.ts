import type { Expression } from './ast.ts';
import type { Cursor } from './cursor.ts';

const names = [
  'YEAR',
  'QUARTER',
  'MONTH',
  'WEEK',
  'DAY',
  'DAYOFYEAR',
  'HOUR',
  'MINUTE',
  'SECOND',
  'MILLISECOND',
  'MICROSECOND',
];

/** Unit keywords in both numbers. */
export const units: ReadonlySet<string> = new Set(names.flatMap((name) => [name, `${name}S`]));

/** `INTERVAL 1 DAY 2 HOURS`, `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '3 days'`. */
export function parseInterval(c: Cursor, value: () => Expression, at: number): Expression {
  c.expect('INTERVAL');
  const negative = c.peek().key === '-' && c.peek(1).kind === 'string' ? c.take('-') : false;
  if (c.peek().kind === 'string' && !units.has(c.peek(1).key)) {
    return {
      kind: 'literal',
      literal: { type: 'interval', parts: textParts(c, c.next().text, negative, at) },
      at,
    };
  }
  if (c.peek().kind === 'string' && c.peek(2).key === 'TO') {
    const text = c.next().text;
    const from = singular(c.next().key);
    c.expect('TO');
    const to = singular(c.next().key);
    return { kind: 'literal', literal: { type: 'interval_range', value: text, negative, from, to }, at };
  }
  const parts: { value: Expression; unit: string }[] = [];
  do {
    const first = value();
    const sign: Expression = negative ? { kind: 'unary', op: '-', operand: first, at } : first;
    const unit = c.next();
    if (!units.has(unit.key)) throw c.error('', unit);
    parts.push({ value: sign, unit: singular(unit.key) });
  } while (
    c.peek().kind === 'number' ||
    c.peek().kind === 'string' ||
    (c.peek().key === '-' && c.peek(1).kind === 'number')
  );
  return { kind: 'literal', literal: { type: 'interval', parts }, at };
}

/** `'1 day 2 hours'` in one string. */
export function textParts(
  c: Cursor,
  text: string,
  negative: boolean,
  at: number,
): { value: Expression; unit: string }[] {
  const parts: { value: Expression; unit: string }[] = [];
  const pattern = /([+-]?\s*\d+(?:\.\d+)?)\s*([a-z]+)/gi;
  const rest = text.replace(/^\s*interval\s+/i, '').replace(pattern, (_all, amount: string, unit: string) => {
    if (!units.has(unit.toUpperCase())) return `?${unit}`;
    const number = amount.replace(/\s+/g, '');
    const signed = negative ? (number.startsWith('-') ? number.slice(1) : `-${number}`) : number;
    parts.push({
      value: { kind: 'literal', literal: { type: 'number', text: signed.replace(/^\+/, '') }, at },
      unit: singular(unit.toUpperCase()),
    });
    return '';
  });
  if (rest.trim() !== '' || parts.length === 0) throw c.error('cannot parse the interval');
  return parts;
}

function singular(unit: string): string {
  return unit.endsWith('S') ? unit.slice(0, -1) : unit;
}
