/**
 * Which private messages were left for people who are away from the room, until they come back: by the message's id, with the
 * address that they came from, so that nobody can fill another's absence. The messages themselves are in the history.
 *
 * A row goes with its message (a trigger of schema.ts), with the account or the device that it is for, or with the return.
 *
 * @module
 */

import type { Database } from "./database.ts";
import type { Store, StorePart } from "./store.ts";

/** How many bytes a row takes on the disk with its place in the index, roughly. */
export const LEFT_BYTES = 150;

/**
 * How many rows wait at the most while the database can't be written, in all and from one range of addresses; beyond that nothing
 * more is left, for anybody or from there.
 */
const MOST_WAITING = { inAll: 10_000, fromOne: 1_000 } as const;

/** How many rows one transaction writes. */
const SLICE = 500;

/** A message that was left for somebody. */
export interface LeftMessage {
  /** The message's id. */
  id: number;
  /** The identity that it is for. */
  recipient: string;
  /** The range of addresses that it came from. */
  range: string;
  /** How long its text is. */
  bytes: number;
}

/** How much was left. */
export interface LeftAmount {
  count: number;
  bytes: number;
}

/** The statements by which others delete rows together with their own tables. */
export function leftStatements(db: Database) {
  return { dropAll: db.prepare("DELETE FROM left_messages WHERE recipient = ?") };
}

/** The messages that were left for people. */
export class LeftMessages implements StorePart {
  readonly #store: Store;
  /** Rows that are not written yet, by id, in their order; and those among them that the transaction under way writes. */
  readonly #waiting = new Map<number, LeftMessage>();
  /** The same by whom they are for, and how many there are by where they came from: nothing goes through all of them. */
  readonly #waitingFor = new Map<string, Map<number, LeftMessage>>();
  readonly #waitingFrom = new Map<string, number>();
  #saving: LeftMessage[] = [];
  /** Up to which id the rows of somebody are to be deleted. From then on they count as deleted. */
  readonly #forgotten = new Map<string, number>();
  #forgetting: [recipient: string, upTo: number][] = [];
  readonly #sql;

  constructor(store: Store) {
    this.#store = store;
    const { db } = store;
    this.#sql = {
      insert: db.prepare("INSERT OR REPLACE INTO left_messages VALUES (?, ?, ?, ?)"),
      find: db.prepare("SELECT recipient, range FROM left_messages WHERE id = ?"),
      forget: db.prepare("DELETE FROM left_messages WHERE recipient = ? AND id <= ?"),
      ids: db.prepare("SELECT id FROM left_messages WHERE recipient = ? AND id > ? ORDER BY id"),
      has: db.prepare("SELECT recipient FROM left_messages WHERE id = ?"),
      // From the index alone.
      amount: db.prepare(`SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM left_messages
        INDEXED BY left_messages_by_recipient WHERE recipient = ? AND id > ?`),
      amountFrom: db.prepare(`SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM left_messages
        INDEXED BY left_messages_by_recipient WHERE recipient = ? AND range = ? AND id > ?`),
    };
  }

  /** Whether a message can be left now. @param range Where it comes from. */
  hasRoom(range: string): boolean {
    return this.#waiting.size < MOST_WAITING.inAll && (this.#waitingFrom.get(range) ?? 0) < MOST_WAITING.fromOne;
  }

  /** Notes that a message was left. @returns False where that is not possible. */
  add(message: LeftMessage): boolean {
    const { id, recipient, range } = message;
    if (!this.hasRoom(range) || this.#waiting.has(id)) return false;
    this.#waiting.set(id, message);
    const others = this.#waitingFor.get(recipient) ?? new Map<number, LeftMessage>();
    this.#waitingFor.set(recipient, others.set(id, message));
    this.#waitingFrom.set(range, (this.#waitingFrom.get(range) ?? 0) + 1);
    this.#store.changed(this);
    return true;
  }

  /** A message that was left has a text of another length. Nothing changes where it does not wait for anybody. */
  resize(id: number, bytes: number): void {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      waiting.bytes = bytes;
      return;
    }
    const row = this.#store.attempt("read what was left", () => this.#sql.find.get(id)) as
      | Pick<LeftMessage, "recipient" | "range">
      | undefined;
    if (row !== undefined && id > this.#forgottenOf(row.recipient)) this.add({ id, ...row, bytes });
  }

  /** A message waits no more to be written. */
  #delete(id: number): void {
    const message = this.#waiting.get(id);
    if (message === undefined) return;
    const { recipient, range } = message;
    this.#waiting.delete(id);
    const others = this.#waitingFor.get(recipient)!;
    if (others.delete(id) && others.size === 0) this.#waitingFor.delete(recipient);
    const left = this.#waitingFrom.get(range)! - 1;
    if (left > 0) this.#waitingFrom.set(range, left);
    else this.#waitingFrom.delete(range);
  }

  #forgottenOf(recipient: string): number {
    return this.#forgotten.get(recipient) ?? -1;
  }

  /** How much was left for somebody, in all or from one range of addresses. Where that can't be read, nothing more may be. */
  amount(recipient: string, range?: string): LeftAmount {
    const after = this.#forgottenOf(recipient);
    const row = this.#store.attempt(
      "read what was left",
      () =>
        range === undefined
          ? this.#sql.amount.get(recipient, after)
          : this.#sql.amountFrom.get(recipient, range, after),
    ) as LeftAmount | undefined;
    const amount = { count: row?.count ?? Infinity, bytes: row?.bytes ?? Infinity };
    for (const one of this.#waitingFor.get(recipient)?.values() ?? []) {
      if (range !== undefined && one.range !== range) continue;
      amount.count++;
      amount.bytes += one.bytes;
    }
    return amount;
  }

  /** Whether a message was left for somebody who has not come back since. */
  isWaiting(id: number, recipient: string): boolean {
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) return waiting.recipient === recipient;
    if (id <= this.#forgottenOf(recipient)) return false;
    return this.#store.attempt("read what was left", () => this.#sql.has.get(id))?.recipient === recipient;
  }

  /** The ids of what was left for somebody, in their order. They are bounded; see room/absentees.ts. */
  ids(recipient: string): number[] {
    const written = this.#store.attempt(
      "read what was left",
      () => this.#sql.ids.all(recipient, this.#forgottenOf(recipient)) as { id: number }[],
    ) ?? [];
    const waiting = this.#waitingFor.get(recipient)?.keys() ?? [];
    return [...new Set([...written.map(({ id }) => id), ...waiting])];
  }

  /** Somebody has been told what was left for them, up to a message. */
  forget(recipient: string, upTo: number): void {
    for (const id of [...this.#waitingFor.get(recipient)?.keys() ?? []]) if (id <= upTo) this.#delete(id);
    this.#forgotten.set(recipient, Math.max(upTo, this.#forgottenOf(recipient)));
    this.#store.goOn(this);
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }

  save(): void {
    this.#saving = [...this.#waiting.values().take(SLICE)];
    for (const { id, recipient, range, bytes } of this.#saving) this.#sql.insert.run(id, recipient, range, bytes);
    this.#forgetting = [...this.#forgotten.entries().take(SLICE)];
    for (const [recipient, upTo] of this.#forgetting) this.#sql.forget.run(recipient, upTo);
  }

  saved(): void {
    for (const { id } of this.#saving) this.#delete(id);
    for (const [recipient, upTo] of this.#forgetting) {
      if (this.#forgotten.get(recipient) === upTo) this.#forgotten.delete(recipient);
    }
    this.#saving = [];
    this.#forgetting = [];
    if (this.hasMore || this.#forgotten.size > 0) this.#store.goOn(this);
  }
}
