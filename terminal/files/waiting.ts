/**
 * Waits between two attempts of what a lost connection has stopped: longer each time, and not for ever.
 *
 * @module
 */

/** Milliseconds before the first attempt and the longest, and how long nothing may come at all. */
const WAIT = { first: 500, most: 15_000, all: 10 * 60_000 } as const;

/** The attempts at one transfer. */
export class Attempts {
  readonly #all: number;
  #wait: number = WAIT.first;
  #since: number | undefined;

  /** @param all Milliseconds after which it is given up. */
  constructor(all: number = WAIT.all) {
    this.#all = all;
  }

  /** Notes that something has come: the next loss is the first one. */
  moved(): void {
    this.#wait = WAIT.first;
    this.#since = undefined;
  }

  /** Waits for the next attempt. @returns False where it is not worth trying again. */
  async next(signal: AbortSignal): Promise<boolean> {
    const now = performance.now();
    this.#since ??= now;
    if (now + this.#wait - this.#since > this.#all) return false;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#wait);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
    signal.throwIfAborted();
    this.#wait = Math.min(this.#wait * 2, WAIT.most);
    return true;
  }
}
