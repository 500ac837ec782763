/**
 * Up to which message each person was in each channel, kept in the database: who comes back is shown what was said since,
 * once. It must not know sessions.
 *
 * @module
 */

import type { Database } from "./database.ts";
import type { Store, StorePart } from "./store.ts";

/** How many visits are remembered: those that ended the longest time ago give way. Anyone can be as many guests as they like. */
const MOST = 20_000;

/** How many changes wait at the most while the database can't be written. What is beyond that is not noted. */
const MOST_WAITING = 10_000;

/** How many are written with one transaction. */
const SLICE = 200;

/** How many channels that have another name are waited for, until all their visits are noted under it. */
const MOST_MOVES = 100;

/** The channel under which it is noted that somebody is a bot: none has this name. */
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
    /** Deletes the visits of somebody. */
    dropAll: db.prepare("DELETE FROM visits WHERE person = ?"),
  };
}

interface Visit {
  person: string;
  channel: string;
  /** The last message's id; below 0 the one since which they are there; nothing where it is forgotten. */
  last: number | undefined;
}

/** The visits by person (`Session.visitor`) and a channel's folded name. */
export class Visits implements StorePart {
  readonly #store: Store;
  /** What is not written yet, and what the transaction under way writes of it. */
  readonly #waiting = new Map<string, Visit>();
  #saving: [string, Visit][] = [];
  #rows = 0;
  /** Former names of channels, by what they are called now, under which visits are noted that are still to be moved. */
  readonly #moves = new Map<string, string>();
  readonly #sql;

  /** @param last The id of the last message of an earlier run: so far those were there who were there at its end, however it came. */
  constructor(store: Store, last: number) {
    this.#store = store;
    this.#sql = visitStatements(store.db);
    store.attempt("read who was in which channel", () => {
      this.#rows = Number(this.#sql.count.get()!.count);
      this.#sql.endAll.run(last);
    });
  }

  /** Somebody is in a channel now. @param last The id of the last message that was said before. */
  begin(person: string, channel: string, last: number): void {
    this.#note({ person, channel, last: -1 - last });
  }

  /** Somebody has left it. @param last The id of the last message that was said before, there or elsewhere. */
  end(person: string, channel: string, last: number): void {
    this.#note({ person, channel, last });
  }

  /** The id of the last message that was said before somebody left a channel; nothing where that is not known. */
  lastSeen(person: string, channel: string): number | undefined {
    const last = this.#find(person, channel) ?? -1;
    return last < 0 ? undefined : last;
  }

  /** Notes that somebody is a bot, or is none. @param last As of `begin`. */
  noteBot(person: string, isBot: boolean, last: number): void {
    if (isBot || this.isBot(person)) this.#note({ person, channel: BOT, last: isBot ? last : undefined });
  }

  /** Whether somebody has been a bot, now or before. */
  isBot(person: string): boolean {
    return this.#find(person, BOT) !== undefined;
  }

  /** A channel has another name. In the database its visits follow in slices. @param before Folded, as is `after`. */
  moved(before: string, after: string): void {
    if (this.#moves.size < MOST_MOVES) this.#moves.set(after, before);
    this.#store.goOn(this);
    for (const [key, visit] of [...this.#waiting]) {
      if (visit.channel !== before) continue;
      this.#waiting.delete(key);
      this.#note({ ...visit, channel: after });
    }
  }

  #find(person: string, channel: string): number | undefined {
    const waiting = this.#waiting.get(keyOf(person, channel));
    if (waiting !== undefined) return waiting.last;
    const former = this.#moves.get(channel);
    return this.#store.attempt("read who was in which channel", () => {
      const row = this.#sql.find.get(person, channel) ??
        (former === undefined ? undefined : this.#sql.find.get(person, former));
      return row?.last as number | undefined;
    });
  }

  #note(visit: Visit): void {
    const key = keyOf(visit.person, visit.channel);
    if (this.#waiting.size >= MOST_WAITING && !this.#waiting.has(key)) return;
    this.#waiting.set(key, visit);
    // Nobody is told that it was noted, so that nobody waits until it is.
    this.#store.goOn(this);
  }

  save(): void {
    this.#saving = [...this.#waiting.entries().take(SLICE)];
    for (const [, { person, channel, last }] of this.#saving) {
      if (last === undefined) this.#rows -= Number(this.#sql.drop.run(person, channel).changes);
      else if (this.#sql.insert.run(last, person, channel).changes > 0) this.#rows++;
      else this.#sql.update.run(last, person, channel);
    }
    for (const [after, before] of this.#moves.entries().take(1)) {
      if (Number(this.#sql.move.run(after, before).changes) < SLICE) this.#moves.delete(after);
    }
    if (this.#rows > MOST) this.#rows -= Number(this.#sql.trim.run(SLICE).changes);
  }

  saved(): void {
    // What has changed meanwhile is still to be written.
    for (const [key, visit] of this.#saving) if (this.#waiting.get(key) === visit) this.#waiting.delete(key);
    this.#saving = [];
    if (this.#waiting.size > 0 || this.#moves.size > 0) this.#store.goOn(this);
  }
}

/** Neither part can hold a line end. */
function keyOf(person: string, channel: string): string {
  return `${person}\n${channel}`;
}
