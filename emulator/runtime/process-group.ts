import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { processesOf } from './listeners.ts';

/** Sends a signal to a process group. False when it is gone. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    // EPERM: a member runs as another user, so the group is alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** True while a member is alive. Where /proc is there, zombies that nobody reaps (containers without init) do not count. */
export function groupAlive(group: number, home: string): boolean {
  if (!signalGroup(group, 0)) return false;
  const members = processesOf(group, home);
  return members === undefined || members.length > 0;
}

/** SIGTERM, then SIGKILL after `grace` milliseconds, to all of an app. True when it had to be killed. */
export async function endGroup(group: number, home: string, grace: number): Promise<boolean> {
  signalGroup(group, 'SIGTERM');
  let killed = false;
  for (
    let waited = 0, pause = 5;
    groupAlive(group, home);
    waited += pause, pause = Math.min(100, pause * 2)
  ) {
    if (waited >= grace) {
      killed = true;
      signalGroup(group, 'SIGKILL');
    }
    if (waited >= grace + 5000) break;
    await delay(pause);
  }
  killStrays(group, home);
  return killed;
}

/** Children that left the group (setsid, daemons) still carry the app's private HOME. Linux only. */
function killStrays(group: number, home: string): void {
  for (const pid of processesOf(group, home) ?? []) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended meanwhile.
    }
  }
}

/**
 * Ends the group and removes its private folder when we are gone, however that happens (also by SIGKILL): a
 * shell in a session of its own waits for its standard input, which the kernel closes with us. Children that
 * left the group are out of its reach. Works on Linux and macOS.
 */
export function guardGroup(group: number, privateFolder: string): ChildProcess {
  const script =
    'read -r _; kill -s TERM -- "-$1" 2>/dev/null && sleep 2 && kill -s KILL -- "-$1" 2>/dev/null; rm -rf -- "$2"';
  const guard = spawn('/bin/sh', ['-c', script, 'brickbox-guard', String(group), privateFolder], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  guard.unref();
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  return guard;
}
