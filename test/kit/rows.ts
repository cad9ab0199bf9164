/**
 * Rows of whatever a test holds: the result of `sql`, an array, a JSON response that is one or has exactly one.
 * A refused statement or response is an error, so that a denial is not mistaken for no rows.
 */
export async function rowsOf(received: unknown): Promise<unknown[]> {
  const value: unknown = await received;
  if (value instanceof Response) {
    if (!value.ok)
      throw new Error(`expected rows, got status ${value.status}: ${await value.clone().text()}`);
    return inJson(await value.clone().json());
  }
  return inJson(value);
}

function inJson(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null) {
    if ('objects' in value && Array.isArray(value.objects)) return value.objects;
    const lists = Object.values(value).filter((part) => Array.isArray(part));
    if (lists.length === 1 && lists[0]) return lists[0];
  }
  throw new Error('toSeeRows needs the result of sql(), an array, or a JSON response with one array.');
}

/** Whole numbers come as bigint from the warehouse; a test writes them as numbers. */
export function plain(row: unknown): unknown {
  if (typeof row === 'bigint') {
    const number = Number(row);
    return Number.isSafeInteger(number) ? number : row;
  }
  if (Array.isArray(row)) return row.map(plain);
  const isRecord =
    typeof row === 'object' && row !== null && [Object.prototype, null].includes(Object.getPrototypeOf(row));
  if (!isRecord) return row;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
}

/**
 * Finds a row of its own for each wanted one and returns the wanted ones that got none. Wanted rows may be partial
 * and fit several, so earlier choices are moved when that helps (augmenting paths).
 */
export function pairUp<T>(rows: readonly T[], wanted: readonly T[], fits: (row: T, want: T) => boolean): T[] {
  const takenBy = new Map<number, number>();
  const place = (want: number, tried: Set<number>): boolean =>
    rows.some((row, index) => {
      const one = wanted[want];
      if (one === undefined || tried.has(index) || !fits(row, one)) return false;
      tried.add(index);
      const before = takenBy.get(index);
      if (before !== undefined && !place(before, tried)) return false;
      takenBy.set(index, want);
      return true;
    });
  return wanted.filter((_want, index) => !place(index, new Set()));
}

const shownRows = 20;

/** Rows for a message, one a line. */
export function listed(rows: readonly unknown[]): string {
  const lines = rows
    .slice(0, shownRows)
    .map(
      (row) => `  ${JSON.stringify(row, (_name, value) => (typeof value === 'bigint' ? `${value}` : value))}`,
    );
  if (rows.length > shownRows) lines.push(`  and ${rows.length - shownRows} more`);
  return lines.join('\n') || '  (none)';
}
