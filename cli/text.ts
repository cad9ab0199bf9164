import { UsageError } from './exit.ts';

/** Aligned columns, two spaces apart. The last column is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = head.length > 0 ? [head, ...rows] : rows;
  const widths = (all[0] ?? []).map((_cell, index) =>
    Math.max(...all.map((row) => (row[index] ?? '').length)),
  );
  return all
    .map((row) =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `15m`, `2h`, `1h30m`, `1d` in milliseconds. @throws UsageError */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  const whole = parts.map(([part]) => part).join('');
  const sum = parts.reduce((total, [, count, unit]) => total + Number(count) * (units[unit ?? ''] ?? 0), 0);
  if (whole !== text || sum <= 0) {
    throw new UsageError(`"${text}" is not a duration. Write 90s, 15m, 2h, 1h30m or 1d.`);
  }
  return sum;
}

/** A length of time for people. */
export function readableDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 100) / 10} s`;
  if (milliseconds < 7_200_000) return `${Math.round(milliseconds / 60_000)} min`;
  return `${Math.round(milliseconds / 360_000) / 10} h`;
}

/** `name=value` pairs of a repeatable option. @throws UsageError */
export function parsePairs(pairs: readonly string[], option: string): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`${option} needs NAME=VALUE, got "${pair}".`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
