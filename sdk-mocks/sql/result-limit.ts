import { SqlError } from '../../emulator/core/index.ts';

interface Limits {
  rows?: number;
  bytes?: number;
}

/**
 * A result may be cut where the request asked for it, and nowhere else: a client would take the rest for all there is.
 * @throws SqlError when a bound of Brickbox's own cut it.
 */
export function refuseUnasked(rows: number, asked: Limits = {}, bounds: Required<Limits>): void {
  const byRows = asked.rows !== undefined && rows >= asked.rows;
  if (byRows || (asked.bytes !== undefined && asked.bytes <= bounds.bytes)) return;
  throw new SqlError(
    'UNSUPPORTED_FEATURE',
    '0A000',
    `The feature is not supported: results of more than ${bounds.rows} rows or ${bounds.bytes} bytes. Add a LIMIT, or aggregate first.`,
    {
      rule: `Brickbox keeps results in memory and stops at ${bounds.rows} rows or ${bounds.bytes} bytes`,
      fix: 'Add a LIMIT to the query, or aggregate in SQL.',
    },
  );
}
