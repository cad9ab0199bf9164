import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Disposables } from '../core/index.ts';
import type { Egress } from '../egress/index.ts';
import type { InsideCommand, InsideRequest } from '../sandbox-contract.ts';

const ownFailure = 125;

/**
 * Starts a command in a namespace of its own that sees what apps see, on our standard streams. It ends with the
 * sandbox at the latest.
 * @throws BrickboxError INSIDE_NEEDS_STRICT
 */
export async function runInside(
  egress: Egress,
  request: InsideRequest,
  disposables: Disposables,
): Promise<InsideCommand> {
  const { command, env, cwd, origins = [], readable = [] } = request;
  const { launch, end } = await egress.wrapCommand({ command, env, cwd }, { origins, readable });
  const [file = 'false', ...args] = launch.command;
  // A group of its own: the launcher blocks the signals that the namespace's init hands on to the command.
  const child = spawn(file, args, { env: launch.env, cwd: launch.cwd, stdio: 'inherit', detached: true });
  const ended = exitOf(child).finally(end);
  disposables.defer(async () => {
    signalGroup(child, 'SIGKILL');
    await ended;
  });
  return { exitCode: ended, kill: (signal) => signalGroup(child, signal) };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(ownFailure));
    child.once('exit', (code, signal) =>
      resolve(signal ? 128 + constants.signals[signal] : (code ?? ownFailure)),
    );
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in this moment.
  }
}
