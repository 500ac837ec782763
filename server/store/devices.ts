/**
 * Devices, kept in the database by the hashes of their secrets: each page and terminal client that comes back, and the app
 * passwords of accounts; and which names channels had when a device last left them.
 *
 * The hash is a plain SHA-256, and looked up as it is: the secret is random and long, so that its hash tells nothing, however
 * much of it somebody learns.
 *
 * @module
 */

import { addressRange } from "../wire/address.ts";
import { itemsDropper } from "./channels.ts";
import { type ChannelOfDevice, channelsOf, channelsText } from "./device_channels.ts";
import { damaged, isLineText } from "./errors.ts";
import { leftStatements } from "./left_messages.ts";
import { markerStatements } from "./markers.ts";
import type { Store, StorePart } from "./store.ts";
import { SLICE, UnwrittenRows } from "./unwritten.ts";

/** How many guests' devices are kept. Beyond that the address that has the most loses those it has not used for the longest. */
const MOST_GUESTS = 100_000;

/** For how long the device of a guest is kept that is not used, in milliseconds: 90 days. */
export const UNUSED = 90 * 86_400_000;

/** How often is looked for such devices, in milliseconds. */
const EXPIRE_EVERY = 3_600_000;

/** How many rows of what is kept of devices elsewhere one transaction deletes with them, and one more device's. */
const MOST_ITEMS = 200;

/** How many bytes of devices wait at the most to be written: many may leave at once. Others are not kept. */
const MOST_WAITING = 8 * 1_048_576;

/** How many former names of channels are kept, the latest; and how often in a row a channel's name is followed. */
const MOST_RENAMED = 1_000;
const MOST_STEPS = 16;

/** Who owns the room is not forgotten. */
const NOT_AN_OWNER = "identity NOT IN (SELECT identity FROM owners)";

export type { ChannelOfDevice };

/** What a person is given back who comes by a device. */
export interface Belongings {
  nick: string;
  away: string | undefined;
  channels: ChannelOfDevice[];
  /** When they left, in milliseconds since 1970; 0 for a person who has not left yet. */
  leftAt: number;
}

/** A device as the store keeps it. Times in milliseconds since 1970. */
export interface DeviceRecord extends Belongings {
  /** SHA-256 of the secret, in base64url. */
  hash: string;
  /** By what masks name it, where it had another secret before; see `stampOf` of auth/device_secrets.ts. */
  stamp?: string | undefined;
  /** The name by which an account's owner is told of it. */
  id: string;
  /** The identity that it belongs to; see identities.ts. */
  identity: string;
  /** Whether that is a guest's, and no account's. */
  isGuest: boolean;
  /** Whether it is an app password. */
  isApp: boolean;
  name: string;
  created: number;
  used: number;
  address: string;
}

/** The record in a row; nothing where it is damaged. */
function toRecord(row: Record<string, unknown>): DeviceRecord | undefined {
  const { hash, id, identity, name, created, used, address, nick, away, stamp } = row;
  const { is_guest: isGuest, is_app: isApp, left_at: leftAt } = row;
  const channels = channelsOf(row.channels);
  const isIntact = [hash, id, identity, name, address, nick, away ?? "", stamp ?? ""].every(isLineText) &&
    [created, used, leftAt, isApp, isGuest].every(Number.isFinite) && channels !== undefined;
  if (!isIntact) return undefined;
  const texts = { hash, id, identity, name, address, nick, away: away ?? undefined, ...(stamp !== null && { stamp }) };
  return { ...texts, created, used, leftAt, isGuest: isGuest === 1, isApp: isApp === 1, channels } as DeviceRecord;
}

/** How many bytes a device takes on the disk besides its channels, roughly. */
export const DEVICE_BYTES = 640;

/** A device that is to be written, without its channels; and these as JSON. */
interface Waiting {
  device: DeviceRecord;
  channels: string;
}

function bytesOf(waiting: Waiting | undefined): number {
  return waiting === undefined ? 0 : DEVICE_BYTES + waiting.channels.length;
}

