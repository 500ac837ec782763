/**
 * Visits, kept in the database: up to which message each person was in each channel, so that whoever comes back is shown, once,
 * what was said since.
 *
 * @module
 */

import type { Database } from "./database.ts";
import { keyOf } from "./identities.ts";
import type { Store, StorePart } from "./store.ts";
import { SLICE, UnwrittenRows } from "./unwritten.ts";

/**
 * How many visits are kept, since anyone can be as many guests as they like. Those that ended the longest time ago give way.
 */
const MOST = 20_000;

/** How many changes wait at the most while the database can't be written. Others are not noted. */
const MOST_WAITING = 10_000;

/** How many channels, at the most, have visits that are still to be moved to the channel's new name. */
const MOST_MOVES = 100;

/** In place of a channel, it says that somebody is a bot: no channel has this name. */
const BOT = "";

/** The statements on the table, of which others use some to change it together with their own. */
export function visitStatements(db: Database) {
  return {
    count: db.prepare("SELECT count(*) AS count FROM visits"),
    find: db.prepare("SELECT last FROM visits WHERE person = ? AND channel = ?"),
    insert: db.prepare("INSERT OR IGNORE INTO visits (last, person, channel) VALUES (?, ?, ?)"),
    update: db.prepare("UPDATE visits SET last = ? WHERE person = ? AND channel = ?"),
    /** Ends the visits of those who were still in a channel when the last run ended. */
    endAll: db.prepare("UPDATE visits SET last = ? WHERE last < 0"),
    drop: db.prepare("DELETE FROM visits WHERE person = ? AND channel = ?"),
    move: db.prepare(`UPDATE OR REPLACE visits SET channel = ?1 WHERE channel = ?2 AND person IN
      (SELECT person FROM visits WHERE channel = ?2 LIMIT ${SLICE})`),
    trim: db.prepare(`DELETE FROM visits WHERE (person, channel) IN
      (SELECT person, channel FROM visits ORDER BY abs(last) LIMIT ?)`),
    /** Deletes some visits of somebody: takes the person, and how many at the most. */
    dropSome: db.prepare(`DELETE FROM visits WHERE person = ?1 AND channel IN
      (SELECT channel FROM visits WHERE person = ?1 LIMIT ?2)`),
  };
}

interface Visit {
  visitor: string;
  channel: string;
  /**
   * The id of the last message before they left. Of those who are there, below 0: -1 minus the id of the last message before
   * they came. Nothing where the visit is deleted.
   */
  last: number | undefined;
}

/** The visits, by a visitor (see `visitor` of a person) and a channel's folded name. */
export class Visits implements StorePart {
  readonly #store: Store;
  readonly #waiting = new UnwrittenRows<Visit>();
  /** How many rows the table has at the most: others delete some, too. */
  #rows = 0;
  /** Former names of channels, under which visits are noted that are still to be moved; by their present names. */
  readonly #moves = new Map<string, string>();
  readonly #sql;

  /** @param last The id of the last message of an earlier run: those who were in a channel at its end count as there until then. */
  constructor(store: Store, last: number) {
    this.#store = store;
    this.#sql = visitStatements(store.db);
    store.attempt("read who was in which channel", () => {
      this.#rows = Number(this.#sql.count.get()!.count);
      this.#sql.endAll.run(last);
    });
  }

  /** Somebody is in a channel now. @param last The id of the last message that was said before. */
  begin(visitor: string, channel: string, last: number): void {
    this.#note({ visitor, channel, last: -1 - last });
  }

  /** Somebody has left a channel. @param last The id of the last message that was said before, there or elsewhere. */
  end(visitor: string, channel: string, last: number): void {
    this.#note({ visitor, channel, last });
  }

  /** The id of the last message that was said before somebody left a channel; nothing where that is not known. */
  lastSeen(visitor: string, channel: string): number | undefined {
    const last = this.#find(visitor, channel) ?? -1;
    return last < 0 ? undefined : last;
  }

  /** Notes that somebody is a bot, or is none. @param last As for `begin`. */
  noteBot(visitor: string, isBot: boolean, last: number): void {
    if (isBot || this.isBot(visitor)) this.#note({ visitor, channel: BOT, last: isBot ? last : undefined });
  }

  /** Whether somebody has been a bot, now or before. */
  isBot(visitor: string): boolean {
    return this.#find(visitor, BOT) !== undefined;
  }

  /** A channel has another name. In the database its visits are moved in slices. @param before Folded, as is `after`. */
  moved(before: string, after: string): void {
    if (this.#moves.size < MOST_MOVES) this.#moves.set(after, before);
    this.#store.goOn(this);
    for (const [key, visit] of [...this.#waiting]) {
      if (visit.channel !== before) continue;
      this.#waiting.delete(key);
      this.#note({ ...visit, channel: after });
    }
  }

  #find(visitor: string, channel: string): number | undefined {
    const waiting = this.#waiting.get(keyOf(visitor, channel));
    if (waiting !== undefined) return waiting.last;
    const former = this.#moves.get(channel);
    return this.#store.attempt("read who was in which channel", () => {
      const row = this.#sql.find.get(visitor, channel) ??
        (former === undefined ? undefined : this.#sql.find.get(visitor, former));
      return row?.last as number | undefined;
    });
  }

  #note(visit: Visit): void {
    const key = keyOf(visit.visitor, visit.channel);
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(key)) return;
    this.#waiting.set(key, visit);
    // Nobody waits until it is written, since nobody is told that it was noted.
    this.#store.goOn(this);
  }

  save(): void {
    for (const [, { visitor, channel, last }] of this.#waiting.takeSlice()) {
      if (last === undefined) this.#rows -= Number(this.#sql.drop.run(visitor, channel).changes);
      else if (this.#sql.insert.run(last, visitor, channel).changes > 0) this.#rows++;
      else this.#sql.update.run(last, visitor, channel);
    }
    for (const [after, before] of this.#moves.entries().take(1)) {
      if (Number(this.#sql.move.run(after, before).changes) < SLICE) this.#moves.delete(after);
    }
    if (this.#rows > MOST) this.#rows = Number(this.#sql.count.get()!.count);
    if (this.#rows > MOST) this.#rows -= Number(this.#sql.trim.run(SLICE).changes);
  }

  saved(): void {
    this.#waiting.written();
    if (this.#waiting.size > 0 || this.#moves.size > 0) this.#store.goOn(this);
  }
}
