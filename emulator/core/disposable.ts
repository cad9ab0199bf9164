/**
 * Things to close, in reverse order of opening. `dispose` closes all of them even when one fails, then throws
 * the first failure (others as its `cause` chain are lost on purpose: one cause is enough to act on).
 */
export class Disposables {
  #closers: (() => unknown)[] = [];
  #done: Promise<void> | undefined;

  /** Registers a closing function, sync or async. */
  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Registers something with `close()` or `[Symbol.asyncDispose]()` and returns it. */
  use<T extends { close(): unknown } | AsyncDisposable>(thing: T): T {
    this.defer(() => (Symbol.asyncDispose in thing ? thing[Symbol.asyncDispose]() : thing.close()));
    return thing;
  }

  /** Closes everything once; later calls wait for the first. */
  dispose(): Promise<void> {
    this.#done ??= this.#run();
    return this.#done;
  }

  async #run(): Promise<void> {
    let failure: { error: unknown } | undefined;
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        failure ??= { error };
      }
    }
    this.#closers = [];
    if (failure) throw failure.error;
  }
}
