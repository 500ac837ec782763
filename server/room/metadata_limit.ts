/**
 * How fast metadata may be changed: a burst of keys at once, and then one each 5 s. The sessions that are logged in to one
 * account share this, since each more device would otherwise let them change more.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import { TokenBucket } from "../../shared/token_bucket.ts";
import { BucketsByKey } from "./buckets_by_key.ts";

/** How many changes one may make. A change counts once for each person or channel that it is told of. */
const CHANGES = { burst: 20, perSecond: 0.2 } as const;

/** Somebody who changes metadata. */
interface Changer {
  readonly account: string | undefined;
}

/** The changes of all accounts and of all sessions without one. */
export class MetadataLimit {
  readonly #ofAccounts = new BucketsByKey(CHANGES);
  readonly #ofGuests = new WeakMap<Changer, TokenBucket>();

  /**
   * Counts changes, or says how long they have to wait. More changes than a burst count as a burst.
   *
   * @param now In milliseconds.
   * @returns 0 if they may be made now; else nothing is counted, and these are the milliseconds until they may be.
   */
  count(by: Changer, changes: number, now: number): number {
    const bucket = this.#bucketOf(by, now);
    const tokens = Math.min(changes, CHANGES.burst);
    return bucket.tryTake(tokens, now) ? 0 : bucket.wait(tokens, now);
  }

  #bucketOf(by: Changer, now: number): TokenBucket {
    const { account } = by;
    if (account !== undefined) return this.#ofAccounts.of(casefold(account), now);
    const bucket = this.#ofGuests.get(by) ?? new TokenBucket(CHANGES, now);
    this.#ofGuests.set(by, bucket);
    return bucket;
  }

  /** Forgets what an account has changed. @param account Folded. */
  forgetAccount(account: string): void {
    this.#ofAccounts.delete(account);
  }
}
