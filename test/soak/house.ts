/**
 * The process under the soak: one sandbox and nothing else, so that its memory, sockets and files are the house's
 * own. Needs `--expose-gc`, an IPC channel, and TMPDIR set to a folder of its own.
 */
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../emulator/index.ts';
import type { Answer, Ask, House } from './messages.ts';

const names = ['ana', 'ben', 'cleo', 'dan', 'eve', 'finn', 'gus', 'hana'];
const personas = Object.fromEntries(names.map((name) => [name, { user_name: `${name}@acme.test` }]));
const sandbox = await createSandbox({
  folder: join(import.meta.dirname, 'app'),
  seed: 'soak',
  config: {
    personas: { ...personas, admin: { user_name: 'admin@acme.test', groups: ['admins'] } },
    apps: {
      soak: {
        source_code_path: '.',
        user_api_scopes: ['sql'],
        permissions: [{ group_name: 'users', level: 'CAN_USE' }],
      },
    },
    // A run must also work where namespaces are not to be had.
    egress: { mode: 'cooperative' },
    seed: [join(import.meta.dirname, 'seed.sql')],
  },
});

const work: Record<Ask['want'], (persona: string) => unknown> = {
  sample,
  reset: () => sandbox.reset(),
  token: (persona) => sandbox.as(persona).token({ scopes: ['sql'] }),
  signIn: async (persona) => (await sandbox.as(persona).signIn()).cookie,
  cookie: (persona) => sandbox.as(persona).cookie(),
};

process.on('message', (message: Ask & { number: number }) => {
  const { number } = message;
  void answer(number, 'persona' in message ? message.persona : '', message.want);
});
process.on('disconnect', () => void close());
process.on('SIGTERM', () => void close());

const house: House = {
  url: sandbox.apps[0]?.url ?? '',
  workspaceUrl: sandbox.workspaceUrl,
  warehouseId: sandbox.warehouseId,
  personas: Object.fromEntries(names.map((name) => [name, `${name}@acme.test`])),
};
console.log(JSON.stringify(house));

async function answer(number: number, persona: string, want: Ask['want']): Promise<void> {
  const send = (message: Answer) => process.send?.(message);
  try {
    send({ number, value: (await work[want](persona)) ?? null });
  } catch (error) {
    send({ number, error: error instanceof Error ? error.message : String(error) });
  }
}

/** Figures after a full collection; twice, because finalizers free what a first one only marks. */
async function sample(): Promise<Record<string, number>> {
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  const open = descriptors();
  const { journal } = sandbox;
  return {
    'resident MB': rss / 1e6,
    'heap MB': heapUsed / 1e6,
    'external MB': external / 1e6,
    sockets: open.filter((target) => target.startsWith('socket:')).length,
    descriptors: open.length,
    'journal entries': journal.last - journal.dropped,
    'journal dropped': journal.dropped,
    'temporary files': readdirSync(tmpdir(), { recursive: true }).length,
  };
}

/** What every descriptor of this process points to; where the system does not say, its active handles. */
function descriptors(): string[] {
  if (!existsSync('/proc/self/fd')) {
    return process.getActiveResourcesInfo().map((kind) => (kind === 'TCPSocketWrap' ? 'socket:' : kind));
  }
  return readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return 'gone';
    }
  });
}

async function close(): Promise<void> {
  await sandbox.close();
  process.exit(0);
}
