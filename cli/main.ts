import type { Context } from './context.ts';
import { runProgram } from './program.ts';

/** The `brickbox` command: real terminal, real signals, the public API on demand. */
const context: Context = {
  io: { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() },
  platform: () => import('../emulator/index.ts'),
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
