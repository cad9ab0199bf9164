/**
 * Waits until `work` settles, `milliseconds` (wall time) have passed or `signal` aborts, whichever is first.
 * Returns whether `work` settled. `work` must not reject.
 */
export function settledWithin(
  work: Promise<void>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (settled: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(settled);
    };
    const onAbort = () => end(false);
    const timer = setTimeout(end, milliseconds, false);
    signal.addEventListener('abort', onAbort);
    work.then(() => end(true));
    if (signal.aborted) end(false);
  });
}
