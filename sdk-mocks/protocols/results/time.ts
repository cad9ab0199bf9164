const dayMs = 86_400_000;
/** Offsets of a zone change at quarters of an hour at the finest. */
const bucketMs = 15 * 60_000;

/** `days` since 1970-01-01 as `2024-01-02`. */
export function dateText(days: number): string {
  return isoText(days * dayMs).slice(0, -'T00:00:00.000Z'.length);
}

/** Microseconds without zone as `2024-01-02T03:04:05.678` (assumed form; reference sql-wire 4.5). */
export function timestampNtzText(micros: bigint): string {
  return isoText(milliseconds(micros)).slice(0, -1);
}

/** Formats microseconds since the epoch with the offset of a zone: `2021-01-01T10:00:00.000-08:00`, `…Z` for UTC. */
export function timestampFormat(timeZone: string): (micros: bigint) => string {
  const offsetAt = offsetsOf(timeZone);
  return (micros) => {
    const ms = milliseconds(micros);
    const minutes = offsetAt(ms);
    const local = isoText(ms + minutes * 60_000);
    return minutes === 0 ? local : local.slice(0, -1) + offsetText(minutes);
  };
}

/**
 * Formats microseconds since the epoch as SQL text in a zone, without offset, trailing zeros trimmed:
 * `2021-06-15 12:34:56.789` (recorded; reference sql-wire 3.8).
 */
export function timestampSqlFormat(timeZone: string): (micros: bigint) => string {
  const offsetAt = offsetsOf(timeZone);
  return (micros) => {
    const ms = milliseconds(micros);
    const local = isoText(ms + offsetAt(ms) * 60_000);
    const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
    const fraction = rest === 0n ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
    return `${local.slice(0, -'.000Z'.length).replace('T', ' ')}${fraction}`;
  };
}

/** Minutes east of UTC at an instant. Rounds the seconds of historic local times away. */
function offsetsOf(timeZone: string): (ms: number) => number {
  if (/^(?:Etc\/)?(?:UTC|GMT|Z)$/i.test(timeZone)) return () => 0;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const known = new Map<number, number>();
  return (ms) => {
    const bucket = Math.floor(ms / bucketMs);
    let minutes = known.get(bucket);
    if (minutes === undefined) {
      minutes = parseOffset(
        format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT',
      );
      if (known.size >= 10_000) known.clear();
      known.set(bucket, minutes);
    }
    return minutes;
  };
}

function parseOffset(text: string): number {
  const found = /GMT([+-])(\d{2}):(\d{2})/.exec(text);
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
}

function offsetText(minutes: number): string {
  const plain = Math.abs(minutes);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(plain / 60))}:${two(plain % 60)}`;
}

function milliseconds(micros: bigint): number {
  const floor = micros >= 0n || micros % 1000n === 0n ? micros / 1000n : micros / 1000n - 1n;
  return Number(floor);
}

/** ISO form with a year of at least four digits; Spark writes `+10000`, not `+010000`. */
function isoText(ms: number): string {
  return new Date(ms).toISOString().replace(/^\+0*/, '+');
}
