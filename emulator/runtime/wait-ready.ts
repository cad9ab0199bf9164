import { setTimeout as delay } from 'node:timers/promises';
import { BrickboxError } from '../core/index.ts';
import { type Child, exitText } from './child.ts';
import { type Listener, listenersOf, listenerText, processesOf } from './listeners.ts';
import type { LogBuffer } from './log-buffer.ts';
import type { Prepared } from './prepare.ts';
import { accepts } from './readiness.ts';

export interface ReadyOptions {
  name: string;
  /** Milliseconds. */
  limit: number;
  /** False inside a namespace, whose sockets our /proc does not show. */
  visible: boolean;
  log: LogBuffer;
  signal: AbortSignal;
  /** Told once for each new set of listeners on other ports. */
  onElsewhere(listeners: string): void;
}

/** TCP listeners of an app's processes; undefined where they cannot be seen. */
export function listenersOfApp(child: Child): Listener[] | undefined {
  if (child.pid === undefined) return undefined;
  const pids = processesOf(child.pid, child.home);
  return pids && listenersOf(pids);
}

/**
 * Waits until the app accepts connections. Where /proc shows it, the listener must be the app's own: another
 * program on that port would get the users' tokens.
 * @throws BrickboxError APP_CRASHED, APP_NOT_LISTENING
 */
export async function waitReady(child: Child, prepared: Prepared, options: ReadyOptions): Promise<void> {
  const { signal, limit, log, name } = options;
  let seen = '';
  let nextLook = 2000;
  for (let waited = 0, pause = 5; ; waited += pause) {
    signal.throwIfAborted();
    if (child.ended) throw crashed(name, child, log);
    if ((await accepts(prepared.target)) && (!options.visible || ownsPort(child, prepared.port))) return;
    if (waited >= limit) throw notListening(child, prepared.port, options);
    if (waited >= nextLook && options.visible) {
      nextLook = waited + 3000;
      const text = (listenersOfApp(child) ?? []).map(listenerText).join(', ');
      if (text !== '' && text !== seen) options.onElsewhere(text);
      seen = text;
    }
    pause = waited < 2000 ? 10 : 200;
    await Promise.race([delay(pause, undefined, { signal }), child.exited]);
  }
}

function ownsPort(child: Child, port: number): boolean {
  const listeners = listenersOfApp(child);
  return listeners === undefined || listeners.some((one) => one.port === port);
}

/** The report of an app that ended by itself. */
export function crashed(name: string, child: Child, log: LogBuffer): BrickboxError {
  const how = child.ended ? exitText(child.ended) : 'unknown reason';
  return new BrickboxError('APP_CRASHED', `The app ${name} ended (${how}). ${lastLines(log)}`, {
    fix: crashFix(log.tail(20, 'APP')),
  });
}

function lastLines(log: LogBuffer): string {
  const tail = log.tail(20, 'APP');
  return tail === '' ? 'It printed nothing.' : `Its last lines:\n${tail}`;
}

function crashFix(tail: string): string {
  const python = /(?:ModuleNotFoundError|ImportError): No module named '([^']+)'/.exec(tail)?.[1];
  if (python !== undefined) {
    return `Add the package of ${python} to requirements.txt; only some packages are preinstalled on the platform, and none here.`;
  }
  const node = /Cannot find (?:module|package) '([^']+)'/.exec(tail)?.[1];
  if (node !== undefined) return `Add ${node} to the dependencies of package.json, or correct the path.`;
  if (/EADDRINUSE|Address already in use/i.test(tail)) {
    return 'Listen on the port of DATABRICKS_APP_PORT, once; another port may be taken.';
  }
  return 'Start the command by hand in the folder of the app to see the error, then correct it.';
}

function notListening(child: Child, port: number, options: ReadyOptions): BrickboxError {
  const listeners = options.visible ? listenersOfApp(child) : undefined;
  const elsewhere = (listeners ?? []).map(listenerText).join(', ');
  const what =
    listeners === undefined
      ? ''
      : elsewhere === ''
        ? ' It listens on no port.'
        : ` It listens on ${elsewhere}.`;
  return new BrickboxError(
    'APP_NOT_LISTENING',
    `The app ${options.name} did not listen on 127.0.0.1:${port} within ${options.limit / 1000} s.${what} ${lastLines(options.log)}`,
    {
      fix: 'Listen on the port in DATABRICKS_APP_PORT and on the address in UVICORN_HOST and its like, or 127.0.0.1.',
    },
  );
}
