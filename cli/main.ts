import type { Context } from './context.ts';
import type { Platform } from './platform.ts';
import { runProgram } from './program.ts';

/** The `brickbox` command: real terminal, real signals, the public API on demand. */
const context: Context = {
  io: { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() },
  platform: async () => {
    const api: object = await import('../emulator/index.ts');
    if (isPlatform(api)) return api;
    throw new Error('The public API lacks a function the command line needs.');
  },
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  onSignal(listener) {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
    for (const signal of signals) process.on(signal, listener);
    return () => {
      for (const signal of signals) process.off(signal, listener);
    };
  },
  exitCode: 0,
};

// A reader that left (`brickbox journal | head`) ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

await runProgram(context, process.argv.slice(2));
process.exitCode = context.exitCode;

function isPlatform(api: object): api is Platform {
  const needed = ['createSandbox', 'createControl', 'loadConfig', 'coverageTable'];
  return needed.every((name) => Reflect.get(api, name) instanceof Function);
}
