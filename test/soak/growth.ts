/** One look at the house at rest: by figure, in the unit of the figure. */
export interface Sample {
  /** Minutes since the first sample that counts. */
  minute: number;
  figures: Readonly<Record<string, number>>;
}

export interface Verdict {
  figure: string;
  first: number;
  last: number;
  /** Growth per hour: the median of the slopes between all pairs of samples (Theil-Sen), so that one outlier says nothing. */
  perHour: number;
  /** Growth over the samples, by that slope. */
  growth: number;
  /** More than this is a leak. */
  allowed: number;
  grows: boolean;
}

/** What may come and go between two looks without being a leak, by figure. */
export const allowances: Readonly<Record<string, number>> = {
  'resident MB': 24,
  'heap MB': 6,
  'external MB': 6,
  // Clients keep connections for reuse: between two looks at rest a dozen come and go. A leak is one per request.
  sockets: 12,
  descriptors: 12,
  'journal entries': 500,
  'temporary files': 0,
};

/** Judges every figure that has an allowance. @throws Error with fewer than three samples: two make no trend. */
export function judge(samples: readonly Sample[]): Verdict[] {
  const [first] = samples;
  const last = samples.at(-1);
  if (!first || !last || samples.length < 3) throw new Error(`${samples.length} samples show no trend.`);
  return Object.entries(allowances).map(([figure, allowed]) => {
    const points = samples.map(({ minute, figures }) => ({ x: minute, y: figures[figure] ?? Number.NaN }));
    const slope = theilSen(points);
    const growth = slope * (last.minute - first.minute);
    return {
      figure,
      first: points[0]?.y ?? Number.NaN,
      last: points.at(-1)?.y ?? Number.NaN,
      perHour: slope * 60,
      growth,
      allowed,
      // A figure that could not be read is no proof of anything good.
      grows: !(growth <= allowed),
    };
  });
}

function theilSen(points: readonly { x: number; y: number }[]): number {
  const slopes: number[] = [];
  points.forEach((one, i) => {
    for (const other of points.slice(i + 1)) {
      if (other.x !== one.x) slopes.push((other.y - one.y) / (other.x - one.x));
    }
  });
  slopes.sort((a, b) => a - b);
  const middle = slopes.length / 2;
  const upper = slopes[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((slopes[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}
