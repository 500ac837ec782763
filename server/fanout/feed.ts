/**
 * A feed: lines that many readers are told. A line is encoded and appended once, and each follower is a cursor in the feed.
 *
 * @module
 */

import { ChunkList, Cursor } from "./chunks.ts";
import { ready } from "./ready.ts";
import { SweepSchedule } from "./schedule.ts";
import { totals } from "./totals.ts";

/** What a feed must know of an outbox that follows it. */
export interface Follower {
  /** When a sweep of any feed last woke it, in milliseconds. */
  readonly wokenAt: number;
  /** Whether lines wait in its own queue and nothing has woken it since. */
  readonly isUntold: boolean;
  /** By how many bytes it is behind beyond what is usual. */
  readonly excess: number;
  /** Counts what is pending in one of its cursors. */
  count(cursor: Cursor<Feed>): void;
  /**
   * Wakes it.
   *
   * @param cursor Its position in the feed that sweeps.
   * @param followers How many follow that feed.
   * @param isRoom Whether it may be handed at once what waits for it, since this turn of the event loop has room for all followers.
   */
  wake(now: number, cursor: Cursor<Feed>, followers: number, isRoom: boolean): void;
}

/** A list of lines that any number of outboxes follow. */
export class Feed extends ChunkList {
  readonly #followers = new Map<Follower, Cursor<Feed>>();
  readonly #schedule = new SweepSchedule(() => this.#sweep());

  /** How many outboxes follow. */
  get size(): number {
    return this.#followers.size;
  }

  /** Appends one line and makes sure that all followers are woken: soon after a quiet moment, else at the end of the window. */
  override append(line: string, at: number): void {
    const before = this.written;
    super.append(line, at);
    const { size } = this.#followers;
    totals.bytes += (this.written - before) * size;
    totals.lines++;
    if (size > 0) this.#schedule.request(this.written, size);
  }

  /** Wakes the followers. */
  #sweep(): void {
    const now = performance.now();
    const since = this.#schedule.begin(this.written, now);
    const { size } = this.#followers;
    const window = SweepSchedule.window(size);
    const isRoom = ready.hasRoomFor(size);
    let again = Infinity;
    for (const [follower, cursor] of this.#followers) {
      // A follower that another feed has woken since this feed's last sweep is left out until a window has passed.
      const wait = follower.wokenAt > since ? follower.wokenAt + window - now : 0;
      if (wait <= 0) follower.wake(now, cursor, size, isRoom);
      // Lines of this feed may stand in the follower's own queue by now, if it has said something itself.
      else if (cursor.pending > 0 || follower.isUntold) again = Math.min(again, wait);
    }
    ready.run(now);
    if (again < Infinity) this.#schedule.sweepIn(again);
  }

  /** By how many bytes all followers together are behind beyond what is usual; see `Outbox.excess`. */
  get excess(): number {
    let sum = 0;
    for (const [follower, cursor] of this.#followers) {
      // The last sweep may be a while ago.
      follower.count(cursor);
      sum += follower.excess;
    }
    return sum;
  }

  /** @internal See `Outbox.follow`. Returns the follower's position, which is the end. */
  add(follower: Follower): Cursor<Feed> {
    const cursor = new Cursor<Feed>(this);
    this.#followers.set(follower, cursor);
    return cursor;
  }

  /** @internal See `Outbox.unfollow`. */
  delete(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size === 0) this.#schedule.cancel();
  }
}
