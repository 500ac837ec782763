/**
 * The messages that are not in the database yet, in the order of their ids, and the ids of those that are still to be
 * deleted from it. Both are bounded.
 *
 * @module
 */

import { memoryBytes, rowCount } from "./record_sizes.ts";
import { isMessage, isPrivateOf, type MessageRecord, type PrivateTalk, talksOf } from "./records.ts";

/**
 * One transaction writes so many rows, or so many bytes: the changes of a transaction take memory until it ends. So many are
 * written at once, however little time has passed.
 */
export const TRANSACTION = { rows: 1_000, bytes: 1_048_576 } as const;

/**
 * How much waits at the most while the database can't be written, in bytes of memory and in messages to be deleted. With what the
 * lines that are refused meanwhile leave to be collected, that is 160 MiB of the process's memory.
 */
export const MOST_PENDING = { bytes: 16 * 1_048_576, removals: 1_000 } as const;

/** How many pending messages one step of reading looks at. */
const STEP = 256;

/** The pending messages and removals of a history. */
export class PendingMessages {
  readonly #records: MessageRecord[] = [];
  /** How much memory they take, in bytes. */
  #bytes = 0;
  /** What has come since the last transaction. */
  #gathered = { rows: 0, bytes: 0 };
  /** How many of them the transaction under way writes. */
  #saving = 0;
  /** Of how many pending messages a side of a private talk is one, by `keyOfTalk`. */
  readonly #talks = new Map<string, number>();
  /** The written messages that are to be deleted, by id, each with what is to stand in its place; undefined: nothing. */
  readonly removals = new Map<number, MessageRecord | undefined>();
  /** Written messages whose texts were changed since, by id; and those of them that the transaction under way writes. */
  readonly #edited = new Map<number, MessageRecord>();
  #savingEdits: MessageRecord[] = [];

  /** How many messages are pending. */
  get size(): number {
    return this.#records.length + this.#edited.size;
  }

  /** Whether no more may be added before some are written. */
  get isFull(): boolean {
    return this.#bytes >= MOST_PENDING.bytes;
  }

  /** Whether no more may be removed before some are. */
  get isFullOfRemovals(): boolean {
    return this.removals.size >= MOST_PENDING.removals;
  }

  /** Whether what has come since the last transaction is enough for another one. */
  get isTransactionFull(): boolean {
    return this.#gathered.rows >= TRANSACTION.rows || this.#gathered.bytes >= TRANSACTION.bytes;
  }

  add(record: MessageRecord): void {
    const bytes = memoryBytes(record);
    this.#records.push(record);
    this.#countTalks(record, 1);
    this.#bytes += bytes;
    this.#gathered.rows += rowCount(record);
    this.#gathered.bytes += bytes;
  }

  /** A message that is kept has another text now. */
  edit(record: MessageRecord): void {
    const { id } = record;
    const at = this.#indexOf(id);
    const isPending = this.#records[at]?.id === id;
    const before = isPending ? this.#records[at] : this.#edited.get(id);
    if (isPending) this.#records[at] = record;
    else this.#edited.set(id, record);
    const bytes = memoryBytes(record);
    this.#bytes += bytes - (before === undefined ? 0 : memoryBytes(before));
    this.#gathered.rows += isPending ? 0 : rowCount(record);
    this.#gathered.bytes += bytes;
  }

