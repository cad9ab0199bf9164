/** One thing that can be timed: returns its figure for one round (see the unit of the measure). */
export type Candidate = () => Promise<number>;

export interface Measure {
  name: string;
  /** `ms`, `requests/s`, `MB`, … Lower is better unless `higherIsBetter`. */
  unit: string;
  higherIsBetter?: boolean;
  ours: Candidate;
  /** What it is compared to, in the same run. The first one gives the ratio. */
  peers: Record<string, Candidate>;
  /** Rounds; each runs every candidate, in alternating order. Default 11. */
  rounds?: number;
}

export interface Figure {
  name: string;
  unit: string;
  ours: number;
  peers: Record<string, number>;
  /** ours / first peer, or null when there is no peer. */
  ratio: number | null;
}

/** A file of `test/bench`: sets up, yields measures, and closes what it opened. */
export interface Bench {
  name: string;
  run(measure: (measure: Measure) => Promise<Figure>): Promise<void>;
}

/** Runs every candidate of a measure interleaved (A B C, then C B A, …) and takes medians. */
export async function take(measure: Measure): Promise<Figure> {
  const names = ['ours', ...Object.keys(measure.peers)];
  const candidates: Record<string, Candidate> = { ...measure.peers, ours: measure.ours };
  const seen: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const rounds = measure.rounds ?? 11;
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? names : [...names].reverse();
    for (const name of order) {
      const candidate = candidates[name];
      if (candidate) seen[name]?.push(await candidate());
    }
  }
  const medians = Object.fromEntries(names.map((name) => [name, round3(median(seen[name] ?? []))]));
  const { ours = Number.NaN, ...peers } = medians;
  const first = Object.keys(measure.peers)[0];
  const base = first === undefined ? undefined : peers[first];
  return { name: measure.name, unit: measure.unit, ours, peers, ratio: base ? round3(ours / base) : null };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Milliseconds `work` takes. */
export async function time(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const round3 = (value: number) => Math.round(value * 1000) / 1000;
