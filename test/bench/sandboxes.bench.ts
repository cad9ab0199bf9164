import { createSandbox, type Sandbox } from '../../emulator/index.ts';
import type { Bench } from './runner.ts';

const count = 50;
const config = { personas: { ana: { user_name: 'ana@acme.test', groups: ['admins'] } } };

/** Many worlds in one process: time and memory each after the first, and that none sees another. */
const bench: Bench = {
  name: `sandboxes: ${count} in one process`,
  async run(measure) {
    const first = await createSandbox({ config, seed: 'first' });
    try {
      await measure({
        name: 'one more sandbox',
        unit: 'ms',
        rounds: 5,
        ours: async () => (await openMany()).milliseconds,
        peers: {},
      });
      await measure({
        name: 'memory of one more sandbox',
        unit: 'MB',
        rounds: 5,
        ours: async () => (await openMany()).megabytes,
        peers: {},
      });
    } finally {
      await first.close();
    }
  },
};

async function openMany(): Promise<{ milliseconds: number; megabytes: number }> {
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const sandboxes: Sandbox[] = [];
  for (let i = 0; i < count; i += 1) sandboxes.push(await createSandbox({ config, seed: `world ${i}` }));
  const milliseconds = (performance.now() - start) / count;
  const megabytes = (process.memoryUsage.rss() - before) / 1e6 / count;
  const ids = new Set(sandboxes.map((sandbox) => sandbox.workspaceId));
  if (ids.size !== count) throw new Error('two sandboxes share a workspace id');
  for (const sandbox of sandboxes) await sandbox.close();
  return { milliseconds, megabytes: Math.max(0, megabytes) };
}

export default bench;
