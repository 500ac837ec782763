/**
 * Work of which only so much is done at once, where it takes memory or a program: those for whom it is done take turns, so that
 * nobody waits for all that somebody else has brought.
 *
 * @module
 */

/** A row of work. How much waits is its callers' business. */
export class FairRow {
  readonly #width: number;
  /** What waits, by the one for whom it is done; whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  /** For whom work is being done. */
  readonly #working = new Set<string>();

  /**
   * @param width How many pieces are done at once, each for somebody else: work at the expense of somebody who has used up their
   * time goes on slowly.
   */
  constructor(width: number) {
    this.#width = width;
  }

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
    this.#begin();
    return promise;
  }

  /** Begins what may be done now. */
  #begin(): void {
    for (const [whose, [work, ...left]] of this.#waiting) {
      if (this.#working.size >= this.#width) return;
      if (this.#working.has(whose)) continue;
      // Behind all others.
      this.#waiting.delete(whose);
      if (left.length > 0) this.#waiting.set(whose, left);
      this.#working.add(whose);
      void work().then(() => {
        this.#working.delete(whose);
        this.#begin();
      });
    }
  }
}
