/**
 * The time for decisions that can't be undone, such as deleting old messages. When the system's clock jumps ahead, the jump is
 * ignored until the clock has gone on from there for an hour; if it is set back before, nothing has happened.
 *
 * @module
 */

/** How far ahead of the expected time the system's clock may be, in milliseconds: it is corrected now and then. */
const TOLERANCE = 60_000;

/** How long the clock has to go on after a jump until it is believed, in milliseconds. */
const PROBATION = 3_600_000;

/** A shorter jump is not reported, in milliseconds: the room may have been closed for that long. */
const UNREMARKABLE = 86_400_000;

/** What a clock takes from outside. */
export interface ClockOptions {
  /** The time in milliseconds since 1970, which may jump; `Date.now` when left out. */
  now?: () => number;
  /** How many milliseconds have passed since some moment, by a clock that is never set; `performance.now` when left out. */
  uptime?: () => number;
  /** The last time that is known to have been right, in milliseconds since 1970; the present where there is none. */
  seen?: number | undefined;
  /** Called with a sentence for each jump ahead. */
  onJump?: (text: string) => void;
}

/** A clock that does not jump ahead. */
export class SteadyClock {
  readonly #now: () => number;
  readonly #uptime: () => number;
  readonly #onJump: (text: string) => void;
  /** A moment at which the time was right, on both clocks. */
  #right: { now: number; up: number };
  /** The moment since which the system's clock is ahead of the expected time, on both clocks. */
  #ahead: { now: number; up: number } | undefined;

  constructor({ now = Date.now, uptime = () => performance.now(), seen, onJump = () => {} }: ClockOptions = {}) {
    this.#now = now;
    this.#uptime = uptime;
    this.#onJump = onJump;
    this.#right = { now: seen ?? now(), up: uptime() };
  }

  /** The time in whole milliseconds since 1970: that of the system, or what it would be without the jump. */
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
    return Math.floor(expected);
  }

  /** Whether the system's clock is believed. */
  get isRight(): boolean {
    void this.time;
    return this.#ahead === undefined;
  }
}
