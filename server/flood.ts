/**
 * The flood limit: how fast one connection's lines are handled. It delays and never drops; whoever pastes too much
 * waits, and the kernel makes their client wait in turn.
 *
 * @module
 */

/** A burst is this many seconds' worth of lines. */
const BURST_SECONDS = 5;

/** A token bucket for one connection's lines. */
export class FloodLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /**
   * @param perSecond Lines a second that pass after a burst of 5 s worth; 0 for no limit.
   * @param now The time in milliseconds.
   */
  constructor(perSecond: number, now: () => number = Date.now) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#tokens = perSecond * BURST_SECONDS;
    this.#filledAt = now();
  }

  /** Takes one line's share. Gives how many milliseconds to wait before that line may be handled, 0 for none. */
  take(): number {
    if (this.#perSecond === 0) return 0;
    const now = this.#now();
    const filled = this.#tokens + Math.max(0, now - this.#filledAt) * this.#perSecond / 1000;
    this.#tokens = Math.min(filled, this.#perSecond * BURST_SECONDS) - 1;
    this.#filledAt = now;
    return this.#tokens >= 0 ? 0 : Math.ceil(-this.#tokens * 1000 / this.#perSecond);
  }
}
