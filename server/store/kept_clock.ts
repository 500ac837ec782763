/**
 * A steady clock that outlives a restart: now and then it is noted in the database that the time is right, so that a jump
 * ahead is found to be one when the room is opened again, too.
 *
 * @module
 */

import { type ClockOptions, SteadyClock } from "./clock.ts";
import type { Database } from "./database.ts";

/** How often it is noted, in milliseconds. */
const NOTED = 60_000;

/** The clock of one database. */
export class KeptClock {
  readonly clock: SteadyClock;
  /** The time that was noted last, in milliseconds since 1970; 0 where none was. */
  #noted: number;
  readonly #sql;

  /** @param newest When the newest message was said: a database that is older than the table has noted no time. */
  constructor(db: Database, newest: number, options: Omit<ClockOptions, "seen">) {
    this.#sql = {
      find: db.prepare("SELECT seen FROM clock"),
      put: db.prepare("INSERT OR REPLACE INTO clock VALUES (0, ?)"),
    };
    this.#noted = Number(this.#sql.find.get()?.seen ?? newest);
    this.clock = new SteadyClock({ ...options, ...(this.#noted === 0 ? {} : { seen: this.#noted }) });
  }

  /** Notes that the time is right, where that has not been noted lately. To be called within a transaction. */
  note(): void {
    const { time, isRight } = this.clock;
    if (!isRight || Math.abs(time - this.#noted) < NOTED) return;
    this.#sql.put.run(Math.floor(time));
    this.#noted = time;
  }
}