  /** The message's changed text is not to be written any more. */
  #dropEdit(id: number): void {
    const record = this.#edited.get(id);
    if (record === undefined) return;
    this.#edited.delete(id);
    this.#bytes -= memoryBytes(record);
  }

  /**
   * Forgets a pending message, or a change of one; false where it is not pending.
   *
   * @param marker What is kept in its place.
   */
  takeOut(id: number, marker?: MessageRecord): boolean {
    this.#dropEdit(id);
    const at = this.#records.findIndex((record) => record.id === id);
    if (at < 0) return false;
    const [record] = this.#records.splice(at, 1, ...(marker === undefined ? [] : [marker]));
    this.#countTalks(record, -1);
    if (marker !== undefined) this.#countTalks(marker, 1);
    this.#bytes += (marker === undefined ? 0 : memoryBytes(marker)) - memoryBytes(record);
    return true;
  }

  find(id: number): MessageRecord | undefined {
    const record = this.#records[this.#indexOf(id)];
    return record?.id === id ? record : this.#edited.get(id);
  }

  #countTalks(record: MessageRecord, change: 1 | -1): void {
    for (const talk of talksOf(record)) {
      const key = keyOfTalk(talk, record.conversation);
      const count = (this.#talks.get(key) ?? 0) + change;
      if (count > 0) this.#talks.set(key, count);
      else this.#talks.delete(key);
    }
  }

  /** Whether a message is pending of one side of a private talk, in a conversation. */
  hasTalk(talk: PrivateTalk, conversation: string): boolean {
    return this.#talks.has(keyOfTalk(talk, conversation));
  }

  /** Begins to save: gives the messages that one transaction writes. */
  beginSaving(): MessageRecord[] {
    let [count, rows, bytes] = [0, 0, 0];
    while (count < this.#records.length && rows < TRANSACTION.rows && bytes < TRANSACTION.bytes) {
      const record = this.#records[count++];
      rows += rowCount(record);
      bytes += memoryBytes(record);
    }
    this.#saving = count;
    return this.#records.slice(0, count);
  }

  /** The changed messages that the same transaction writes. */
  beginSavingEdits(): MessageRecord[] {
    let bytes = 0;
    this.#savingEdits = [];
    for (const record of this.#edited.values()) {
      if (this.#savingEdits.length >= TRANSACTION.rows || bytes >= TRANSACTION.bytes) break;
      this.#savingEdits.push(record);
      bytes += memoryBytes(record);
    }
    return this.#savingEdits;
  }

  /** What `beginSaving` has given is in the database, and what was to be deleted is not any more. */
  endSaving(): void {
    const saved = this.#records.splice(0, this.#saving);
    for (const { id } of this.#savingEdits) this.#dropEdit(id);
    this.#savingEdits = [];
    for (const record of saved) {
      this.#bytes -= memoryBytes(record);
      this.#countTalks(record, -1);
    }
    if (this.size === 0) this.#bytes = 0;
    this.#gathered = { rows: 0, bytes: 0 };
    this.removals.clear();
  }

  /**
   * Some of the pending messages with an id after one and before another, from the one end or the other. To be called until
   * that is all of them.
   *
   * @param latest Whether they are given from the last one on.
   * @returns The messages in this order; the id of the last one that was looked at; and whether these are all.
   */
  read(after: number, before: number, latest: boolean): { records: MessageRecord[]; at: number; isLast: boolean } {
    const [from, to] = [this.#indexOf(after + 1), this.#indexOf(before)];
    const isLast = to - from <= STEP;
    const records = isLast
      ? this.#records.slice(from, to)
      : latest
      ? this.#records.slice(to - STEP, to)
      : this.#records.slice(from, from + STEP);
    if (latest) records.reverse();
    return { records, at: records.at(-1)?.id ?? after, isLast };
  }

  /** Where the pending messages with this id or a higher one begin. */
  #indexOf(id: number): number {
    let [from, to] = [0, this.#records.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#records[middle].id < id) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** The private talks of an identity of which a message is pending, in steps; each with every such message. */
  *talksOf(identity: string): Generator<PendingTalk | undefined> {
    for (const [i, record] of this.#records.slice().entries()) {
      if (i % STEP === STEP - 1) yield undefined;
      const { id, recipient, conversation } = record;
      if (recipient === undefined || !isPrivateOf(conversation, identity)) continue;
      for (const talk of talksOf(record)) {
        if (talk.identity === identity) yield { ...talk, conversation, id, isMessage: isMessage(record) };
      }
    }
  }
}

/** The key of one side of a private talk. Neither an identity nor a nick can hold a line end. */
function keyOfTalk({ identity, peer }: PrivateTalk, conversation: string): string {
  return `${identity}\n${peer}\n${conversation}`;
}

/** A private talk of which a message is pending. */
export interface PendingTalk extends PrivateTalk {
  conversation: string;
  /** The message's id, and whether it is a PRIVMSG or NOTICE. */
  id: number;
  isMessage: boolean;
}
