import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createClock, silentLog } from '../core/index.ts';
import { createJournal, type EgressEntry } from '../journal/index.ts';
import type { EgressOptions } from './contract.ts';
import { createEgress } from './egress.ts';

/** What tests of the gate share: a stub site, a sandbox address, and programs run behind the gate. */
export interface Rig extends AsyncDisposable {
  egress: Awaited<ReturnType<typeof createEgress>>;
  folder: string;
  /** A loopback server that counts as the workspace. */
  workspacePort: number;
  attempts(host: string): EgressEntry[];
  findings(): string[];
  /** Runs a program as the app `shop`. */
  run(command: readonly string[], env?: Record<string, string>): Promise<RunResult>;
  appEnv(): Promise<Record<string, string>>;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** `stub.example` answers from a folder, `silent.example` is allowed and unanswered, all else is denied. */
export async function openRig(options: Partial<EgressOptions> = {}): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'brickbox-egress-'));
  mkdirSync(join(folder, 'stubs/GET/v1'), { recursive: true });
  writeFileSync(join(folder, 'stubs/GET/v1/rates.json'), '{"eur":1.1}');
  const workspace = await listen((_request, response) => response.end('workspace'));
  const clock = createClock();
  const journal = createJournal(clock, () => 1);
  const egress = await createEgress({
    policy: 'declared_only',
    allowed: { 'stub.example': { stub: 'stubs' }, 'silent.example': {} },
    mode: 'cooperative',
    dnsFailure: 'SERVFAIL',
    baseFolder: folder,
    platformOrigins: () => [`http://127.0.0.1:${workspace.port}`],
    journal,
    clock,
    log: silentLog,
    ...options,
  });
  const appEnv = async () => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder };
    const { env: wrapped } = await egress.wrap(
      { command: ['true'], env, cwd: folder },
      { name: 'shop', port: 8000 },
    );
    return { ...wrapped };
  };
  return {
    egress,
    folder,
    workspacePort: workspace.port,
    attempts: (host) =>
      journal
        .entries({ kinds: ['egress'] })
        .filter((entry) => entry.kind === 'egress' && entry.host === host) as EgressEntry[],
    findings: () =>
      journal.entries({ kinds: ['finding'] }).map((entry) => ('finding' in entry ? entry.finding : '')),
    appEnv,
    async run(command, env = {}) {
      const base = { PATH: process.env['PATH'] ?? '', HOME: folder, ...env };
      const launch = await egress.wrap({ command, env: base, cwd: folder }, { name: 'shop', port: 8000 });
      return runProgram(launch.command, launch.env, launch.cwd);
    },
    async [Symbol.asyncDispose]() {
      await egress.close();
      await workspace.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function runProgram(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
): Promise<RunResult> {
  const [file = 'false', ...args] = command;
  return new Promise((resolve) => {
    execFile(file, args, { env, cwd, timeout: 30_000 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ code, stdout: stdout.trim(), stderr });
    });
  });
}

export async function listen(handler: RequestListener): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** The Node versions to test with: the one that runs the tests, and the machine's own where it is another. */
export function nodes(): { name: string; path: string }[] {
  const own = { name: process.version, path: process.execPath };
  const folders = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  const system = folders.map((entry) => join(entry, 'node')).find((file) => existsSync(file));
  const isOther = system !== undefined && dirname(system) !== dirname(own.path);
  return isOther ? [own, { name: 'system', path: system }] : [own];
}
