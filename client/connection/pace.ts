/**
 * How fast a client sends: a token bucket, one token for each line.
 *
 * @module
 */

import type { Clock } from "../clock.ts";

/** Lines that may go out at once after a quiet time, and lines a second from then on; our server handles 20 and then 4. */
export const PACE = { burst: 15, perSecond: 4 } as const;

/** The pace of one client. */
export class Pace {
  readonly #clock: Clock;
  #tokens: number = PACE.burst;
  #countedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#countedAt = clock.now();
  }

  /** Whether a line may go out now. */
  get isReady(): boolean {
    return this.#refilled() >= 1;
  }

  /** Whether more than half of the burst is left: a line that goes out now makes none wait soon. */
  get isIdle(): boolean {
    return this.#refilled() > PACE.burst / 2;
  }

  /** Milliseconds until a line may go out. */
  get waitMs(): number {
    return Math.ceil((1 - this.#refilled()) / PACE.perSecond * 1000);
  }

  /** Counts a line that goes out, also one that does not wait for its turn. */
  spend(): void {
    // A server that asks without end must not keep the person from talking.
    this.#tokens = Math.max(-PACE.burst, this.#refilled() - 1);
  }

  #refilled(): number {
    const now = this.#clock.now();
    const gained = Math.max(0, now - this.#countedAt) / 1000 * PACE.perSecond;
    this.#countedAt = now;
    return this.#tokens = Math.min(PACE.burst, this.#tokens + gained);
  }
}
