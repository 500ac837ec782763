/**
 * When a feed wakes its followers.
 *
 * @module
 */

import { LARGEST_CHUNK } from "./chunks.ts";

/**
 * While lines keep coming, a feed's followers are woken once per window, and each write then carries all that has come since.
 * A window of w costs each reader w/2 of delay and the machine f/w wake-ups of f followers. `perRoot`, times the cube root of f,
 * makes it 16 ms for a hundred and 35 ms for a thousand, which nobody notices. Milliseconds.
 */
const WINDOW = { least: 5, perRoot: 3.5, most: 50 } as const;

/** The sweeps of one feed, each of which wakes its followers. */
export class SweepSchedule {
  readonly #sweep: () => void;
  /** How many bytes had been appended at the last sweep, and when that was. */
  #sweptBytes = 0;
  #sweptAt = -Infinity;
  /** Whether a sweep begins at the end of this turn. */
  #isDue = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param sweep Begins a sweep. It calls `begin` first. */
  constructor(sweep: () => void) {
    this.#sweep = sweep;
  }

  /** The length of the window, in milliseconds. */
  static window(followers: number): number {
    return Math.min(Math.max(WINDOW.least, WINDOW.perRoot * Math.cbrt(followers)), WINDOW.most);
  }

  /** Whether as much was appended as the largest chunk holds: waiting longer could not make a write any larger. */
  #isFull(written: number): boolean {
    return written - this.#sweptBytes >= LARGEST_CHUNK;
  }

  /**
   * Makes sure that a sweep comes after an append: at the end of this turn where the last sweep's window is over or a chunk is
   * full, otherwise at the end of the window.
   *
   * @param written How many bytes have been appended to the feed so far.
   */
  request(written: number, followers: number): void {
    if (this.#isDue) return;
    const isFull = this.#isFull(written);
    if (this.#timer !== undefined && !isFull) return;
    const wait = isFull ? 0 : this.#sweptAt + SweepSchedule.window(followers) - performance.now();
    if (wait > 0) return this.sweepIn(wait);
    // At the end of this turn, so that the lines of one read travel together.
    this.#isDue = true;
    queueMicrotask(this.#sweep);
  }

  /** Has a sweep begin in so many milliseconds. */
  sweepIn(milliseconds: number): void {
    this.#timer = setTimeout(this.#sweep, milliseconds);
  }

  /**
   * A sweep begins.
   *
   * @returns The time of the last one, or Infinity where a full chunk makes this one urgent: a follower that was woken by
   * another feed after that time may be left out for the rest of its window.
   */
  begin(written: number, now: number): number {
    this.cancel();
    this.#isDue = false;
    const skipsSince = this.#isFull(written) ? Infinity : this.#sweptAt;
    this.#sweptBytes = written;
    this.#sweptAt = now;
    return skipsSince;
  }

  /** Cancels a sweep that waits for a timer. */
  cancel(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
