import type { Context } from './context.ts';
import type { Host } from './host.ts';
import type { CommandOutcome } from './run-command.ts';

/**
 * Runs a command in the network of the apps, on this terminal, and hands our signals on to it. `signal` of the
 * outcome is always null: the namespace tells the exit code alone.
 * @throws BrickboxError INSIDE_NEEDS_STRICT
 */
export async function runInside(
  context: Context,
  host: Host,
  request: {
    argv: readonly string[];
    cwd: string;
    env: Record<string, string>;
    /** Folders it must be able to read. */
    readable: readonly string[];
  },
): Promise<CommandOutcome> {
  const { argv, cwd, env, readable } = request;
  const origins = [host.control.url];
  const running = await host.sandbox.inside({ command: argv, cwd, env, origins, readable });
  const unsubscribe = context.onSignal((signal) => running.kill(signal));
  const exitCode = await running.exitCode;
  unsubscribe();
  return { exitCode, signal: null };
}

/** The host with profiles for the name the workspace has inside. */
export function hostInside(host: Host): Host {
  const { workspaceHost } = host.sandbox;
  const url = workspaceHost.includes('://') ? workspaceHost : `https://${workspaceHost}`;
  return { ...host, profiles: host.profiles.map((profile) => ({ ...profile, host: url })) };
}

/** There is no proxy inside: a client told of one would not get anywhere. */
export function withoutProxies(env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(https?|all|no|ftp)_proxy$/i.test(name)),
  );
}
