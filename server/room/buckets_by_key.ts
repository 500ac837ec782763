/**
 * Token buckets by keys that others choose. A bucket that is full limits nobody, so it is forgotten: each use of one looks at
 * the two that were used the longest ago, and so costs the same however many there are.
 *
 * @module
 */

import { TokenBucket, type TokenRate } from "../../shared/token_bucket.ts";

/** How many buckets are looked at with each use: more than a use adds, so that they become fewer where nobody needs them. */
const LOOKS = 2;

/** The buckets. */
export class BucketsByKey {
  readonly #rate: TokenRate;
  /** Those that were used the longest ago stand first. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(rate: TokenRate) {
    this.#rate = rate;
  }

  /** How many there are. */
  get size(): number {
    return this.#buckets.size;
  }

  /** The bucket of a key; a full one where there is none. @param now Milliseconds of a clock that is never set. */
  of(key: string, now: number): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, now);
    this.#buckets.delete(key);
    for (const [other, oldest] of this.#buckets.entries().take(LOOKS)) {
      if (oldest.isFull(now)) this.#buckets.delete(other);
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }

  delete(key: string): void {
    this.#buckets.delete(key);
  }
}
