import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { firstJson } from './processes.ts';
import type { Bench } from './runner.ts';

const root = resolve(import.meta.dirname, '../..');

interface ColdStart {
  /** Milliseconds from the start of the process to the first authenticated answer of the app. */
  ready: number;
  /** Milliseconds the first SQL statement took after that. */
  firstStatement: number;
  /** MB resident before and after that statement. */
  before: number;
  after: number;
}

/** Cold start from built JS with a warm file cache, as after `npm install brickbox`. */
const bench: Bench = {
  name: 'cold start: new process to the first authenticated answer of an echo app (built JS)',
  async run(measure) {
    execFileSync(process.execPath, [join(root, 'cli/launch.cjs'), '--script', 'build'], { stdio: 'ignore' });
    const cache = mkdtempSync(join(tmpdir(), 'brickbox-bench-'));
    const start = (file: string, mode: string) => async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'servers', file), mode], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
      });
      const answer = await firstJson<ColdStart>(child);
      if (child.exitCode === null) await once(child, 'exit');
      return answer;
    };
    const ours = start('cold-start.mjs', 'cooperative');
    const strict = start('cold-start.mjs', 'strict');
    const bare = start('bare-start.mjs', '');
    await ours();
    const pick = (run: () => Promise<ColdStart>, key: keyof ColdStart) => async (): Promise<number> =>
      (await run())[key];
    try {
      await measure({
        name: 'cold start to first authenticated request',
        unit: 'ms',
        ours: pick(ours, 'ready'),
        peers: {
          'bare node:http forwarder and app': pick(bare, 'ready'),
          'ours with strict egress': pick(strict, 'ready'),
        },
      });
      await measure({
        name: 'memory after it',
        unit: 'MB',
        rounds: 5,
        ours: pick(ours, 'before'),
        peers: { 'bare node:http forwarder': pick(bare, 'before') },
      });
      await measure({
        name: 'first SQL statement adds',
        unit: 'ms',
        rounds: 5,
        ours: pick(ours, 'firstStatement'),
        peers: {},
      });
      await measure({
        name: 'memory the first SQL statement adds',
        unit: 'MB',
        rounds: 5,
        ours: async () => {
          const { before, after } = await ours();
          return after - before;
        },
        peers: {},
      });
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  },
};

export default bench;
