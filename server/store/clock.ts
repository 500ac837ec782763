/**
 * The time for decisions that can't be undone, such as deleting old messages. When the system's clock jumps ahead, the jump is
 * ignored until the clock has gone on from there for an hour and its owner adopts it; if it is set back before, nothing has
 * happened.
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
  /** What `SteadyClock.behind` gave then. */
  behind?: Behind | undefined;
  /** What `SteadyClock.setBack` gave then. */
  setBack?: number | undefined;
  /** Called with a sentence for each jump ahead. */
  onJump?: (text: string) => void;
}

/**
 * A jump ahead that is believed: either the clock was behind before, or nobody has counted the time between, as while the
 * machine was suspended. So what was kept before bears a time that is too early, by as much as the clock has jumped, or by
 * nothing. Times in milliseconds since 1970.
 */
export interface Jump {
  /** Since when such times are those of the system's clock, and of the steady one. */
  since: number;
  from: number;
  /** The last one. */
  until: number;
  /** How far the clock has jumped, in milliseconds. */
  shift: number;
}

/** How the system's clock was set back, and has not come as far again. Times in milliseconds since 1970. */
export interface Behind {
  /** The earliest time that it has told since. */
  since: number;
  /** The latest that it had told before. */
  before: number;
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
  #setBack: number;
  /** Since when the system's clock goes on without a jump that counts: as it was then, and as this one was. */
  #since: { now: number; time: number };
  /** The latest time before the system's clock was set back, in milliseconds since 1970. */
  #before = -Infinity;

  constructor({ seen, behind, setBack = 0, ...options }: ClockOptions = {}) {
    const { now = Date.now, uptime = () => performance.now(), onJump = () => {} } = options;
    this.#now = now;
    this.#uptime = uptime;
    this.#onJump = onJump;
    this.#right = { now: seen ?? now(), up: uptime() };
    this.#since = { now: now(), time: this.#right.now };
    this.#setBack = setBack;
    if (behind !== undefined) {
      this.#since = { now: behind.since, time: behind.since };
      this.#before = behind.before;
    }
    this.#look();
  }

  /** The time in whole milliseconds since 1970: that of the system, or what it would be without the jump. */
  get time(): number {
    return this.#look().time;
  }

  /** Looks at both clocks. */
  #look(): { now: number; up: number; time: number } {
    const [now, up] = [this.#now(), this.#uptime()];
    const expected = this.#right.now + up - this.#right.up;
    if (now <= expected + TOLERANCE) {
      if (now < expected - TOLERANCE) this.#wasSetBack(now, Math.floor(expected));
      else if (now < this.#since.now) this.#since = { now, time: now };
      this.#right = { now, up };
      this.#ahead = undefined;
      return { now, up, time: now };
    }
    if (this.#ahead === undefined || Math.abs(now - this.#ahead.now - (up - this.#ahead.up)) > TOLERANCE) {
      this.#ahead = { now, up };
      if (now - expected > UNREMARKABLE) {
        const days = Math.round((now - expected) / 86_400_000);
        this.#onJump(
          `the clock is ${days} ${days === 1 ? "day" : "days"} ahead of when this room was last open: ` +
            "nothing is deleted because of its age until it has gone on for an hour",
        );
      }
    }
    return { now, up, time: Math.floor(expected) };
  }

  #wasSetBack(now: number, expected: number): void {
    this.#setBack += expected - now;
    // Where it was behind already, what was kept since then is still too early.
    const since = expected < this.#before ? Math.min(this.#since.now, now) : now;
    this.#since = { now: since, time: since };
    this.#before = Math.max(this.#before, expected);
  }

  /** Whether the system's clock was set back, and has neither come as far again nor jumped there: what a restart is to know. */
  get behind(): Behind | undefined {
    const { time } = this;
    return time < this.#before ? { since: this.#since.now, before: this.#before } : undefined;
  }

  /** The jump ahead that is to be believed now, since the clock has gone on for long enough: see `adopt`. */
  get due(): Jump | undefined {
    const { now, up, time } = this.#look();
    if (this.#ahead === undefined || up - this.#ahead.up < PROBATION) return undefined;
    const { now: since, time: from } = this.#since;
    return { since, from: Math.min(since, from), until: time, shift: now - time };
  }

  /** Believes the jump that is due. Before, its owner sees to it that nothing is taken for too old that is not. */
  adopt(): void {
    const { now, up, time } = this.#look();
    this.#setBack = this.setBackAfter(time, now - time);
    this.#right = { now, up };
    this.#since = { now, time: now };
    this.#ahead = undefined;
  }

  /**
   * By how much the clock has been set back, in milliseconds, and that has not been undone by a jump ahead. The time and this
   * together are never set back.
   */
  get setBack(): number {
    return this.#setBack;
  }

  /** The same after a jump ahead. What was set back is undone for as long as the clock has not come as far again by itself. */
  setBackAfter(time: number, shift: number): number {
    return time < this.#before ? Math.max(0, this.#setBack - shift) : this.#setBack;
  }

  /** Whether the system's clock is believed. */
  get isRight(): boolean {
    void this.time;
    return this.#ahead === undefined;
  }
}
