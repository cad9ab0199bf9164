import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { promisify } from 'node:util';

export type Probe = { available: true } | { available: false; reason: string; fix: string };

/** The namespaces an app gets. `--kill-child` takes the whole tree down when the launcher dies. */
export const unshareCommand = [
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
] as const;

/** Finds out, by doing it, whether this machine lets us make the namespaces of strict mode. */
export async function probeStrict(): Promise<Probe> {
  if (platform() !== 'linux') {
    const fix =
      'Use cooperative mode here, or run in Linux (WSL2, a container with its own network namespace).';
    return { available: false, reason: 'strict egress needs Linux namespaces', fix };
  }
  const script = 'command -v setpriv mount >/dev/null && ip link set lo up';
  const [command, ...args] = unshareCommand;
  try {
    await promisify(execFile)(command, [...args, 'sh', '-c', script], { timeout: 10_000 });
    return { available: true };
  } catch (error) {
    return { available: false, ...explain(error) };
  }
}

function explain(error: unknown): { reason: string; fix: string } {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
    return { reason: 'the program unshare is not installed', fix: 'Install util-linux and iproute2.' };
  }
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  const reason = `this machine does not allow unprivileged namespaces (${text.split('\n')[0] || 'no message'})`;
  const setting = restrictions.find(
    ({ file, value }) => existsSync(file) && readFileSync(file, 'utf8').trim() === value,
  );
  return {
    reason,
    fix: setting?.fix ?? 'In a container, allow unshare (seccomp) or give it its own network namespace.',
  };
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
