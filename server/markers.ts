/**
 * Up to when each person has read each talk (IRCv3 read-marker), kept in the database. It must not know sessions.
 *
 * @module
 */

import type { Part, Store } from "./store.ts";

/** How many talks of one person are remembered; those that were read the longest time ago give way. */
const MOST_TALKS = 500;

/** How many changes wait at the most while the database can't be written. */
const MOST_WAITING = 10_000;

/** The latest time that a `Date` can be, in milliseconds since 1970. */
const LATEST = 8.64e15;

interface Marker {
  identity: string;
  target: string;
  time: number;
}

/** The read markers by person (`Session.identity`) and talk: a channel's folded name, or the other's folded nick. */
export class Markers implements Part {
  readonly #store: Store;
  readonly #waiting = new Map<string, Marker>();
  /** Whose talks have become more since the last transaction. */
  readonly #grown = new Set<string>();
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT time FROM markers WHERE identity = ? AND target = ?"),
      put: db.prepare("INSERT INTO markers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET time = excluded.time"),
      trim: db.prepare(`DELETE FROM markers WHERE identity = ? AND target IN
        (SELECT target FROM markers WHERE identity = ? ORDER BY time DESC LIMIT -1 OFFSET ${MOST_TALKS})`),
    };
  }

  /** The time of the last message that someone has read, in milliseconds since 1970, if that is known. */
  find(identity: string, target: string): number | undefined {
    const waiting = this.#waiting.get(`${identity}\n${target}`);
    if (waiting !== undefined) return waiting.time;
    return this.#store.attempt("read markers", () => {
      const time = this.#sql.find.get(identity, target)?.time;
      if (time === undefined || (typeof time === "number" && time >= 0 && time <= LATEST)) return time;
      throw new TypeError(`what is kept of ${target} is damaged`);
    });
  }

  /**
   * Notes that someone has read a talk up to a time.
   *
   * @returns Whether that is later than what was known.
   */
  advance(identity: string, target: string, time: number): boolean {
    const before = this.find(identity, target);
    if (before !== undefined && time <= before) return false;
    if (before === undefined) this.#grown.add(identity);
    const key = `${identity}\n${target}`;
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(key)) {
      this.#waiting.delete(this.#waiting.keys().next().value!);
    }
    this.#waiting.set(key, { identity, target, time });
    this.#store.changed(this);
    return true;
  }

  save(): void {
    for (const { identity, target, time } of this.#waiting.values()) this.#sql.put.run(identity, target, time);
    for (const identity of this.#grown) this.#sql.trim.run(identity, identity);
  }

  saved(): void {
    this.#waiting.clear();
    this.#grown.clear();
  }
}
