/**
 * Which messages are kept: those of a certain age, or as many as memory may hold. It deletes the others, and conversations
 * of which no message is left.
 *
 * @module
 */

import type { Statements } from "./history_statements.ts";
import type { KeptClock } from "./kept_clock.ts";
import { OVERHEAD, storedBytes, TALK_BYTES, TALK_ROWS } from "./record_sizes.ts";
import { TRANSACTION } from "./pending.ts";
import { firstId, type MessageRecord, REMOVED, timeOf } from "./records.ts";
import type { SearchIndex } from "./search_index.ts";

/** How many old messages are deleted with one transaction. */
const EXPIRY_SLICE = 200;

/** How many messages are deleted at a time where there are more than may be kept. */
const TRIM_SLICE = 200;

/** A number of messages, and the bytes that they take. */
export interface Amount {
  messages: number;
  bytes: number;
}

/** What is kept of one history. */
export class Retention {
  readonly #sql: Statements;
  readonly #index: SearchIndex;
  readonly #clock: KeptClock;
  /** For how long messages are kept, in milliseconds; `Infinity` for ever. */
  readonly keep: number;
  readonly #most: Amount | undefined;
  /** How much is kept, where that is bounded; and how much that is after the transaction under way. */
  #kept: Amount = { messages: 0, bytes: 0 };
  #nextKept: Amount = { messages: 0, bytes: 0 };
  /** Whether there may be old messages to be deleted. */
  #isExpiring = true;
  /** Up to which conversation it has been looked whether a message is left. */
  #lookedUpTo = 0;

  /** @param most How much is kept at the most, where memory is all that there is. */
  constructor(sql: Statements, index: SearchIndex, clock: KeptClock, keep: number, most: Amount | undefined) {
    this.#sql = sql;
    this.#index = index;
    this.#clock = clock;
    this.keep = keep;
    this.#most = most;
  }

  /** The lowest id that is still kept. */
  get oldest(): number {
    return this.keep === Infinity ? 1 : firstId(this.#clock.oldest(this.keep));
  }

  /** Whether there may be old messages to be deleted. */
  get isExpiring(): boolean {
    return this.#isExpiring;
  }

  /** Begins to delete what is too old. @returns Whether there may be something. */
  beginExpiry(): boolean {
    return this.#isExpiring = this.keep !== Infinity;
  }

  /** Begins with what one transaction writes. @param added The messages that it adds. */
  beginSaving(added: MessageRecord[]): void {
    this.#nextKept = { ...this.#kept };
    if (this.#most !== undefined) { for (const record of added) this.#count(1, storedBytes(record)); }
  }

  /** The transaction has been written. */
  endSaving(): void {
    this.#kept = this.#nextKept;
  }

  /** Counts messages that are new in the database, or not in it any more, among those that are kept. */
  #count(messages: number, bytes: number): void {
    this.#nextKept.messages += messages;
    this.#nextKept.bytes += bytes + OVERHEAD * messages;
  }

  /** By how many messages there are too many. @param talks How many bytes the rows of private talks take. */
  #excess(most: Amount, talks: number): number {
    const { messages } = this.#nextKept;
    const bytes = this.#nextKept.bytes + talks;
    return Math.max(messages - most.messages, Math.ceil((bytes - most.bytes) * messages / bytes));
  }

