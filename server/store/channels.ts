/**
 * The settings of channels, kept in the database, so that a channel outlives a restart and the leaving of its last member.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import {
  accountOfItem,
  type ChannelSettings,
  type Item,
  type PlainSettings,
  readItems,
  readSettings,
} from "./channel_settings.ts";
import { markerStatements } from "./markers.ts";
import { conversationStatements } from "./history_statements.ts";
import type { Store, StorePart } from "./store.ts";

/** How much waits at the most while the database can't be written, in bytes of memory. */
const MOST_WAITING = 8 * 1_048_576;

/** What a row that waits takes beside its texts, in bytes. */
const OVERHEAD = 200;

/** So many rows are written with one transaction. */
const MOST_ROWS = 1_000;

/** How many rows of an account that was removed are deleted with one transaction. */
const ACCOUNT_SLICE = 100;

/** What is to be written of a channel. */
interface Waiting {
  /** Its settings as JSON; nothing where none are to be kept. */
  settings: string | undefined;
  /** Whether all that is there under its name is deleted before. */
  isAnew: boolean;
  /** Items by kind and name; without a value those that are deleted. */
  items: Map<string, Item>;
}

function bytesOf({ settings = "", items }: Waiting): number {
  let bytes = OVERHEAD + 2 * settings.length;
  for (const item of items.values()) bytes += itemBytes(item);
  return bytes;
}

function itemBytes({ item, value = "" }: Item): number {
  return OVERHEAD + 2 * (item.length + value.length);
}

/** A channel, as far as its settings are kept. */
export interface ChangedChannel {
  readonly name: string;
  /** Whether it is as a new channel, so that nothing is kept of it. */
  readonly isUsual: boolean;
  readonly plainSettings: PlainSettings;
  /** Gives the items that have changed since the last call, and whether what is kept under its name is another channel's. */
  takeChanges(): { isAnew: boolean; items: Item[] };
}

