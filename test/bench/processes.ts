import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Running<Info> {
  /** The JSON object the process printed as its first such line. */
  info: Info;
  pid: number;
  stop(): Promise<void>;
}

/** Starts a file of `test/bench/servers` and waits for its JSON line. */
export async function startServer<Info = { url: string }>(
  file: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Running<Info>> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'servers', file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const info = await firstJson<Info>(child);
  return { info, pid: child.pid ?? 0, stop: () => stop(child) };
}

/** Runs the load generator to its end. */
export async function load(job: {
  url: string;
  connections: number;
  requests: number;
  headers?: Record<string, string>;
  expect?: string;
}): Promise<{ p50: number; p99: number; perSecond: number }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const answer = await firstJson<{ p50: number; p99: number; perSecond: number }>(child);
  if (child.exitCode === null) await once(child, 'exit');
  return answer;
}

/** The first line of stdout that is a JSON object. @throws Error when the process ends before it. */
export async function firstJson<Info>(child: ChildProcess): Promise<Info> {
  if (!child.stdout) throw new Error('The process has no stdout.');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line);
  }
  throw new Error(`The process ended (code ${child.exitCode}) before it said where it is.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
