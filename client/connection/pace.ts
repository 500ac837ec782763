/**
 * How fast a client sends: one token of a bucket for each line.
 *
 * @module
 */

import { TokenBucket } from "../../shared/token_bucket.ts";
import type { Clock } from "../clock.ts";

/** Lines that may go out at once after a quiet time, and lines a second from then on; our server handles 20 and then 4. */
export const PACE = { burst: 15, perSecond: 4 } as const;

/** The pace of one client. */
export class Pace {
  readonly #clock: Clock;
  readonly #bucket: TokenBucket;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bucket = new TokenBucket(PACE, clock.now());
  }

  /** Whether a line may go out now. */
  get isReady(): boolean {
    return this.#bucket.level(this.#clock.now()) >= 1;
  }

  /** Whether more than half of the burst is left: a line that goes out now makes none wait soon. */
  get isIdle(): boolean {
    return this.#bucket.level(this.#clock.now()) > PACE.burst / 2;
  }

  /** Milliseconds until a line may go out. */
  get waitMs(): number {
    return Math.ceil(this.#bucket.wait(1, this.#clock.now()));
  }

  /** Counts a line that goes out, also one that does not wait for its turn. */
  spend(): void {
    const now = this.#clock.now();
    // A server that asks without end must not keep the person from talking.
    this.#bucket.take(Math.min(1, this.#bucket.level(now) + PACE.burst), now);
  }
}
