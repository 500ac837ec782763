/**
 * Closes connections little by little. What the system still holds for a peer, up to some megabytes each, it gives back
 * within the call that closes: a millisecond or more. When a crowd leaves at once, the others would wait for all of that.
 *
 * @module
 */

import { inNextTurn } from "../turns/loop.ts";

/** Closing goes on for so many milliseconds in one turn of the event loop. */
const SLICE = 2;

/** After a pause of so many milliseconds between two of them the event loop has turned by itself. */
const PAUSE = 1;

/** The connections of a program that wait to be closed. */
export class Closing {
  readonly #waiting: { close(): void }[] = [];
  readonly #now: () => number;
  /** How many milliseconds closing has taken in this turn, and when it last ended. */
  #spent = 0;
  #spentAt = -Infinity;

  /** @param now Milliseconds of a clock that is never set back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Closes a connection, which may be closed already: at once where this turn has room for it, else in one of the next. */
  close(conn: { close(): void }): void {
    // Those that wait for the next turn come first.
    if (this.#waiting.push(conn) > 1) return;
    if (this.#now() - this.#spentAt > PAUSE) this.#spent = 0;
    this.#run();
  }

  #run(): void {
    while (this.#waiting.length > 0 && this.#spent < SLICE) {
      const begun = this.#now();
      try {
        this.#waiting.shift()!.close();
      } catch {
        // It is closed already.
      }
      this.#spentAt = this.#now();
      this.#spent += this.#spentAt - begun;
    }
    if (this.#waiting.length === 0) return;
    inNextTurn(() => {
      this.#spent = 0;
      this.#run();
    });
  }
}

/** The one queue of all connections: they share the turns of one event loop. */
const closing = new Closing();

/** Closes a connection, which may be closed already; see `Closing.close`. */
export function closeConn(conn: { close(): void }): void {
  closing.close(conn);
}
