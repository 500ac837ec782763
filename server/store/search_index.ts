/**
 * The upkeep of the search index: messages are put into it, its parts are merged, and what was removed is taken out of it; a
 * little with each transaction.
 *
 * @module
 */

import type { Database, Statement } from "./database.ts";
import type { Statements } from "./history_statements.ts";
import { indexed } from "./search_terms.ts";

/**
 * From how many messages on that are not in the index they are put there, which is cheaper than one by one. What is not in
 * the index is looked through.
 */
export const INDEX_SLICE = 500;

/**
 * How long adding or merging may take in one transaction, in milliseconds: some texts take a hundred times as long as others,
 * and the end of the transaction takes as long again.
 */
const INDEX_TIME = 2;

/** The clock is read after so many short texts, and after each one of more UTF-16 units than `SHORT`. */
const TIMED = 4;
const SHORT = 512;

/**
 * Rewriting the index: how long it may take in one transaction, in milliseconds; how many removals are noted at a time; and
 * for how many times as long as it took, but no longer than so many milliseconds, the next one waits. The whole index is
 * written for one removal, and anyone may remove what they said.
 */
const REWRITING = { time: 1, removals: 20, rest: 100, longestRest: 3_600_000 };

/** How many messages with changed texts are looked at in one transaction. */
const EXCHANGED = 20;

/** The search index of one database. */
export class SearchIndex {
  readonly #db: Database;
  readonly #sql: Statements;
  /** The last id that the index holds, and the one that it will hold after the transaction under way. */
  #last: number;
  #nextLast: number;
  /** How many messages may not be in the index, at the most; or `INDEX_SLICE`, where they may be as many or more. */
  #mayBeMissing = INDEX_SLICE;
  /** Whether there may be parts to be merged. */
  #isUnmerged = true;
  /** Up to which id removals have been noted, where more are to be noted before the index is rewritten; else -1. */
  #noted = -1;
  /** Whether the transaction under way ends the rewriting: nothing of what was removed is in the index any more. */
  #isRewritten = false;
  readonly #uptime: () => number;
  /** When the rewriting under way began, and when the next one may begin, in milliseconds of `#uptime`. */
  #rewritingSince: number;
  #restsUntil = -Infinity;
  /** Whether there may be removals that have not been noted for a rewriting. */
  #hasRemovals = true;
  /** Whether there may be messages of which the index has an earlier text. */
  #hasEdited = true;
  /** Whether the last transaction was written: else what it has done is still to be done. */
  #isWritten = true;

  /** @param uptime Milliseconds since some time, whatever the clock says. */
  constructor(db: Database, sql: Statements, uptime = () => performance.now()) {
    this.#uptime = uptime;
    this.#rewritingSince = uptime();
    this.#db = db;
    this.#sql = sql;
    this.#last = this.#nextLast = Number(sql.lastIndexed.get()!.id);
  }

  /** The last id that the index holds. */
  get last(): number {
    return this.#last;
  }

  /** Begins with what one transaction writes. @param added How many messages it adds. */
  beginSaving(added: number): void {
    this.#mayBeMissing = Math.min(this.#mayBeMissing + added, INDEX_SLICE);
    this.#nextLast = this.#last;
    this.#isRewritten = false;
    if (!this.#isWritten) {
      this.#isUnmerged = this.#hasRemovals = this.#hasEdited = true;
      this.#noted = -1;
    }
    this.#isWritten = false;
  }

  /** The transaction has been written. @returns Whether it has ended a rewriting. */
  endSaving(): boolean {
    this.#last = this.#nextLast;
    this.#isWritten = true;
    return this.#isRewritten;
  }

