/**
 * The history: messages are gathered, written behind the talk, and read back by conversation.
 *
 * Reading (reader.ts, talks.ts, search.ts), the upkeep of the search index (search_index.ts) and the deletion of old
 * messages (retention.ts) are in files of their own; here they are put together, and here is what one transaction writes.
 *
 * @module
 */

import type { SQLInputValue } from "node:sqlite";
import type { SteadyClock } from "./clock.ts";
import { historyStatements, INSERTED } from "./history_statements.ts";
import { KeptClock } from "./kept_clock.ts";
import { LeftMessages } from "./left_messages.ts";
import { MOST_PENDING, PendingMessages } from "./pending.ts";
import { type IdBounds, type MessageRange, MessageReader } from "./reader.ts";
import { keptBytes } from "./record_sizes.ts";
import { isMessage, marker, type MessageRecord, type Removal, talksOf, timeOf } from "./records.ts";
import { type Amount, Retention } from "./retention.ts";
import { MessageSearch, SEARCH_EFFORT, type SearchQuery } from "./search.ts";
import { INDEX_SLICE, SearchIndex } from "./search_index.ts";
import type { Store, StorePart } from "./store.ts";
import { type Peer, TalkReader } from "./talks.ts";

/** How often old messages are looked for, in milliseconds. */
const EXPIRY_INTERVAL = 3_600_000;

/** How history is kept. */
export interface HistoryOptions {
  /** For how long, in milliseconds; for ever when left out. */
  keep?: number | undefined;
  /** How many messages at the most, and of how many bytes, where memory is all that there is. */
  most?: Amount | undefined;
  /** The time in milliseconds since 1970; `Date.now` when left out. */
  now?: () => number;
  /** Milliseconds that have passed since some moment; `performance.now` when left out. */
  uptime?: () => number;
  /** Told what goes wrong. */
  onError?: (text: string) => void;
}

