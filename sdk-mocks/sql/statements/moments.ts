const pattern =
  /^(\d{4})-(\d\d?)(?:-(\d\d?)(?:[ T](\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d{1,9}))?)?\s*(\S+)?)?)?$/;

/** Epoch milliseconds of a timestamp text; without an offset it is a wall clock time of `timeZone`. */
export function epochOf(text: string, timeZone: string): number | undefined {
  const found = pattern.exec(text.trim());
  if (!found) return undefined;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', fraction = '', zone] = found;
  const fields = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, mo = 1, d = 1, h = 0, mi = 0, s = 0] = fields;
  const wall = Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.padEnd(3, '0').slice(0, 3)));
  const back = new Date(wall);
  const given = [back.getUTCFullYear(), back.getUTCMonth() + 1, back.getUTCDate(), back.getUTCHours()];
  if (given.join() !== [y, mo, d, h].join() || mi > 59 || s > 59) return undefined;
  try {
    return instant(wall, zone ?? timeZone);
  } catch {
    return undefined; // No such time zone.
  }
}

/** The moment as the platform writes it: `2026-01-31 10:00:00.0`. */
export function shownMoment(epoch: number, timeZone: string): string {
  const text = new Date(epoch + offset(epoch, timeZone)).toISOString();
  return text
    .slice(0, -1)
    .replace('T', ' ')
    .replace(/0{1,2}$/, '');
}

/** Looked at twice, because the offset at the wall clock time read as UTC may be another one. */
function instant(wall: number, zone: string): number {
  const first = wall - offset(wall, zone);
  return wall - offset(first, zone);
}

/** Milliseconds that a zone is ahead of UTC at a moment. */
function offset(epoch: number, timeZone: string): number {
  const zone = timeZone === 'Z' ? 'UTC' : timeZone;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(epoch);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return wall - Math.floor(epoch / 1000) * 1000;
}
