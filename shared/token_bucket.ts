/**
 * A token bucket: what may happen at a steady rate, and in a burst after a pause. Server and client count with it.
 *
 * Times are milliseconds of a clock that the caller reads.
 *
 * @module
 */

/** How large a bucket is and how fast it fills. */
export interface TokenRate {
  /** How many tokens a full bucket holds. */
  burst: number;
  /** How many tokens it gains in a second. */
  perSecond: number;
}

/** A supply of tokens that fills up at a steady rate. Whoever takes more than there are owes them. */
export class TokenBucket {
  readonly #burst: number;
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  /** @param now The time in milliseconds. @param tokens What it holds at first; a burst when left out. */
  constructor({ burst, perSecond }: TokenRate, now: number, tokens: number = burst) {
    this.#burst = burst;
    this.#perSecond = perSecond;
    this.#tokens = tokens;
    this.#filledAt = now;
  }

  /** How many tokens it holds; below 0, how many are owed. A clock that was set back takes none away. */
  level(now: number): number {
    const filled = this.#tokens + Math.max(0, now - this.#filledAt) * this.#perSecond / 1000;
    this.#tokens = Math.min(filled, this.#burst);
    this.#filledAt = now;
    return this.#tokens;
  }

  /** Takes tokens, more than there are if need be. A negative number gives tokens back. */
  take(tokens: number, now: number): void {
    this.#tokens = this.level(now) - tokens;
  }

  /** Takes tokens if there are as many, and says whether there were. */
  tryTake(tokens: number, now: number): boolean {
    if (this.level(now) < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** How many milliseconds it takes until there are so many tokens. */
  wait(tokens: number, now: number): number {
    return Math.max(0, tokens - this.level(now)) * 1000 / this.#perSecond;
  }

  /** Whether it holds a whole burst. */
  isFull(now: number): boolean {
    return this.level(now) >= this.#burst;
  }
}
