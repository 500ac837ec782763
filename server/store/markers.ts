/**
 * Read markers (IRCv3 read-marker): up to when each person has read each talk. Those of accounts and of devices are kept in the
 * database, those of guests without either in memory.
 *
 * @module
 */

import type { Database } from "./database.ts";
import { damaged } from "./errors.ts";
import { isLastingIdentity, keyOf } from "./identities.ts";
import type { Store, StorePart } from "./store.ts";
import { SLICE, UnwrittenRows } from "./unwritten.ts";

/** How many markers of one account or device are kept; those that were set the longest time ago give way. */
const MOST_TALKS = 500;

/** How many changes wait at the most while the database can't be written: some 4 MiB. Others are refused. */
const MOST_WAITING = 10_000;

/** How many markers of all guests without devices are kept: anyone can be as many guests as they like. */
const MOST_OF_GUESTS = 4_000;

/** How many renamed channels, at the most, have markers that are still to be moved to the new name; of others these are lost. */
const MOST_MOVES = 100;

/** The latest time that a `Date` can be, in milliseconds since 1970. */
const LATEST = 8.64e15;

/** The statements on the table, of which others use some to change it together with their own. */
export function markerStatements(db: Database) {
  return {
    find: db.prepare("SELECT time FROM markers WHERE identity = ? AND target = ?"),
    put: db.prepare("INSERT INTO markers VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET time = excluded.time"),
    trim: db.prepare(`DELETE FROM markers WHERE identity = ?1 AND (time, target) <
      (SELECT time, target FROM markers INDEXED BY markers_by_time WHERE identity = ?1
        ORDER BY time DESC, target DESC LIMIT 1 OFFSET ${MOST_TALKS - 1})`),
    /** Deletes the markers of an identity. */
    dropAll: db.prepare("DELETE FROM markers WHERE identity = ?"),
  };
}

/**
 * Makes the function that moves some of the markers of one target to another, within a transaction: everybody can have a marker
 * of a channel, in it or not, so that all of them would hold up the room. Of two of one identity the later one stays.
 *
 * It takes the folded name before and the one after, and says whether it has moved all.
 */
export function markersMover(db: Database): (before: string, after: string) => boolean {
  const some = `SELECT identity FROM markers WHERE target = ?1 ORDER BY identity LIMIT ${SLICE}`;
  const copy = db.prepare(
    `INSERT INTO markers SELECT identity, ?2, time FROM markers WHERE target = ?1 AND identity IN (${some})
    ON CONFLICT DO UPDATE SET time = max(time, excluded.time)`,
  );
  const drop = db.prepare(`DELETE FROM markers WHERE target = ?1 AND identity IN (${some})`);
  return (before, after) => {
    copy.run(before, after);
    return Number(drop.run(before).changes) < SLICE;
  };
}

interface Marker {
  identity: string;
  target: string;
  time: number;
  /** Whether that person had no marker of this talk. */
  isNew: boolean;
}

/** The read markers, by a person's identity and a target: a channel's folded name, or the folded nick of somebody else. */
export class Markers implements StorePart {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #waiting = new UnwrittenRows<Marker>();
  /** Times by guest and target, those that were set last at the end. */
  readonly #guests = new Map<string, number>();
  /** The renamings of channels, in their order, of which markers are still to be moved. */
  readonly #moves: { before: string; after: string }[] = [];
  /** Whether the transaction under way moves the last ones of the first renaming. */
  #isMoved = false;
  readonly #move;
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    this.#sql = markerStatements(store.db);
    this.#move = markersMover(store.db);
  }

  /**
   * The time of the last message that someone has read, in milliseconds since 1970, if that is known. It is never in the
   * future: what was noted while the clock was ahead counts as now.
   */
  find(identity: string, target: string): number | undefined {
    const time = this.#find(identity, target);
    return time === undefined ? undefined : Math.min(time, this.#now());
  }

  #find(identity: string, target: string): number | undefined {
    if (!isLastingIdentity(identity)) return this.#guests.get(keyOf(identity, target));
    const waiting = this.#waiting.get(keyOf(identity, target));
    if (waiting !== undefined) return waiting.time;
    return this.#store.attempt("read markers", () => {
      const names = this.#namesOf(target).values();
      const time = names.map((name) => this.#sql.find.get(identity, name)?.time).find((time) => time !== undefined);
      if (time === undefined || (typeof time === "number" && time >= 0 && time <= LATEST)) return time;
      throw damaged(target);
    });
  }

  /** The names under which there may be markers of a target: its own, and former ones, the latest first. */
  #namesOf(target: string): string[] {
    const names = [target];
    for (const { before, after } of this.#moves.toReversed()) if (after === names.at(-1)) names.push(before);
    return names;
  }

  /**
   * Notes that someone has read a talk up to a time, in milliseconds since 1970.
   *
   * @returns Whether that is later than what was known, and can be kept.
   */
  advance(identity: string, target: string, time: number): boolean {
    const before = this.#find(identity, target);
    if (before !== undefined && time <= before && before <= this.#now()) return false;
    const key = keyOf(identity, target);
    if (!isLastingIdentity(identity)) {
      this.#guests.delete(key);
      makeRoom(this.#guests, MOST_OF_GUESTS);
      this.#guests.set(key, time);
      return true;
    }
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(key)) return false;
    const isNew = before === undefined || this.#waiting.get(key)?.isNew === true;
    this.#waiting.set(key, { identity, target, time, isNew });
    this.#store.changed(this);
    return true;
  }

  /**
   * A channel has another name, and the database knows that of some markers already; the others are moved in the next
   * transactions.
   *
   * @param before Folded, as is `after`.
   */
  moved(before: string, after: string): void {
    if (before !== after && this.#moves.length < MOST_MOVES) {
      this.#moves.push({ before, after });
      this.#store.goOn(this);
    }
    for (const [key, time] of [...this.#guests]) {
      const [identity, target] = key.split("\n");
      if (target !== before) continue;
      this.#guests.delete(key);
      this.#guests.set(keyOf(identity, after), time);
    }
  }

  save(): void {
    const identities = new Set<string>();
    for (const [, { identity, target, time, isNew }] of this.#waiting.takeSlice()) {
      this.#sql.put.run(identity, target, time);
      if (isNew) identities.add(identity);
    }
    for (const identity of identities) this.#sql.trim.run(identity);
    const [move] = this.#moves;
    this.#isMoved = move !== undefined && this.#move(move.before, move.after);
  }

  saved(): void {
    this.#waiting.written();
    if (this.#isMoved) this.#moves.shift();
    this.#isMoved = false;
    if (this.hasMore || this.#moves.length > 0) this.#store.goOn(this);
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }
}

/** Deletes the oldest entry of a map that is full. */
function makeRoom(map: Map<string, unknown>, most: number): void {
  if (map.size >= most) map.delete(map.keys().next().value!);
}
