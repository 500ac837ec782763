/**
 * How often people call each other: a call rings on all devices of whoever is called, so nobody can be called at full speed.
 *
 * @module
 */

import { TokenBucket } from "../../shared/token_bucket.ts";
import { BucketsByKey } from "./buckets_by_key.ts";
import type { Person } from "./person.ts";

/**
 * How often one address may call others, how often one person is called, and how often of these by one address: half as often,
 * so that nobody alone can keep all others from calling somebody.
 */
const RINGS = {
  byAddress: { burst: 10, perSecond: 1 / 6 },
  ofCallee: { burst: 6, perSecond: 1 / 10 },
  ofCalleeByAddress: { burst: 3, perSecond: 1 / 20 },
} as const;

/** How many calls may ring for one person at once, and how many of these from one address. */
export const MOST_RINGING = { inAll: 4, byAddress: 2 } as const;

/** The calls of one room that have rung lately. */
export class RingLimit {
  readonly #byAddress = new BucketsByKey(RINGS.byAddress);
  readonly #ofCallees = new WeakMap<Person, { all: TokenBucket; byAddress: BucketsByKey }>();

  /**
   * Counts a call that is to ring.
   *
   * @param range Of which addresses it comes; see `addressRange`.
   * @param now Milliseconds of a clock that is never set.
   * @returns False if there were too many; then it is not counted.
   */
  tryCount(range: string, callee: Person, now: number): boolean {
    let called = this.#ofCallees.get(callee);
    if (called === undefined) {
      called = { all: new TokenBucket(RINGS.ofCallee, now), byAddress: new BucketsByKey(RINGS.ofCalleeByAddress) };
      this.#ofCallees.set(callee, called);
    }
    const buckets = [this.#byAddress.of(range, now), called.all, called.byAddress.of(range, now)];
    if (buckets.some((bucket) => bucket.level(now) < 1)) return false;
    for (const bucket of buckets) bucket.take(1, now);
    return true;
  }
}
