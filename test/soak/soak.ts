import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstJson } from '../bench/processes.ts';
import { judge, type Sample, type Verdict } from './growth.ts';
import type { Answer, Ask, House } from './messages.ts';
import { type PersonaAtWork, personaAtWork } from './persona.ts';

export interface SoakReport {
  minutes: number;
  /** How often each activity was done; `disturbed` ones met a reset. */
  done: Record<string, number>;
  resets: number;
  samples: Sample[];
  verdicts: Verdict[];
  grew: string[];
}

/**
 * Eight personas work at once for `minutes`. Between slices they rest, and the house is looked at.
 * @throws Error when an answer was wrong: what a persona sees is checked all the time. Also when the run was too
 * short for a verdict.
 */
export async function soak(minutes: number, say: (line: string) => void): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-soak-'));
  const child = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, 'house.ts')], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: folder },
  });
  try {
    const ask = asking(child);
    const house = await firstJson<House>(child);
    return await run(minutes, house, ask, say);
  } finally {
    if (child.connected) child.disconnect();
    if (child.exitCode === null) await once(child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

type Asking = (question: Ask) => Promise<unknown>;

async function run(
  minutes: number,
  house: House,
  ask: Asking,
  say: (line: string) => void,
): Promise<SoakReport> {
  const now = () => performance.now();
  let lastReset = -1;
  const text = async (question: Ask) => String(await ask(question));
  const people = Object.keys(house.personas).map((alias) =>
    personaAtWork({
      alias,
      house,
      signIn: () => text({ want: 'signIn', persona: alias }),
      token: () => text({ want: 'token', persona: alias }),
      disturbed: (since) => lastReset >= since,
      now,
    }),
  );
  const done: Record<string, number> = {};
  const all: Sample[] = [];
  const total = minutes * 60_000;
  const slice = Math.min(15_000, total / 30);
  const start = now();
  let resets = 0;
  while (now() - start < total) {
    const until = now() + slice;
    // All are waited for before one that failed is told of: none may go on in a house that is closing.
    const working = Promise.allSettled(people.map((person) => workUntil(person, until, now, done)));
    if (all.length % 4 === 3) {
      // In the middle of the work, so that it meets open requests, streams and sockets.
      lastReset = Number.POSITIVE_INFINITY;
      await ask({ want: 'reset' });
      lastReset = now();
      resets += 1;
    }
    const failed = (await working).find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    const figures = (await ask({ want: 'sample' })) as Record<string, number>;
    all.push({ minute: (now() - start) / 60_000, figures });
    say(line(all.at(-1)));
  }
  const verdicts = judge(settled(all));
  return {
    minutes: (now() - start) / 60_000,
    done,
    resets,
    samples: all,
    verdicts,
    grew: verdicts.filter(({ grows }) => grows).map(({ figure }) => figure),
  };
}

/** The samples after the first third, and after the journal, which keeps a number of entries, has filled up. */
function settled(all: readonly Sample[]): Sample[] {
  const full = all.findIndex(({ figures }) => (figures['journal dropped'] ?? 0) > 0);
  const from = Math.max(Math.floor(all.length / 3), full);
  if (full === -1 || all.length - from < 3) {
    throw new Error(
      'The journal was not full for long enough to tell growth from filling up: run for longer.',
    );
  }
  return all.slice(from);
}

async function workUntil(
  person: PersonaAtWork,
  until: number,
  now: () => number,
  done: Record<string, number>,
): Promise<void> {
  while (now() < until) {
    const name = await person.next();
    done[name] = (done[name] ?? 0) + 1;
  }
}

/** Questions over the child's IPC channel, answered in any order. */
function asking(child: ReturnType<typeof spawn>): Asking {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let number = 0;
  child.on('message', (answer: Answer) => {
    const waiting = open.get(answer.number);
    open.delete(answer.number);
    if ('error' in answer) waiting?.reject(new Error(answer.error));
    else waiting?.resolve(answer.value);
  });
  child.on('exit', (code) => {
    for (const { reject } of open.values()) reject(new Error(`The process under the soak ended (${code}).`));
  });
  return (question) =>
    new Promise((resolve, reject) => {
      number += 1;
      open.set(number, { resolve, reject });
      child.send({ ...question, number });
    });
}

function line(sample: Sample | undefined): string {
  if (!sample) return '';
  const figures = Object.entries(sample.figures).map(([name, value]) => `${name} ${Math.round(value)}`);
  return `${sample.minute.toFixed(1).padStart(6)} min  ${figures.join('  ')}`;
}
