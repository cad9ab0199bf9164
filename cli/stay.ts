import type { Context } from './context.ts';
import type { Host } from './host.ts';

/** Waits until somebody ends the run: a signal, or the control API. */
export function untilEnd(context: Context): { promise: Promise<void>; end(): void } {
  let end = () => {};
  const promise = new Promise<void>((resolve) => {
    end = resolve;
  });
  const unsubscribe = context.onSignal(end);
  return { promise: promise.finally(unsubscribe), end };
}

/** Closes a run and says what became of its state. */
export async function closeAndSay(context: Context, host: Host): Promise<void> {
  const { stderr } = context.io;
  stderr.write('\nStopping\n');
  await host.close();
  stderr.write('Stopped. The world was in memory and is gone; the seed makes it anew.\n');
}