/** The messages of all conversations. */
export class History implements StorePart {
  readonly #store: Store;
  readonly #sql;
  readonly #pending = new PendingMessages();
  readonly #index: SearchIndex;
  readonly #keptClock: KeptClock;
  readonly #retention: Retention;
  readonly #messages: MessageReader;
  readonly #talks: TalkReader;
  readonly #search: MessageSearch;
  /** Which messages were left for people who are away. */
  readonly left: LeftMessages;
  /** What a search may cost; see `SEARCH_EFFORT`. */
  effort = SEARCH_EFFORT;
  /** Told what goes wrong. */
  readonly onError: (text: string) => void;
  /** The last id of an earlier run. */
  readonly last: number;
  /** Whether it was reported that messages are refused. */
  #isRefusing = false;
  /** Whether something is left to be done after the transaction under way, beside writing pending messages. */
  #isUnfinished = false;
  readonly #timer: ReturnType<typeof setInterval>;
  /** Runs while removals wait for the search index to be rewritten. */
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(store: Store, { keep = Infinity, most, now, uptime, onError = () => {} }: HistoryOptions = {}) {
    this.#store = store;
    this.onError = onError;
    const sql = this.#sql = historyStatements(store.db);
    this.last = Number(sql.lastId.get()!.id);
    this.#index = new SearchIndex(store.db, sql, uptime);
    this.#keptClock = new KeptClock(store, timeOf(this.last), keep, {
      ...(now === undefined ? {} : { now }),
      ...(uptime === undefined ? {} : { uptime }),
      onJump: onError,
    });
    this.#retention = new Retention(sql, this.#index, this.#keptClock, keep, most);
    this.#messages = new MessageReader(sql, this.#pending, () => this.#retention.oldest);
    this.#talks = new TalkReader(sql, this.#pending, this.#messages);
    this.#search = new MessageSearch(sql, this.#messages, this.#talks, this.#index);
    this.left = new LeftMessages(store);
    this.#timer = setInterval(() => this.expire(), EXPIRY_INTERVAL);
    store.changed(this);
  }

  /** For how long messages are kept, in milliseconds; `Infinity` for ever. */
  get keep(): number {
    return this.#retention.keep;
  }

  /** The clock by which messages are old. */
  get clock(): SteadyClock {
    return this.#keptClock.clock;
  }

  /** The earliest time of what may still be young enough to be kept for so long; see `KeptClock.oldest`. */
  oldest(keep: number): number {
    return this.#keptClock.oldest(keep);
  }

  /** Whether nothing more can be kept, since so much waits for a database that can't be written. */
  get isFull(): boolean {
    return this.#pending.isFull;
  }

  /**
   * Keeps a message.
   *
   * @returns False where that is not possible: then it must not be told to anybody.
   */
  add(record: MessageRecord): boolean {
    if (this.#refuses()) return false;
    this.#pending.add(record);
    this.#store.changed(this);
    if (this.#pending.isTransactionFull && !this.#store.isHeldUp(this)) this.#store.flush();
    return true;
  }

  /** Whether no more can be taken in. That is reported once. */
  #refuses(): boolean {
    if (!this.isFull) return false;
    if (!this.#isRefusing) {
      this.onError(
        `what is said is refused until the database can be written: ${MOST_PENDING.bytes} bytes wait for it`,
      );
    }
    return this.#isRefusing = true;
  }

  /**
   * Changes a message that is kept, as `edited` in records.ts gives it. It is written at once, so that a search finds the new
   * text; where that fails it is tried again.
   *
   * @returns False where that is not possible: then it must not be told to anybody.
   */
  edit(record: MessageRecord): boolean {
    if (this.#refuses()) return false;
    this.#pending.edit(record);
    this.#store.changed(this);
    if (!this.#store.isHeldUp(this)) this.#store.flush();
    return true;
  }

  /**
   * About how many bytes of the disk a message takes, which are more where it begins a private talk, or where one of the two has
   * another nick than before there. Asked before it is kept.
   */
  costOf(record: MessageRecord): number {
    const { conversation } = record;
    const added = talksOf(record).filter((talk) =>
      !this.#pending.hasTalk(talk, conversation) &&
      this.#store.attempt("look for a talk", () => this.#sql.talk.get(talk.identity, talk.peer, conversation)) ===
        undefined
    );
    return keptBytes(record, added.length);
  }

  /**
   * Deletes a message, from the files, too. The search index is rewritten for that, which takes its time, and begins within
   * an hour.
   *
   * @param removal Who does it and when: that is kept in its place. Left out, nothing is.
   * @returns False where that is not possible, since too many others are to be deleted and can't be.
   */
  remove(id: number, removal?: Omit<Removal, "command">): boolean {
    const record = removal && this.find(id);
    const kept = record && marker(record, removal);
    if (!this.#pending.takeOut(id, kept)) {
      if (this.#pending.isFullOfRemovals && !this.#store.isHeldUp(this)) this.#store.flush();
      if (this.#pending.isFullOfRemovals) return false;
      this.#pending.removals.set(id, kept);
    }
    this.#store.changed(this);
    return true;
  }

  /** The message with this id, if it is still kept; or what stands in its place since it was removed (see `marker`). */
  find(id: number): MessageRecord | undefined {
    return this.#messages.find(id);
  }

  // The following are generators, whose steps are bounded: see reader.ts.

  /** The ids of the messages of conversations within a range, in their order. */
  *range(conversations: readonly string[], range: MessageRange): Generator<undefined, number[]> {
    const { ids } = yield* this.page(conversations, range);
    return ids;
  }

  /** The same, and whether these are all within the range. */
  page(
    conversations: readonly string[],
    range: MessageRange,
  ): Generator<undefined, { ids: number[]; isAll: boolean }> {
    return this.#messages.page(conversations, range);
  }

  /** With whom an identity has talked in private; see `TalkReader.peers`. */
  peers(identity: string, range: Omit<IdBounds, "latest"> & { latest?: boolean }): Generator<Peer | undefined> {
    return this.#talks.peers(identity, range);
  }

  /** The private conversations of an identity with people of a folded nick; of very many the latest. */
  conversations(identity: string, nick: string): Generator<undefined, string[]> {
    return this.#talks.conversationsWith(identity, nick);
  }

  /** The folded nicks under which an identity has talked with the other one of a private conversation. */
  nicksIn(identity: string, conversation: string): Generator<undefined, Set<string>> {
    return this.#talks.nicksIn(identity, conversation);
  }

  /** Searches conversations for PRIVMSG and NOTICE; see `MessageSearch.run`. */
  search(
    conversations: readonly string[],
    query: SearchQuery,
  ): Generator<void, { ids: number[]; isComplete: boolean }> {
    return this.#search.run(conversations, query, this.effort);
  }

  /** Begins to delete what is too old, and believes a jump of the clock that is due. */
  expire(): void {
    if (this.#retention.beginExpiry() || this.clock.due !== undefined) this.#store.changed(this);
  }

  get hasMore(): boolean {
    return this.#pending.size > 0;
  }

  save(): void {
    const added = this.#pending.beginSaving();
    this.#index.beginSaving(added.length);
    this.#retention.beginSaving(added);
    this.#insert(added);
    for (const record of this.#pending.beginSavingEdits()) this.#retention.edit(record);
    for (const [id, kept] of this.#pending.removals) this.#retention.remove(id, kept);
    const isTrimming = this.#retention.trim();
    this.#retention.expire();
    // In a flood the index waits.
    const isFlood = this.#pending.size > INDEX_SLICE;
    this.#isUnfinished = isFlood || this.#index.tend();
    this.#isUnfinished ||= isTrimming;
    this.#keptClock.note();
  }

  /** Writes new messages: many with one statement, since calling one takes as long as writing a row. */
  #insert(records: MessageRecord[]): void {
    const ids = new Map<string, number>();
    const conversationId = (key: string) => {
      let id = ids.get(key);
      if (id === undefined) ids.set(key, id = this.#conversationId(key));
      return id;
    };
    const { insert, insertMany, insertTalk } = this.#sql;
    let values: SQLInputValue[] = [];
    for (const [i, record] of records.entries()) {
      const { id, command, source, sender, account = null, target, text, tags, time, edits, removal } = record;
      const [tagText, trueTime] = [tags ? JSON.stringify(tags) : null, time === timeOf(id) ? null : time ?? null];
      const conversation = conversationId(record.conversation);
      const editText = edits === undefined ? null : JSON.stringify(edits);
      const removalText = removal === undefined ? null : JSON.stringify(removal);
      values.push(
        id,
        conversation,
        command,
        source,
        sender,
        account,
        target,
        text,
        tagText,
        trueTime,
        editText,
        removalText,
      );
      if (i >= records.length - records.length % INSERTED) insert.run(...values);
      else if (i % INSERTED === INSERTED - 1) insertMany.run(...values);
      else continue;
      values = [];
    }
    for (const record of records) {
      const last = isMessage(record) ? record.id : 0;
      for (const { identity, peer } of talksOf(record)) {
        insertTalk.run(identity, peer, conversationId(record.conversation), last);
      }
    }
  }

  #conversationId(key: string): number {
    const known = this.#sql.conversation.get(key);
    if (known !== undefined) return known.id as number;
    return Number(this.#sql.insertConversation.run(key).lastInsertRowid);
  }

  saved(): void {
    const hasRemoved = this.#pending.removals.size > 0;
    this.#pending.endSaving();
    this.#retention.endSaving();
    this.#keptClock.noted();
    const isRewritten = this.#index.endSaving();
    this.#isRefusing &&= this.isFull;
    // Deleted messages are in the log until it has been emptied.
    if (hasRemoved || isRewritten) this.#store.copyLog("TRUNCATE");
    if (this.#isUnfinished || this.#retention.isExpiring || this.hasMore) this.#store.goOn(this);
    this.#goOnRested();
  }

  /** Goes on once the search index may be rewritten again. */
  #goOnRested(): void {
    const { rest } = this.#index;
    if (rest === undefined || this.#isClosed) return;
    this.#restTimer ??= setTimeout(() => {
      this.#restTimer = undefined;
      this.#store.goOn(this);
    }, rest);
  }

  close(): void {
    // The time of closing is noted.
    this.#store.goOn(this);
    clearInterval(this.#timer);
    this.#isClosed = true;
    clearTimeout(this.#restTimer);
  }
}
