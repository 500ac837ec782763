/**
 * How often people call each other: a call rings on all devices of whoever is called, so nobody can be called at full speed.
 *
 * @module
 */

import { TokenBucket } from "../../shared/token_bucket.ts";
import { BucketsByKey } from "./buckets_by_key.ts";
import type { Person } from "./person.ts";

/** How often one address may call others, and how often one person is called. */
const RINGS = { byAddress: { burst: 10, perSecond: 1 / 6 }, ofCallee: { burst: 6, perSecond: 1 / 10 } } as const;

/** How many calls may ring for one person at once. */
export const MOST_RINGING = 4;

/** The calls of one room that have rung lately. */
export class RingLimit {
  readonly #byAddress = new BucketsByKey(RINGS.byAddress);
  readonly #ofCallees = new WeakMap<Person, TokenBucket>();

  /**
   * Counts a call that is to ring.
   *
   * @param range Of which addresses it comes; see `addressRange`.
   * @param now Milliseconds of a clock that is never set.
   * @returns False if there were too many; then it is not counted.
   */
  tryCount(range: string, callee: Person, now: number): boolean {
    const caller = this.#byAddress.of(range, now);
    const called = this.#ofCallees.get(callee) ?? new TokenBucket(RINGS.ofCallee, now);
    if (caller.level(now) < 1 || called.level(now) < 1) return false;
    caller.take(1, now);
    called.take(1, now);
    this.#ofCallees.set(callee, called);
    return true;
  }
}
