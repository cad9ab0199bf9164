/*
 * First process of an app's namespace (`unshare` starts it with capabilities there). It makes every address
 * local, answers DNS, accepts any connection and hands it to the gate outside through unix sockets, then starts
 * the app without capabilities. When the gate goes away it ends, and with it everything in the namespace.
 *
 * Argument: the folder of the run, with gate.sock in it. All else comes over that socket.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { constants as osConstants } from 'node:os';
import { join } from 'node:path';
import { exit } from 'node:process';
import { readLines } from './lines.ts';
import { closeInherited } from './ns-descriptors.ts';
import { turnAllPorts, watchUdp } from './ns-nft.ts';
import { canary, holdFolder, prepare } from './ns-prepare.ts';
import { serveAcceptors, serveApp, serveBridges, serveNames } from './ns-serve.ts';
import type { NameAnswer, Setup } from './protocol.ts';

const failed = 125;
const folder = process.argv[2] ?? '';

main().catch((error: unknown) => {
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(`brickbox: strict egress could not start: ${why}\n`);
  exit(failed);
});

async function main(): Promise<void> {
  closeInherited();
  const held = holdFolder(folder);
  const at = (name: string) => join(held, name);
  const openFlow = () => connect({ path: at('gate.sock'), allowHalfOpen: true });

  const control = connect(at('gate.sock'));
  // The gate is gone, killed or closed: everything in here ends, and its folder goes.
  control.once('close', () => {
    rmSync(held, { recursive: true, force: true });
    exit(failed);
  });
  control.on('error', () => exit(failed));
  const waiting = new Map<number, (answer: NameAnswer) => void>();
  const setup = await hello(control, waiting);
  let asked = 0;
  const ask = (name: string, type: string, process: string | null) =>
    new Promise<NameAnswer>((resolve) => {
      asked += 1;
      waiting.set(asked, resolve);
      control.write(`${JSON.stringify({ k: 'dns', id: asked, name, type, process })}\n`);
    });

  prepare(folder, setup);
  const turned = turnAllPorts(setup.ports);
  const platform = await serveNames(ask);
  await serveAcceptors(setup.ports, { turned, platform, openFlow });
  await serveBridges(setup.bridged, openFlow);
  await canary();
  control.write('{"k":"ready"}\n');
  const lookForUdp = turned
    ? watchUdp((address, port) => control.write(`${JSON.stringify({ k: 'udp', address, port })}\n`))
    : async () => {};
  const app = start(setup, async () => {
    await lookForUdp();
    // What was written is read by the gate before the connection's end.
    await new Promise<void>((resolve) => control.write('{"k":"ready"}\n', () => resolve()));
  });
  if (setup.appPort !== null) await serveApp(setup.appPort, at('app.sock'), () => app.exitCode === null);
}

/** Says hello; the first line back is the setup, later ones answer names. */
function hello(control: Socket, waiting: Map<number, (answer: NameAnswer) => void>): Promise<Setup> {
  return new Promise((resolve) => {
    let first = true;
    readLines(control, (value) => {
      if (first) {
        first = false;
        // Our own gate wrote it.
        resolve(value as Setup);
        return;
      }
      const answer = value as NameAnswer;
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
    control.write('{"k":"hello"}\n');
  });
}

/**
 * Starts the app with no capabilities and no way to gain any, in a process group of its own. `atEnd` runs
 * between its end and ours.
 */
function start(setup: Setup, atEnd: () => Promise<void>): ChildProcess {
  const bare = ['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--no-new-privs', '--'];
  const app = spawn(setprivPath(), [...bare, ...setup.command], {
    stdio: 'inherit',
    env: setup.env,
    cwd: setup.cwd,
    detached: true,
  });
  app.once('error', (error) => {
    process.stderr.write(`brickbox: ${error.message}\n`);
    exit(failed);
  });
  app.once('exit', (code, signal) => {
    const outcome = signal ? 128 + osConstants.signals[signal] : (code ?? failed);
    void atEnd().finally(() => exit(outcome));
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const) {
    process.on(signal, () => {
      if (app.pid !== undefined) process.kill(-app.pid, signal);
    });
  }
  return app;
}

/** Found with our own PATH: the app's may not have it. */
function setprivPath(): string {
  return execFileSync('sh', ['-c', 'command -v setpriv'], { encoding: 'utf8' }).trim();
}
