/**
 * Shares the one thread among connections: work is done in slices of 2 ms, and between two slices whoever has used the
 * least computing time lately has its turn. So a person who talks now and then never waits for one whose questions take
 * the machine for minutes. It must not know what the work is.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** How long work may go on before others have their turn, in milliseconds. */
export const SLICE = 2;

/** In this time, in milliseconds, half of what somebody has used is forgotten. */
const HALF_LIFE = 5_000;

/** Computing time that somebody has used lately, in milliseconds; what lies back counts less and less. */
export class Usage {
  #amount = 0;
  #at = 0;

  /** How much it is at a time. @param now In milliseconds, of a clock that is never set back. */
  at(now: number): number {
    return this.#amount * 2 ** ((this.#at - now) / HALF_LIFE);
  }

  /** Adds to it. */
  add(milliseconds: number, now: number): void {
    this.#amount = this.at(now) + milliseconds;
    this.#at = now;
  }
}

/** Somebody who waits for a turn. */
interface Waiting {
  usage: Usage;
  begin: () => void;
}

/** The turns of one thread. */
export class Turns {
  /** What was used since the event loop last turned, in milliseconds. */
  #spent = 0;
  readonly #waiting = new Set<Waiting>();
  #isScheduled = false;

  /**
   * Waits for a turn, which comes at once while the slice is not used up and nobody else waits.
   *
   * @param usage What the one who waits has used: the least comes first.
   * @returns Nothing where the work may go on at once.
   */
  next(usage: Usage): Promise<void> | undefined {
    if (this.#spent < SLICE && this.#waiting.size === 0) return undefined;
    return new Promise((begin) => {
      this.#waiting.add({ usage, begin });
      this.#schedule();
    });
  }

  /** Counts what somebody's work took. @param milliseconds How long it was. */
  spend(usage: Usage, milliseconds: number, now: number): void {
    this.#spent += milliseconds;
    usage.add(milliseconds, now);
  }

  /** A piece of work is done: what is left of the slice is for the next, who need not wait for the loop to turn. */
  goOn(): void {
    if (this.#waiting.size > 0 && this.#spent < SLICE) this.#begin();
  }

  /** Whether others are to have their turn before the work of so many milliseconds goes on. */
  isOver(milliseconds: number): boolean {
    return this.#spent + milliseconds >= SLICE;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // In the loop's next turn: what has arrived meanwhile is then in the queue as well.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#spent = 0;
      this.#begin();
      if (this.#waiting.size > 0) this.#schedule();
    });
  }

  /** Gives the turn to the one who has used the least. */
  #begin(): void {
    const now = performance.now();
    let least = Infinity;
    let first: Waiting | undefined;
    for (const waiting of this.#waiting) {
      const used = waiting.usage.at(now);
      if (used >= least) continue;
      least = used;
      first = waiting;
    }
    if (first === undefined) return;
    this.#waiting.delete(first);
    first.begin();
  }
}