/** The settings of all channels. */
export class KeptChannels implements StorePart {
  readonly #store: Store;
  readonly #now: () => number;
  /** What is not written yet, by folded name, and how much of memory it takes, in bytes. */
  readonly #waiting = new Map<string, Waiting>();
  #bytes = 0;
  /** What the transaction under way writes. */
  #saving: string[] = [];
  /** Whether that takes off a key, which is to be in no file any more. */
  #isKeyLost = false;
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT settings FROM channels WHERE name = ?"),
      items: db.prepare("SELECT kind, item, value FROM channel_items WHERE channel = ? ORDER BY id"),
      dropAccount: db.prepare(`DELETE FROM channel_items WHERE id IN
        (SELECT id FROM channel_items WHERE account IN (?, ?) LIMIT ?) RETURNING channel`),
      leaves: db.prepare("INSERT OR REPLACE INTO leaving_accounts VALUES (?, ?)"),
      hasLeft: db.prepare("DELETE FROM leaving_accounts WHERE account = ?"),
      leaving: db.prepare("SELECT account, identity FROM leaving_accounts"),
      // Those of an older database whose account could not be told there.
      unclear: db.prepare("SELECT id, kind, item FROM channel_items WHERE account = ''"),
      clear: db.prepare("UPDATE channel_items SET account = ? WHERE id = ?"),
      // Whether a channel has a key that is none of its settings any more.
      losesKey: db.prepare(`SELECT 1 FROM channels WHERE name = :name AND
        CASE WHEN json_valid(settings) THEN settings ->> '$.key' END NOT IN (coalesce(:settings ->> '$.key', ''))`),
      put: db.prepare("INSERT OR REPLACE INTO channels VALUES (?, ?, ?)"),
      drop: db.prepare("DELETE FROM channels WHERE name = ?"),
      putItem: db.prepare(`INSERT INTO channel_items (channel, kind, item, value, account) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET value = excluded.value, account = excluded.account`),
      dropItem: db.prepare("DELETE FROM channel_items WHERE channel = ? AND kind = ? AND item = ?"),
      dropItems: db.prepare("DELETE FROM channel_items WHERE channel = ?"),
      moveItems: db.prepare("UPDATE channel_items SET channel = ? WHERE channel = ?"),
      conversations: conversationStatements(db),
      moveMarkers: markerStatements(db).move,
    };
    store.attempt("forget accounts that were removed", () => this.#tidy());
  }

  /**
   * The settings that a channel of this name had when it was last changed, unless they were the usual ones. What is
   * damaged is reported and counts as nothing: the channel begins anew.
   */
  find(name: string): ChannelSettings | undefined {
    const folded = casefold(name);
    const waiting = this.#waiting.get(folded);
    if (waiting !== undefined && waiting.settings === undefined) return undefined;
    return this.#store.attempt("read the settings of a channel", () => {
      const text = waiting?.settings ?? this.#sql.find.get(folded)?.settings as string | undefined;
      if (text === undefined) return undefined;
      const rows = waiting?.isAnew ? [] : this.#sql.items.all(folded) as unknown as Item[];
      const items = new Map(rows.map((row) => [`${row.kind} ${row.item}`, row]));
      for (const [key, item] of waiting?.items ?? []) items.set(key, item);
      const left = [...items.values()].filter(({ value }) => value !== undefined);
      return { ...readSettings(text, folded), ...readItems(left, folded) };
    });
  }

  /** Whether so much waits for a database that can't be written that nothing more can be kept. */
  get isFull(): boolean {
    return this.#bytes >= MOST_WAITING;
  }

  /**
   * A channel's settings have changed. What is to be kept is what they are now.
   *
   * @returns How many bytes that takes, about, on the disk or in memory.
   */
  changed(channel: ChangedChannel): number {
    const folded = casefold(channel.name);
    const { isAnew, items } = channel.takeChanges();
    const waiting = this.#waiting.get(folded) ?? { settings: undefined, isAnew: false, items: new Map() };
    const known = this.#waiting.has(folded) ? OVERHEAD + 2 * (waiting.settings?.length ?? 0) : 0;
    waiting.settings = channel.isUsual ? undefined : JSON.stringify(channel.plainSettings);
    let kept = OVERHEAD + 2 * (waiting.settings?.length ?? 0);
    this.#bytes += kept - known;
    if (isAnew) {
      for (const item of waiting.items.values()) this.#bytes -= itemBytes(item);
      waiting.items.clear();
      waiting.isAnew = true;
    }
    for (const change of items) {
      const key = `${change.kind} ${change.item}`;
      const before = waiting.items.get(key);
      this.#bytes += itemBytes(change) - (before === undefined ? 0 : itemBytes(before));
      waiting.items.set(key, change);
      if (change.value !== undefined) kept += itemBytes(change);
    }
    this.#waiting.set(folded, waiting);
    this.#store.changed(this);
    return kept;
  }

  /**
   * Moves all that is kept of a channel to another name: settings, what was said, and up to when it was read.
   *
   * @returns False where something is kept under that name already: it was another channel's.
   * @throws {StoreError} Where it can't be written.
   */
  rename(channel: ChangedChannel, wish: string): boolean {
    this.changed(channel);
    const { name, isUsual, plainSettings } = channel;
    const [before, after] = [casefold(name), casefold(wish)];
    let isFree = true;
    this.#store.transact(() => {
      isFree = before === after || !this.#isTaken(after);
      if (!isFree) return;
      this.#sql.drop.run(before);
      if (!isUsual) this.#sql.put.run(after, JSON.stringify({ ...plainSettings, name: wish }), this.#now());
      if (before === after) return;
      // One of which no message is left.
      this.#sql.conversations.drop.run(after);
      this.#sql.dropItems.run(after);
      this.#sql.moveItems.run(after, before);
      this.#sql.conversations.move.run(after, before);
      this.#sql.moveMarkers.run(after, before);
    });
    return isFree;
  }

  /** Whether something is kept of a channel of that name: settings, or messages. @param folded Folded. */
  #isTaken(folded: string): boolean {
    return this.#sql.find.get(folded) !== undefined || this.#sql.conversations.isUsed.get(folded)!.isUsed !== 0;
  }

  /** Does what an earlier run has left to be done, while nobody is there yet. */
  #tidy(): void {
    const unclear = this.#sql.unclear.all() as (Pick<Item, "kind" | "item"> & { id: number })[];
    const leaving = this.#sql.leaving.all() as { account: string; identity: string }[];
    if (unclear.length + leaving.length === 0) return;
    this.#store.transact(() => {
      for (const { id, kind, item } of unclear) this.#sql.clear.run(accountOfItem(kind, item) ?? null, id);
      for (const { account, identity } of leaving) {
        this.#sql.dropAccount.all(account, identity, -1);
        this.#sql.hasLeft.run(account);
      }
    });
  }

  /**
   * An account is removed: what is kept of it in channels has to be forgotten with `forgetAccount`, or at the next start. To
   * be called within a transaction.
   *
   * @param account Folded.
   * @param identity See `Accounts.identity`.
   */
  leaves(account: string, identity: string): void {
    this.#sql.leaves.run(account, identity);
  }

  /**
   * Removes some of what is kept of an account in channels: it as their operator, masks for it, its seats.
   *
   * @param account Folded.
   * @param identity See `Accounts.identity`.
   * @returns The folded names of the channels that had it; nothing where no more is kept.
   * @throws {StoreError} Where it can't be written.
   */
  forgetAccount(account: string, identity: string): Set<string> | undefined {
    let rows: { channel: string }[] = [];
    this.#store.transact(() => {
      rows = this.#sql.dropAccount.all(account, identity, ACCOUNT_SLICE) as typeof rows;
      if (rows.length === 0) this.#sql.hasLeft.run(account);
    });
    return rows.length === 0 ? undefined : new Set(rows.map(({ channel }) => channel));
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }

  save(): void {
    this.#saving = [];
    this.#isKeyLost = false;
    let rows = 0;
    for (const [folded, { settings, isAnew, items }] of this.#waiting) {
      this.#isKeyLost ||= this.#sql.losesKey.get({ name: folded, settings: settings ?? null }) !== undefined;
      if (isAnew || settings === undefined) this.#sql.dropItems.run(folded);
      if (settings === undefined) this.#sql.drop.run(folded);
      else {
        this.#sql.put.run(folded, settings, this.#now());
        for (const { kind, item, value } of items.values()) {
          if (value === undefined) this.#sql.dropItem.run(folded, kind, item);
          else this.#sql.putItem.run(folded, kind, item, value, accountOfItem(kind, item) ?? null);
        }
      }
      this.#saving.push(folded);
      rows += 1 + items.size;
      if (rows >= MOST_ROWS) break;
    }
  }

  saved(): void {
    for (const folded of this.#saving) {
      this.#bytes -= bytesOf(this.#waiting.get(folded)!);
      this.#waiting.delete(folded);
    }
    if (this.#isKeyLost) this.#store.copyLog("TRUNCATE");
    if (this.hasMore) this.#store.goOn(this);
  }
}
