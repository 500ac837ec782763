/**
 * Loads more lines of a talk where a reader comes to the end of what is loaded: each talk is asked about once at a time, and not
 * again after a failure until the reader scrolls.
 *
 * @module
 */

import type { History } from "../client/state/history.ts";
import type { Talk } from "../client/state/talk.ts";

/** What is being loaded for one view. */
export class Loading {
  readonly #changed: () => void;
  /** The talks for which lines are on their way, and those for which that failed. */
  readonly #talks = new Set<Talk>();
  readonly #failed = new WeakSet<Talk>();

  /** @param changed Called when lines begin to be loaded, and when that is over. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Whether lines of a talk, or of an excerpt, are on their way. */
  has(talk: Talk): boolean {
    return this.#talks.has(talk);
  }

  /** Has what failed be tried again the next time. */
  retry(talk: Talk): void {
    this.#failed.delete(talk);
  }

  /** Loads what comes before the first line of a talk, or of an excerpt. */
  async older(history: History, talk: Talk): Promise<void> {
    // Its last lines are on their way, and what comes before them is known with them.
    if (talk.complete || talk.lines.length === 0 || history.isBringing(talk)) return;
    // Where nothing came and there is more, the server did not answer.
    await this.#load(history, talk, async () => await history.older(talk) > 0 || talk.complete);
  }

  /** Loads what comes after the last line of a talk's excerpt. */
  async newer(history: History, talk: Talk): Promise<void> {
    const { excerpt } = talk;
    if (excerpt !== undefined) await this.#load(history, excerpt, () => history.newer(talk));
  }

  async #load(history: History, talk: Talk, ask: () => Promise<boolean>): Promise<void> {
    if (this.#talks.has(talk) || this.#failed.has(talk) || !history.isAvailable) return;
    this.#talks.add(talk);
    this.#changed();
    const isAnswered = await ask();
    this.#talks.delete(talk);
    if (!isAnswered) this.#failed.add(talk);
    this.#changed();
  }
}
