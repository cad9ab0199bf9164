import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { createAddresses } from '../addresses.ts';
import type { Carrier } from '../answer/carrier.ts';
import type { Decide } from '../policy/index.ts';
import { hubsFolder } from './hub.ts';
import { createStrictLaunches, launcherPath, unshareCommand } from './launch.ts';

export type Probe = { available: true } | { available: false; reason: string; fix: string };

/** A rehearsal that hangs must not hold up a sandbox that can run without. Milliseconds. */
const patience = 10_000;

/**
 * Finds out, by doing it, whether an app can be started in strict mode on this machine: the whole launch, with
 * its canary, around a program that does nothing. Once that worked, later runs of the same boot only ask whether
 * namespaces can still be made; the canary runs before every app anyway.
 * @param memory file that remembers a success; null: rehearse in any case.
 */
export async function probeStrict(memory: string | null = provenFile()): Promise<Probe> {
  if (platform() !== 'linux') {
    const fix =
      'Use cooperative mode here, or run in Linux (WSL2, a container with its own network namespace).';
    return { available: false, reason: 'strict egress needs Linux namespaces', fix };
  }
  const proof = proofOfToday();
  if (memory !== null && readSetting(memory) === proof && (await namespacesWork()))
    return { available: true };
  const failure = await rehearse();
  if (failure !== undefined) return { available: false, ...explainFailure(failure) };
  if (memory !== null) writeFileSync(memory, proof, { mode: 0o600 });
  return { available: true };
}

/** The whole launch around `true`. Undefined when it worked, else what it said. */
async function rehearse(): Promise<string | undefined> {
  const launches = createStrictLaunches(
    { ...nothing, addresses: createAddresses() },
    { platformOrigins: () => [] },
  );
  try {
    const env = { PATH: process.env['PATH'] ?? '' };
    const launch = await launches.wrap(
      { command: ['true'], env, cwd: process.cwd() },
      { name: 'probe', port: 8000 },
    );
    return await run(launch);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await launches.close();
  }
}

function provenFile(): string | null {
  try {
    return join(hubsFolder(), 'proven');
  } catch {
    return null;
  }
}

/** Changes with what a success depends on: this boot, this program, what it finds. */
function proofOfToday(): string {
  const boot = readSetting('/proc/sys/kernel/random/boot_id')?.trim();
  const mounts = readSetting('/proc/self/mountinfo')?.split('\n').length;
  return JSON.stringify([boot, mounts, process.execPath, import.meta.url, process.env['PATH']]);
}

async function namespacesWork(): Promise<boolean> {
  const [command, ...args] = unshareCommand;
  const env = { PATH: launcherPath() };
  const script = 'ip link set lo up';
  return (await run({ command: [command, ...args, 'sh', '-c', script], env, cwd: '/' })) === undefined;
}

/** The gate of the rehearsal: nothing may pass, nothing is recorded. */
const denied: ReturnType<Decide> = { verdict: 'denied', platform: false, rule: 'rehearsal' };
const carrier: Carrier = {
  judge: (attempt) => ({ attempt, decision: denied, route: undefined }),
  judgeName: () => denied,
  judgeUncarried: () => {},
  carry: () => false,
  platform: () => undefined,
  dial() {
    throw new Error('nothing is dialled in a rehearsal');
  },
};
const nothing = { carrier, decide: () => denied, dnsFailure: 'SERVFAIL', wall: () => 0 } as const;

/** Undefined when it worked, else what it said. */
function run(launch: {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}): Promise<string | undefined> {
  const [file = 'false', ...args] = launch.command;
  return new Promise((resolve) => {
    const options = { env: launch.env, cwd: launch.cwd, timeout: patience, killSignal: 'SIGKILL' } as const;
    execFile(file, args, options, (error, _stdout, stderr) => {
      if (!error) resolve(undefined);
      else if (error.code === 'ENOENT') resolve('unshare: not installed');
      else resolve(stderr.trim() || error.message);
    });
  });
}

/** Why strict mode cannot be had, and the line that enables it where there is one. `said` is what the launch printed. */
export function explainFailure(
  said: string,
  read: (file: string) => string | undefined = readSetting,
): { reason: string; fix: string } {
  const missing = /\b(unshare|setpriv|ip|mount): not installed|spawnSync (\w+) ENOENT/.exec(said);
  if (missing) {
    return {
      reason: `the program ${missing[1] ?? missing[2]} is not installed`,
      fix: 'Install util-linux and iproute2.',
    };
  }
  const words = said.split('\n').at(-1) || 'no message';
  const setting = restrictions.find(({ file, value }) => read(file)?.trim() === value);
  if (setting) {
    return { reason: `this machine does not allow user namespaces (${words})`, fix: setting.fix };
  }
  return {
    reason: `an app cannot be started in namespaces here (${words})`,
    fix: 'In a container, allow unshare and mount (seccomp), or give it its own network namespace.',
  };
}

function readSetting(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

const restrictions = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    value: '1',
    fix: 'Run: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    value: '0',
    fix: 'Run: sudo sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/user/max_user_namespaces',
    value: '0',
    fix: 'Run: sudo sysctl -w user.max_user_namespaces=10000',
  },
];
