/**
 * The settings of channels, kept in the database, so that a channel outlives a restart and the leaving of its last member.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import {
  accountOfItem,
  type ChannelItem,
  type ChannelSettings,
  type PlainSettings,
  readItems,
  readSettings,
} from "./channel_settings.ts";
import { markersMover } from "./markers.ts";
import { channelKey, operatorsKey } from "./records.ts";
import { conversationStatements } from "./history_statements.ts";
import type { Database } from "./database.ts";
import type { Store, StorePart } from "./store.ts";

/** How much waits at the most while the database can't be written, in bytes of memory. */
const MOST_WAITING = 8 * 1_048_576;

/** How many bytes of memory a row that waits takes beside its texts. */
const OVERHEAD = 200;

/** How many rows one transaction writes. */
const MOST_ROWS = 1_000;

/** How many rows of a removed account one transaction deletes. */
const ACCOUNT_SLICE = 100;

/** What is to be written of a channel. */
interface WaitingChannel {
  /** Its settings as JSON; nothing where they are not to be kept. */
  settings: string | undefined;
  /** Whether everything that is kept under its name is deleted first. */
  isAnew: boolean;
  /** Changed items by kind and name; an item without a value is deleted. */
  items: Map<string, ChannelItem>;
}

function bytesOf({ settings = "", items }: WaitingChannel): number {
  let bytes = OVERHEAD + 2 * settings.length;
  for (const item of items.values()) bytes += itemBytes(item);
  return bytes;
}

function itemBytes({ item, value = "" }: ChannelItem): number {
  return OVERHEAD + 2 * (item.length + value.length);
}

/** What the store asks of a channel whose settings have changed. */
export interface ChangedChannel {
  readonly name: string;
  /** Whether its settings are those of a new channel, so that they need not be kept. */
  readonly isUsual: boolean;
  readonly plainSettings: PlainSettings;
  /** Gives the items that have changed since the last call; and whether what is kept under its name belongs to another channel. */
  takeChanges(): { isAnew: boolean; items: ChannelItem[] };
}

/** The kinds of items that are what somebody is in a channel, in SQL. */
const OF_PERSONS = "'founder', 'operator', 'seat'";

/** Deletes the row of a channel of which nothing is kept any more but that it is as a new one. */
const DROP_USUAL =
  `DELETE FROM channels WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM channel_items WHERE channel = ?1) AND
  CASE WHEN json_valid(settings) THEN settings ->> '$.flags' = 'nt' AND json_type(settings, '$.topic') IS NULL AND
    json_type(settings, '$.key') IS NULL AND json_type(settings, '$.limit') IS NULL END`;

/**
 * Makes the function that deletes some of what channels keep of an identity that nobody has any more, within a transaction:
 * that they are founder or operator, and seats. It gives how many rows that were, at most as many as it was told.
 */
export function itemsDropper(db: Database): (identity: string, most: number) => number {
  const dropItems = db.prepare(`DELETE FROM channel_items WHERE id IN
    (SELECT id FROM channel_items WHERE account = ? AND kind IN (${OF_PERSONS}) LIMIT ?) RETURNING channel`);
  const dropUsual = db.prepare(DROP_USUAL);
  return (identity, most) => {
    const rows = dropItems.all(identity, most) as { channel: string }[];
    for (const name of new Set(rows.map(({ channel }) => channel))) dropUsual.run(name);
    return rows.length;
  };
}