/** The devices in the database. */
export class KeptDevices implements StorePart {
  readonly #store: Store;
  /** What is to be written, by hash: a device, or nothing where it is deleted. */
  readonly #waiting = new UnwrittenRows<Waiting | undefined>();
  /** How many bytes those take. */
  #bytes = 0;
  /** Renamed channels that are to be written. */
  #renamed: { before: string; after: string; time: number }[] = [];
  /** Guests' devices that were not used since then are to be deleted. */
  #unusedSince = -1;
  /** Whether there may be more of these. */
  #isExpiring = false;
  /** Whether there are more guests' devices than may be. */
  #areTooMany = false;
  readonly #mostGuests: number;
  readonly #dropItems: (identity: string, most: number) => number;
  readonly #sql;

  /** @param mostGuests How many guests' devices are kept. */
  constructor(store: Store, mostGuests = MOST_GUESTS) {
    this.#store = store;
    this.#mostGuests = mostGuests;
    const { db } = store;
    this.#dropItems = itemsDropper(db);
    this.#sql = {
      find: db.prepare("SELECT * FROM devices WHERE hash = ?"),
      // Their channels are not read, which may be much.
      ofIdentity: db.prepare(
        `SELECT hash, id, identity, is_guest, is_app, name, created, used, address, nick, away, left_at, stamp,
        '[]' AS channels FROM devices WHERE identity = ? LIMIT ?`,
      ),
      latestOf: db.prepare("SELECT * FROM devices WHERE identity = ? ORDER BY left_at DESC LIMIT 1"),
      put: db.prepare(`INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET id = excluded.id, identity = excluded.identity, is_guest = excluded.is_guest,
          name = excluded.name, used = excluded.used, address = excluded.address, range = excluded.range,
          nick = excluded.nick, away = excluded.away, channels = excluded.channels, left_at = excluded.left_at`),
      drop: db.prepare("DELETE FROM devices WHERE hash = ?"),
      dropOthers: db.prepare("DELETE FROM devices WHERE identity = ? AND hash != ?"),
      dropMarkers: markerStatements(db).dropAll,
      dropLeft: leftStatements(db).dropAll,
      // The database counts them with each change (schema.ts).
      count: db.prepare("SELECT count FROM guest_counts WHERE range = ''"),
      unused: db.prepare(`SELECT hash, identity FROM devices INDEXED BY devices_by_used WHERE is_guest AND used < ?
        AND ${NOT_AN_OWNER} ORDER BY used LIMIT ${SLICE}`),
      // An address that has those of owners alone, who are a hundred at the most, can lose none.
      largest: db.prepare(`SELECT range, count FROM guest_counts INDEXED BY guest_counts_by_count WHERE range != ''
        AND EXISTS (SELECT 1 FROM devices INDEXED BY devices_by_range WHERE is_guest
          AND range = guest_counts.range AND ${NOT_AN_OWNER})
        ORDER BY count DESC LIMIT 2`),
      oldestOf: db.prepare(`SELECT hash, identity FROM devices INDEXED BY devices_by_range WHERE is_guest AND range = ?
        AND ${NOT_AN_OWNER} ORDER BY used LIMIT ?`),
      rename: db.prepare("INSERT INTO renamed_channels (before, after, time) VALUES (?, ?, ?)"),
      renamed: db.prepare(
        "SELECT after, time FROM renamed_channels WHERE before = ? AND time >= ? ORDER BY time LIMIT 1",
      ),
      trimRenamed: db.prepare(`DELETE FROM renamed_channels WHERE id <=
        (SELECT id FROM renamed_channels ORDER BY id DESC LIMIT 1 OFFSET ${MOST_RENAMED})`),
      room: db.prepare("SELECT id, key FROM room LIMIT 1"),
    };
  }

  /** What tells this room from others at the same host name: letters and digits. */
  get room(): string {
    const id = this.#store.attempt("read the room's id", () => this.#sql.room.get()?.id);
    return typeof id === "string" && /^[a-z\d]{1,32}$/.test(id) ? id : "room";
  }

  /** The key by which the room knows the secrets that it has made; undefined where it can't be read. */
  get key(): Uint8Array | undefined {
    const key = this.#store.attempt("read the room's key", () => this.#sql.room.get()?.key);
    return key instanceof Uint8Array && key.length === 32 ? key : undefined;
  }

  /** The device whose secret has this hash. One that can't be read or is damaged is reported and counts as none. */
  find(hash: string): DeviceRecord | undefined {
    if (this.#waiting.has(hash)) return this.#withChannels(this.#waiting.get(hash));
    return this.#store.attempt("read a device", () => {
      const row = this.#sql.find.get(hash);
      return row === undefined ? undefined : this.#read(row);
    });
  }

  #withChannels(waiting: Waiting | undefined): DeviceRecord | undefined {
    return waiting && { ...waiting.device, channels: channelsOf(waiting.channels)! };
  }

  #read(row: Record<string, unknown>): DeviceRecord {
    const record = toRecord(row);
    if (record === undefined) throw damaged("a device");
    return record;
  }

  /** The device of an identity by which its person left last. */
  latestOf(identity: string): DeviceRecord | undefined {
    const row = this.#store.attempt("read a device", () => this.#sql.latestOf.get(identity));
    const waiting = this.#waitingOf(identity).map((one) => this.#withChannels(one));
    const written = row === undefined || this.#waiting.has(row.hash as string) ? undefined : toRecord(row);
    return [written, ...waiting].reduce((one, other) => (other?.leftAt ?? 0) > (one?.leftAt ?? 0) ? other : one);
  }

  /** The devices of an identity, in no order and without channels. @param most How many at the most. */
  ofIdentity(identity: string, most: number): DeviceRecord[] {
    const rows = this.#store.attempt("read devices", () => this.#sql.ofIdentity.all(identity, most)) ?? [];
    const written = rows.filter(({ hash }) => !this.#waiting.has(hash as string)).map(toRecord);
    const waiting = this.#waitingOf(identity).map(({ device }) => device);
    return [...written, ...waiting].filter((device) => device !== undefined);
  }

  #waitingOf(identity: string): Waiting[] {
    return [...this.#waiting.values()].filter((one) =>
      one !== undefined && one.device.identity === identity
    ) as Waiting[];
  }

  /** Keeps a device as it is now. @returns How many bytes that takes; 0 where it can't be kept. */
  put(device: DeviceRecord): number {
    const waiting = { device: { ...device, channels: [] }, channels: channelsText(device.channels) };
    const bytes = bytesOf(waiting);
    if (this.#bytes + bytes > MOST_WAITING) return 0;
    this.#note(device.hash, waiting);
    return bytes;
  }

  /**
   * Keeps a device as it is now, at once.
   *
   * @returns How many bytes that takes.
   * @throws {StoreError} Where that can't be written.
   */
  putNow(device: DeviceRecord): number {
    const waiting = { device: { ...device, channels: [] }, channels: channelsText(device.channels) };
    this.#store.transact(() => this.#write(waiting));
    // What has waited before is older.
    if (this.#waiting.has(device.hash)) this.#note(device.hash, waiting);
    return bytesOf(waiting);
  }

  /**
   * Keeps a device in the place of another one, whose secret opens nothing any more: at once.
   *
   * @param before The hash of the other one.
   * @throws {StoreError} Where that can't be written; then nothing has changed.
   */
  replaceNow(before: string, device: DeviceRecord): void {
    this.#store.transact(() => this.replaceWithin(before, device));
    this.replaced(before);
  }

  /** The same within a transaction of `Store.transact`. When that is written, `replaced` is to be called. */
  replaceWithin(before: string, device: DeviceRecord): void {
    this.#sql.drop.run(before);
    this.#write({ device, channels: channelsText(device.channels) });
  }

  /** What has waited to be written of a device that was replaced is of no use any more. */
  replaced(before: string): void {
    if (this.#waiting.has(before)) this.#note(before, undefined);
  }

  #note(hash: string, waiting: Waiting | undefined): void {
    this.#bytes += bytesOf(waiting) - bytesOf(this.#waiting.get(hash));
    this.#waiting.set(hash, waiting);
    this.#store.changed(this);
  }

  /** Deletes a device soon. From now on it is found no more. */
  dropSoon(hash: string): void {
    this.#note(hash, undefined);
  }

  /**
   * Deletes a device at once.
   *
   * @throws {StoreError} Where that can't be written; then it is still there.
   */
  drop(hash: string): void {
    this.#store.transact(() => this.#sql.drop.run(hash));
  }

  /** Deletes the devices of an identity, or all but one, within a transaction of `Store.transact`. */
  dropOthers(identity: string, hash = ""): void {
    this.#sql.dropOthers.run(identity, hash);
  }

  /**
   * Deletes, in the next transactions, guests' devices that are unused for too long. May be called often.
   *
   * @param oldest Gives the earliest time of what may still be kept, in milliseconds since 1970; see `History.oldest`.
   */
  expire(oldest: (keep: number) => number): void {
    const unusedSince = oldest(UNUSED);
    // Where the clock was set back, so is this.
    if (Math.abs(unusedSince - this.#unusedSince) < EXPIRE_EVERY) return;
    this.#unusedSince = unusedSince;
    this.#store.goOn(this);
  }

  /** A channel has another name. @param before Folded. @param time Milliseconds since 1970. */
  moved(before: string, after: string, time: number): void {
    if (this.#renamed.length >= MOST_RENAMED) this.#renamed.shift();
    this.#renamed.push({ before, after, time });
    this.#store.goOn(this);
  }

  /** The name that a channel has now, if it was renamed since a time. @param folded Its name then. */
  nameSince(folded: string, time: number): string | undefined {
    let [name, since, found] = [folded, time, undefined as string | undefined];
    for (let step = 0; step < MOST_STEPS; step++) {
      const next = this.#store.attempt(
        "read former names of channels",
        () => this.#sql.renamed.get(name, since) as { after: string; time: number } | undefined,
      ) ?? this.#renamed.find((one) => one.before === name && one.time >= since);
      if (next === undefined || !isLineText(next.after)) return found;
      found = name = next.after;
      since = next.time;
    }
    return found;
  }

  save(): void {
    for (const [hash, waiting] of this.#waiting.takeSlice()) {
      if (waiting === undefined) this.#sql.drop.run(hash);
      else this.#write(waiting);
    }
    for (const { before, after, time } of this.#renamed) this.#sql.rename.run(before, after, time);
    if (this.#renamed.length > 0) this.#sql.trimRenamed.run();
    const unused = this.#sql.unused.all(this.#unusedSince);
    const areAllGone = this.#dropAll(unused);
    this.#isExpiring = unused.length === SLICE || !areAllGone;
    const guests = this.#countGuests();
    if (guests > this.#mostGuests) this.#trim(guests);
    this.#areTooMany = this.#countGuests() > this.#mostGuests;
  }

  #write({ device, channels }: Waiting): void {
    const { hash, id, identity, isGuest, isApp, name, created, used, address, nick, away, leftAt, stamp } = device;
    const range = addressRange(address);
    const numbers = [Number(isGuest), Number(isApp)];
    const more = [name, created, used, address, range, nick, away ?? null, channels, leftAt, stamp ?? null];
    this.#sql.put.run(hash, id, identity, ...numbers, ...more);
  }

  #countGuests(): number {
    return Number(this.#sql.count.get()?.count ?? 0);
  }

  /** The address with the most devices loses some, so that one address can't push out those of others. */
  #trim(guests: number): void {
    // A few more, so that they are not trimmed with each new one.
    const excess = guests - this.#mostGuests + Math.floor(this.#mostGuests / 200);
    const [largest, next] = this.#sql.largest.all() as { range: string; count: number }[];
    if (largest === undefined) return;
    // Where another address has nearly as many, each loses some in turn.
    const lead = Math.max(Math.ceil(largest.count / 100), largest.count - (next?.count ?? 0));
    this.#dropAll(this.#sql.oldestOf.all(largest.range, Math.min(excess, lead, SLICE)));
  }

  /** Deletes devices with what is kept of them, or some of them where that is much. @returns Whether it has deleted all. */
  #dropAll(rows: Record<string, unknown>[]): boolean {
    let items = 0;
    for (const { hash, identity } of rows) {
      if (items >= MOST_ITEMS) return false;
      const dropped = this.#dropItems(identity as string, MOST_ITEMS);
      items += dropped;
      if (dropped === MOST_ITEMS) return false;
      this.#sql.drop.run(hash as string);
      for (const drop of [this.#sql.dropMarkers, this.#sql.dropLeft]) {
        items += Number(drop.run(identity as string).changes);
      }
    }
    return true;
  }

  get hasMore(): boolean {
    return this.#waiting.size > 0;
  }

  saved(): void {
    for (const waiting of this.#waiting.written()) this.#bytes -= bytesOf(waiting);
    this.#renamed = [];
    if (this.hasMore || this.#isExpiring || this.#areTooMany) this.#store.goOn(this);
  }
}