  /**
   * Does some of what is to be done. What is in the index is merged before more is added, or it would grow slow.
   *
   * @returns Whether there is more to be done.
   */
  tend(): boolean {
    if (this.#isUnmerged) this.#isUnmerged = !this.#merge(this.#sql.merge, INDEX_TIME);
    if (this.#isUnmerged) return true;
    if (this.#noted < 0 && this.#sql.findRewriting.get() !== undefined) {
      this.#rewrite();
      return true;
    }
    return this.#exchange() || this.#extend() || (this.rest === undefined && this.#beginRewriting());
  }

  /** For how many milliseconds a removal still waits for the index to be rewritten; undefined if none has to. */
  get rest(): number | undefined {
    const rest = this.#restsUntil - this.#uptime();
    return this.#hasRemovals && rest > 0 ? rest : undefined;
  }

  /** Takes a message out of the index, which only notes it beside its sequences. */
  drop(id: number): void {
    this.#sql.dropFromIndex.run(id);
    this.#isUnmerged = true;
  }

  /** The same, for an id that the transaction under way may have put there. */
  dropIfThere(id: number): void {
    if (id <= this.#nextLast) this.drop(id);
  }

  /** A message has another text: what the index has of it is exchanged when there is time. Until then a search looks at it. */
  noteEdited(id: number): void {
    if (id > this.#nextLast) return;
    this.#sql.noteEdited.run(id);
    this.#hasEdited = true;
  }

  /** Exchanges some of that. @returns Whether there may be more. */
  #exchange(): boolean {
    if (!this.#hasEdited) return false;
    const end = performance.now() + INDEX_TIME;
    const some = this.#sql.edited.all(EXCHANGED) as { id: number; conversation: number | null; text: string | null }[];
    for (const [i, { id, conversation, text }] of some.entries()) {
      if (i > 0 && performance.now() > end) return true;
      // One that was removed or has expired meanwhile has no text, and is taken out as all such are.
      if (conversation !== null && text !== null) {
        this.#sql.dropFromIndex.run(id);
        this.#sql.addToIndex.run(id, indexed(text, conversation));
        this.#isUnmerged = true;
      }
      this.#sql.endEdited.run(id);
    }
    return this.#hasEdited = some.length === EXCHANGED;
  }

  /** A message is removed: the index is to be rewritten, so that nothing of the message is left. */
  noteRemoval(id: number): void {
    if (id > this.#last) return;
    this.#sql.noteRemoved.run(id);
    this.#hasRemovals = true;
  }

  /**
   * Begins to rewrite the index where messages were removed that it may still hold. All removals that wait are noted first,
   * since the whole index is rewritten for one as for many; later ones wait for the next time, so that there is an end.
   *
   * @returns Whether there is more to be done.
   */
  #beginRewriting(): boolean {
    if (!this.#hasRemovals) return false;
    const end = performance.now() + REWRITING.time;
    let isUnfinished = false;
    do {
      const some = this.#sql.removed.all(this.#noted, REWRITING.removals);
      for (const { id } of some) {
        this.#sql.dropFromIndex.run(id);
        this.#sql.beginRewriting.run(id);
      }
      isUnfinished ||= some.length > 0;
      if (some.length > 0 && this.#noted < 0) this.#rewritingSince = this.#uptime();
      this.#noted = some.length === REWRITING.removals ? some.at(-1)!.id as number : -1;
    } while (this.#noted >= 0 && performance.now() < end);
    if (this.#noted < 0) this.#hasRemovals = false;
    return isUnfinished;
  }

  /** Goes on with that. As long as it takes nothing is added to the index: it would have to begin again. */
  #rewrite(): void {
    this.#isRewritten = this.#merge(this.#sql.rewrite, REWRITING.time);
    if (!this.#isRewritten) return;
    this.#sql.endRewriting.run();
    const now = this.#uptime();
    this.#restsUntil = now + Math.min(REWRITING.longestRest, REWRITING.rest * (now - this.#rewritingSince));
  }

  /** Merges parts of the index, for so many milliseconds. @returns Whether that is done. */
  #merge(some: Statement, time: number): boolean {
    const end = performance.now() + time;
    do {
      const before = this.#db.changes;
      some.run();
      if (this.#db.changes - before < 2) return true;
    } while (performance.now() < end);
    return false;
  }

  /** Puts messages into the index once there are enough of them. @returns Whether there may be more. */
  #extend(): boolean {
    if (this.#mayBeMissing < INDEX_SLICE) return false;
    this.#mayBeMissing = this.#sql.countUnindexed.get(this.#last, INDEX_SLICE)!.count as number;
    if (this.#mayBeMissing < INDEX_SLICE) return false;
    this.#isUnmerged = true;
    const end = performance.now() + INDEX_TIME;
    let count = 0;
    for (const row of this.#sql.unindexed.iterate(this.#last, INDEX_SLICE)) {
      const { id, conversation, text } = row as { id: number; conversation: number; text: string };
      this.#sql.addToIndex.run(id, indexed(text, conversation));
      this.#nextLast = id;
      // Reading a clock costs as much as some of the texts. Another takes a millisecond.
      if ((++count % TIMED === 0 || text.length > SHORT) && performance.now() > end) break;
    }
    return true;
  }
}