/** The kept settings of all channels. */
export class KeptChannels implements StorePart {
  readonly #store: Store;
  readonly #now: () => number;
  /** Channels with changes that are not written yet, by folded name; and how many bytes of memory these take. */
  readonly #waiting = new Map<string, WaitingChannel>();
  #bytes = 0;
  /** The channels that the transaction under way writes. */
  #saving: string[] = [];
  /** Whether that deletes a key, of which no file may hold anything then. */
  #deletesKey = false;
  readonly #moveMarkers;
  readonly #sql;

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store;
    this.#now = now;
    const { db } = store;
    this.#sql = {
      find: db.prepare("SELECT settings FROM channels WHERE name = ?"),
      items: db.prepare("SELECT kind, item, value FROM channel_items WHERE channel = ? ORDER BY id"),
      countFounded: db.prepare("SELECT count(*) AS count FROM channel_items WHERE kind = 'founder' AND item = ?"),
      moveRanks: db.prepare(`UPDATE OR REPLACE channel_items SET item = :after, account = :after WHERE id IN
        (SELECT id FROM channel_items WHERE account = :before AND kind IN ('founder', 'operator') LIMIT :most)
        RETURNING channel`),
      dropAccountItems: db.prepare(`DELETE FROM channel_items WHERE id IN
        (SELECT id FROM channel_items WHERE account IN (?, ?) LIMIT ?) RETURNING channel`),
      noteRemoved: db.prepare("INSERT OR REPLACE INTO leaving_accounts VALUES (?, ?)"),
      forgetRemoved: db.prepare("DELETE FROM leaving_accounts WHERE account = ?"),
      removed: db.prepare("SELECT account, identity FROM leaving_accounts"),
      dropUsual: db.prepare(DROP_USUAL),
      // Of devices that were never kept, or are forgotten.
      dropOrphans: db.prepare(`DELETE FROM channel_items WHERE account GLOB 'device:*' AND
        kind IN (${OF_PERSONS}) AND NOT EXISTS (SELECT 1 FROM devices WHERE identity = account) RETURNING channel`),
      // Items of an older database, whose migration could not tell their accounts.
      unassigned: db.prepare("SELECT id, kind, item FROM channel_items WHERE account = ''"),
      assign: db.prepare("UPDATE channel_items SET account = ? WHERE id = ?"),
      // Whether the kept settings of a channel have a key that the new ones do not have.
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
    };
    this.#moveMarkers = markersMover(db);
    store.attempt("forget accounts that were removed", () => this.#tidy());
    store.attempt("forget devices in channels", () => this.#forgetOrphans());
  }

  /**
   * The kept settings of a channel; nothing where they were those of a new channel. Damaged ones are reported and count as
   * nothing: the channel begins anew.
   */
  find(name: string): ChannelSettings | undefined {
    const folded = casefold(name);
    const waiting = this.#waiting.get(folded);
    if (waiting !== undefined && waiting.settings === undefined) return undefined;
    return this.#store.attempt("read the settings of a channel", () => {
      const text = waiting?.settings ?? this.#sql.find.get(folded)?.settings as string | undefined;
      if (text === undefined) return undefined;
      const rows = waiting?.isAnew ? [] : this.#sql.items.all(folded) as unknown as ChannelItem[];
      const items = new Map(rows.map((row) => [`${row.kind} ${row.item}`, row]));
      for (const [key, item] of waiting?.items ?? []) items.set(key, item);
      const left = [...items.values()].filter(({ value }) => value !== undefined);
      return { ...readSettings(text, folded), ...readItems(left, folded) };
    });
  }

  /** How many channels an identity has founded, of those that are written. */
  countFounded(identity: string): number {
    const row = this.#store.attempt("count channels", () => this.#sql.countFounded.get(identity));
    return row === undefined ? Infinity : Number(row.count);
  }

  /**
   * Gives some of what an identity is in channels, their founder or operator, to another: to be called until nothing is left.
   *
   * @returns The folded names of the channels; nothing where the identity is nothing any more.
   * @throws {StoreError} Where it can't be written.
   */
  moveRanks(before: string, after: string): Set<string> | undefined {
    let rows: { channel: string }[] = [];
    this.#store.transact(() => {
      rows = this.#sql.moveRanks.all({ before, after, most: ACCOUNT_SLICE }) as typeof rows;
    });
    return rows.length === 0 ? undefined : new Set(rows.map(({ channel }) => channel));
  }

  /** Whether nothing more can be kept, since so much waits for a database that can't be written. */
  get isFull(): boolean {
    return this.#bytes >= MOST_WAITING;
  }

  /**
   * A channel's settings have changed: keeps what they are now.
   *
   * @returns About how many bytes that takes, on the disk or in memory.
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
   * Moves everything that is kept of a channel to another name: its settings, its messages, and the markers of its readers. Of
   * very many markers the rest is left for `Markers.moved`.
   *
   * @returns False where something of another channel is kept under that name.
   * @throws {StoreError} Where it can't be written.
   */
  rename(channel: ChangedChannel, newName: string): boolean {
    this.changed(channel);
    const { name, isUsual, plainSettings } = channel;
    const { era } = plainSettings;
    const [before, after] = [casefold(name), casefold(newName)];
    let isFree = true;
    this.#store.transact(() => {
      isFree = before === after || !this.#isTaken(after);
      if (!isFree) return;
      this.#sql.drop.run(before);
      if (!isUsual) this.#sql.put.run(after, JSON.stringify({ ...plainSettings, name: newName }), this.#now());
      if (before === after) return;
      // A conversation of that name has no messages left.
      this.#sql.conversations.drop.run(channelKey(after));
      this.#sql.dropItems.run(after);
      this.#sql.moveItems.run(after, before);
      this.#sql.conversations.move.run(channelKey(after), channelKey(before));
      this.#sql.conversations.move.run(operatorsKey({ name: after, era }), operatorsKey({ name: before, era }));
      this.#moveMarkers(before, after);
    });
    return isFree;
  }

  /** Whether settings or messages are kept of a channel. */
  isKept(name: string): boolean {
    const folded = casefold(name);
    if (this.#waiting.get(folded)?.settings !== undefined) return true;
    return this.#store.attempt("look for a channel", () => this.#isTaken(folded)) ?? false;
  }

  /** Whether settings or messages are kept of a channel of that folded name. */
  #isTaken(folded: string): boolean {
    return this.#sql.find.get(folded) !== undefined ||
      this.#sql.conversations.isUsed.get(channelKey(folded))!.isUsed !== 0;
  }

  /** Does what an earlier run has left undone, while nobody is there yet. */
  #tidy(): void {
    const unassigned = this.#sql.unassigned.all() as (Pick<ChannelItem, "kind" | "item"> & { id: number })[];
    const removed = this.#sql.removed.all() as { account: string; identity: string }[];
    if (unassigned.length + removed.length === 0) return;
    this.#store.transact(() => {
      for (const { id, kind, item } of unassigned) this.#sql.assign.run(accountOfItem(kind, item) ?? null, id);
      for (const { account, identity } of removed) {
        this.#sql.dropAccountItems.all(account, identity, -1);
        this.#sql.forgetRemoved.run(account);
      }
    });
  }

  #forgetOrphans(): void {
    const rows = this.#sql.dropOrphans.all() as { channel: string }[];
    for (const name of new Set(rows.map(({ channel }) => channel))) this.#sql.dropUsual.run(name);
  }

  /**
   * An account is removed: `forgetAccount` is to be called until channels hold nothing of it; what is left is deleted at the
   * next start. To be called within a transaction.
   *
   * @param account The account, folded.
   * @param identity Its identity; see `KeptAccounts.identity`.
   */
  noteRemovedAccount(account: string, identity: string): void {
    this.#sql.noteRemoved.run(account, identity);
  }

  /**
   * Deletes some of what channels keep of an account: that it is their founder or operator, masks for it, its seats.
   *
   * @param account The account, folded.
   * @param identity Its identity; see `KeptAccounts.identity`.
   * @returns The folded names of the channels that kept it; nothing where no channel keeps any more.
   * @throws {StoreError} Where it can't be written.
   */
  forgetAccount(account: string, identity: string): Set<string> | undefined {
    let rows: { channel: string }[] = [];
    this.#store.transact(() => {
      rows = this.#sql.dropAccountItems.all(account, identity, ACCOUNT_SLICE) as typeof rows;
      for (const name of new Set(rows.map(({ channel }) => channel))) this.#sql.dropUsual.run(name);
      if (rows.length === 0) this.#sql.forgetRemoved.run(account);
    });
    return rows.length === 0 ? undefined : new Set(rows.map(({ channel }) => channel));
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }

  save(): void {
    this.#saving = [];
    this.#deletesKey = false;
    let rows = 0;
    for (const [folded, { settings, isAnew, items }] of this.#waiting) {
      this.#deletesKey ||= this.#sql.losesKey.get({ name: folded, settings: settings ?? null }) !== undefined;
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
    if (this.#deletesKey) this.#store.copyLog("TRUNCATE");
    if (this.hasMore) this.#store.goOn(this);
  }
}
