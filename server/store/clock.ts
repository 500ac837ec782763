/**
 * What the time is to decisions that can't be undone, as to delete what is old. A clock that jumps ahead is not believed
 * until it has been right for an hour; set back meanwhile, it is as if it had not jumped.
 *
 * @module
 */

/** How far ahead of what is expected a clock may be, in milliseconds: it is corrected now and then. */
const TOLERANCE = 60_000;

/** How long a clock has to go on after a jump to be believed, in milliseconds. */
const PROBATION = 3_600_000;

/** A jump of less than that is not told, in milliseconds: so long a room may have been closed. */
const UNREMARKABLE = 86_400_000;

/** What a clock takes from outside. */
export interface ClockOptions {
  /** The time in milliseconds since 1970, which may jump; `Date.now` when left out. */
  now?: () => number;
  /** Milliseconds that have passed since some moment, whatever the clock says; `performance.now` when left out. */
  uptime?: () => number;
  /** The last time that is known to have been right, in milliseconds since 1970; the present where there is none. */
  seen?: number | undefined;
  /** Told of each jump ahead. */
  onJump?: (text: string) => void;
}

/** A clock that does not jump ahead. */
export class SteadyClock {
  readonly #now: () => number;
  readonly #uptime: () => number;
  readonly #onJump: (text: string) => void;
  /** A moment at which the time was right: both clocks. */
  #right: { now: number; up: number };
  /** Since when it is ahead of what is expected: both clocks. */
  #ahead: { now: number; up: number } | undefined;

  constructor({ now = Date.now, uptime = () => performance.now(), seen, onJump = () => {} }: ClockOptions = {}) {
    this.#now = now;
    this.#uptime = uptime;
    this.#onJump = onJump;
    this.#right = { now: seen ?? now(), up: uptime() };
  }

  /** The time in milliseconds since 1970: what the system says, or what it would be without the jump. */
  get time(): number {
    const [now, up] = [this.#now(), this.#uptime()];
    const expected = this.#right.now + up - this.#right.up;
    const isOnProbation = this.#ahead !== undefined &&
      Math.abs(now - this.#ahead.now - (up - this.#ahead.up)) <= TOLERANCE;
    if (now <= expected + TOLERANCE || (isOnProbation && up - this.#ahead!.up >= PROBATION)) {
      this.#right = { now, up };
      this.#ahead = undefined;
      return now;
    }
    if (!isOnProbation) {
      this.#ahead = { now, up };
      if (now - expected > UNREMARKABLE) {
        const days = Math.round((now - expected) / 86_400_000);
        this.#onJump(
          `the clock is ${days} ${days === 1 ? "day" : "days"} ahead of when this room was last open: ` +
            "nothing is deleted because of its age until it has gone on for an hour",
        );
      }
    }
    return expected;
  }

  /** Whether the system's clock is believed. */
  get isRight(): boolean {
    void this.time;
    return this.#ahead === undefined;
  }
}
