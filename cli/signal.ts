import type { Context } from './context.ts';

/** An abort signal that fires when the user ends the program. */
export function signalOf(context: Context): AbortSignal {
  const controller = new AbortController();
  const unsubscribe = context.onSignal(() => {
    unsubscribe();
    controller.abort();
  });
  return controller.signal;
}
