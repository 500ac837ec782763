/**
 * A steady clock that outlives a restart: now and then it is noted in the database that the time is right, so that a jump
 * ahead is found to be one when the room is opened again, too; and how far and since when it was set back.
 *
 * Before a jump is believed, it is noted that files that came while the clock was behind are kept for longer (file_moves.ts), and
 * which times of messages and devices may be too early.
 *
 * @module
 */

import { type Behind, type ClockOptions, type Jump, SteadyClock } from "./clock.ts";
import { UNUSED } from "./devices.ts";
import { noteFileMove } from "./file_moves.ts";
import type { Store } from "./store.ts";

/** How often it is noted, in milliseconds. */
const NOTED = 60_000;

/** Of how many jumps it is known which times they concern: those that were the farthest. */
const MOST_SPANS = 8;

/** The times of messages and devices that may be too early, from one to another in milliseconds since 1970, and by how much at the most. */
type Span = Pick<Jump, "since" | "until" | "shift">;

/** Since when the clock is behind, in the row of the clock, where it is. */
function toBehind({ behind_since: since, set_back_from: before }: Record<string, unknown>): Behind | undefined {
  const isBehind = Number.isSafeInteger(since) && Number.isSafeInteger(before);
  return isBehind ? { since, before } as Behind : undefined;
}

/** The clock of one database. */
export class KeptClock {
  readonly clock: SteadyClock;
  readonly #store: Store;
  /** For how long anything is kept by its age, in milliseconds. */
  readonly #keep: number;
  /** The time that was noted last, in milliseconds since 1970; 0 where none was. */
  #noted: number;
  /** The same of the time since when the clock is behind, and of how far it was set back. */
  #behindSince: number | undefined;
  #setBack: number;
  #spans: Span[];
  /** The same after the transaction under way, where that notes a jump. */
  #nextSpans: Span[] | undefined;
  readonly #sql;

  /**
   * @param newest When the newest message was said: a database that is older than the table has noted no time.
   * @param keep For how long messages are kept, in milliseconds.
   */
  constructor(store: Store, newest: number, keep: number, options: Omit<ClockOptions, "seen" | "behind" | "setBack">) {
    this.#store = store;
    this.#keep = Math.max(keep, UNUSED);
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT seen, behind_since, set_back_from, set_back FROM clock"),
      put: db.prepare(`INSERT OR REPLACE INTO clock (id, seen, behind_since, set_back_from, set_back)
        VALUES (0, ?, ?, ?, ?)`),
      spans: db.prepare("SELECT since, until, shift FROM clock_spans"),
      addSpan: db.prepare("INSERT INTO clock_spans VALUES (?, ?, ?)"),
      dropSpans: db.prepare("DELETE FROM clock_spans WHERE until + shift < ?"),
      trimSpans: db.prepare(`DELETE FROM clock_spans WHERE rowid NOT IN
        (SELECT rowid FROM clock_spans ORDER BY shift DESC, since DESC LIMIT ${MOST_SPANS})`),
    };
    const row = this.#sql.find.get() ?? {};
    this.#noted = Number(row.seen ?? newest);
    this.#spans = this.#readSpans();
    const seen = this.#noted === 0 ? {} : { seen: this.#noted };
    const behind = toBehind(row);
    this.#behindSince = behind?.since;
    const setBack = this.#setBack = Number.isSafeInteger(row.set_back) ? Math.max(0, row.set_back as number) : 0;
    this.clock = new SteadyClock({ ...options, ...seen, behind, setBack });
  }

  /** Another program may have written anything. */
  #readSpans(): Span[] {
    const rows = this.#sql.spans.all() as unknown as Span[];
    return rows.filter((row) => [row.since, row.until, row.shift].every(Number.isSafeInteger));
  }

  /**
   * The earliest time of what may still be young enough to be kept, in milliseconds since 1970.
   *
   * @param keep For how long that is kept, in milliseconds.
   */
  oldest(keep: number): number {
    const oldest = this.clock.time - keep;
    const active = this.#spans.filter(({ until, shift }) => until + shift >= oldest);
    return Math.min(oldest, ...active.map(({ since, shift }) => Math.max(since, oldest - shift)));
  }

  /** Notes that the time is right, where that has not been noted lately, or a jump. To be called within a transaction. */
  note(): void {
    const { clock } = this;
    const { due } = clock;
    this.#nextSpans = due && this.#noteJump(due);
    const time = due === undefined ? clock.time : due.until + due.shift;
    const { before = -Infinity, since: earliest } = clock.behind ?? {};
    // After a jump that has not gone as far again, what is told from now on is too early.
    const since = before <= time ? undefined : due === undefined ? earliest : time;
    const setBack = due === undefined ? clock.setBack : clock.setBackAfter(due.until, due.shift);
    const isNoted = Math.abs(time - this.#noted) < NOTED && since === this.#behindSince && setBack === this.#setBack;
    if (due === undefined && (!clock.isRight || isNoted)) return;
    this.#sql.put.run(time, since ?? null, since === undefined ? null : before, setBack);
    this.#noted = time;
    this.#behindSince = since;
    this.#setBack = setBack;
  }

  #noteJump({ since, from, until, shift }: Jump): Span[] {
    const { db } = this.#store;
    // Where that table is damaged, messages are written all the same.
    this.#store.attempt("keep files for longer", () => noteFileMove(db, from, until, shift));
    if (since <= until) this.#sql.addSpan.run(since, until, shift);
    this.#sql.dropSpans.run(until + shift - this.#keep);
    this.#sql.trimSpans.run();
    return this.#readSpans();
  }

  /** What was noted is in the database: from now on a jump is believed. */
  noted(): void {
    if (this.#nextSpans === undefined) return;
    this.#spans = this.#nextSpans;
    this.#nextSpans = undefined;
    this.clock.adopt();
  }
}