  /** Deletes some of the oldest messages where there are more than may be kept. @returns Whether there still are. */
  trim(): boolean {
    const most = this.#most;
    if (most === undefined) return false;
    // A row of a talk stays for as long as the talk has a message.
    const talkBytes = () => TALK_BYTES * Number(this.#sql.countTalks.get()!.count);
    let talks = talkBytes();
    for (
      let rows = 0, excess = this.#excess(most, talks);
      excess > 0 && rows < TRANSACTION.rows;
      excess = this.#excess(most, talks)
    ) {
      const ids: number[] = [];
      const oldest = this.#sql.oldest.all(Math.min(excess, TRIM_SLICE)) as { id: number; bytes: number }[];
      for (const { id, bytes } of oldest) {
        if (this.#excess(most, talks) <= 0) break;
        this.#count(-1, -bytes);
        ids.push(id);
      }
      rows += ids.length + TALK_ROWS * this.#deleteOldest(ids);
      talks = talkBytes();
    }
    return this.#excess(most, talks) > 0;
  }

  /** Deletes the oldest messages: all together, since in a flood as many go as come. @returns Of how many conversations they are. */
  #deleteOldest(ids: number[]): number {
    const last = ids.at(-1)!;
    const conversations = this.#sql.conversationsUpTo.all(last) as { conversation: number }[];
    this.#sql.resetOldestTalks.run(last);
    this.#sql.deleteOldest.run(last);
    for (const id of ids) this.#index.dropIfThere(id);
    for (const { conversation } of conversations) this.#dropIfEmpty(conversation - 1, conversation);
    return conversations.length;
  }

  /** Deletes some messages that are too old, and then conversations of which none is left. */
  expire(): void {
    if (this.#isExpiring) this.#isExpiring = this.#expireSome();
  }

  /** Does some of that; false when nothing is left to be done. */
  #expireSome(): boolean {
    if (this.keep === Infinity) return false;
    // What was said after the clock had been set back has an id of a later time.
    const old = [
      ...this.#sql.old.all(this.oldest, EXPIRY_SLICE),
      ...this.#sql.oldByTime.all(timeOf(this.oldest), EXPIRY_SLICE),
    ].slice(0, EXPIRY_SLICE);
    for (const { id } of old) this.#delete(id as number);
    return old.length === EXPIRY_SLICE || this.#dropEmpty();
  }

  /** Gives a message another text. In the search index it is noted, and changed when the index has the time. */
  edit(record: MessageRecord): void {
    const { id, text, edits } = record;
    const before = this.#most === undefined ? undefined : this.#sql.size.get(id) as { bytes: number } | undefined;
    this.#sql.edit.run(text, JSON.stringify(edits ?? []), id);
    this.#index.noteEdited(id);
    if (before !== undefined) this.#count(0, storedBytes(record) - before.bytes);
  }

  /**
   * Removes a message that somebody wants to be gone. Where the database is a file, the search index holds its sequences
   * until it is rewritten.
   *
   * @param marker What stands in its place from now on.
   */
  remove(id: number, marker?: MessageRecord): void {
    if (marker === undefined) this.#deleteRow(id);
    else this.#mark(marker);
    if (this.#most !== undefined) this.#index.drop(id);
    else this.#index.noteRemoval(id);
  }

  /** Leaves nothing but that there was a message. What it said is overwritten in the file, as what is deleted. */
  #mark(marker: MessageRecord): void {
    const { id, removal } = marker;
    const before = this.#most === undefined ? undefined : this.#sql.size.get(id) as { bytes: number } | undefined;
    this.#sql.resetTalks.run(id);
    this.#sql.markRemoved.run(REMOVED, JSON.stringify(removal), id);
    if (before !== undefined) this.#count(0, storedBytes(marker) - before.bytes);
  }

  /** Deletes a message, which is overwritten in the file: see `secure_delete` in open.ts. */
  #delete(id: number): void {
    this.#deleteRow(id);
    this.#index.drop(id);
  }

  #deleteRow(id: number): void {
    const row = this.#most === undefined ? undefined : this.#sql.size.get(id) as Record<string, number> | undefined;
    this.#sql.resetTalks.run(id);
    this.#sql.deleteMessage.run(id);
    if (row === undefined) return;
    this.#count(-1, -row.bytes);
    this.#dropIfEmpty(row.conversation - 1, row.conversation);
  }

  /** Deletes some conversations of which no message is left, with their private talks; false when all were looked at. */
  #dropEmpty(): boolean {
    const to = this.#sql.lastOfNextConversations.get(this.#lookedUpTo, EXPIRY_SLICE)!.last as number | null;
    if (to === null) {
      this.#lookedUpTo = 0;
      return false;
    }
    this.#dropIfEmpty(this.#lookedUpTo, to);
    this.#lookedUpTo = to;
    return true;
  }

  /** Deletes the conversations after one and up to another of which no message is left, with their private talks. */
  #dropIfEmpty(after: number, to: number): void {
    this.#sql.deleteEmptyTalks.run(after, to);
    this.#sql.deleteEmptyConversations.run(after, to);
  }
}
