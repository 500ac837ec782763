/**
 * Work that is done one piece after the other, where it takes memory or a program: those for whom it is done take turns, so that
 * nobody waits for all that somebody else has brought.
 *
 * @module
 */

/** A row of work. How much waits is its callers' business. */
export class FairRow {
  /** What waits, by the one for whom it is done; whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  #isWorking = false;

  /**
   * Does a piece of work when its turn has come.
   *
   * @param whose For whom it is done, such as an address.
   * @returns What the work gives. @throws What the work throws.
   */
  run<T>(whose: string, work: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiting = this.#waiting.get(whose) ?? [];
    waiting.push(async () => {
      try {
        resolve(await work());
      } catch (error) {
        reject(error);
      }
    });
    this.#waiting.set(whose, waiting);
    if (!this.#isWorking) void this.#work();
    return promise;
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#waiting.size > 0) {
      const [[whose, [work, ...left]]] = this.#waiting;
      // Behind all others.
      this.#waiting.delete(whose);
      if (left.length > 0) this.#waiting.set(whose, left);
      await work();
    }
    this.#isWorking = false;
  }
}
