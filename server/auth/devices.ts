/**
 * Devices: pages and terminal clients that the server has given a secret, by which they come back as who they were: as the
 * same guest, or logged in to the same account. An app password is a device of an account that no client has yet.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { casefold } from "../../protocol.ts";
import type { Guesser } from "./attempt_queue.ts";
import { type Device, type DeviceSession, type NewDevice, newDevice, recordOf, type Successor } from "./device.ts";
import { hashOf, inventAppPassword, inventSecret, isMadeBy, secretOf, stampOf } from "./device_secrets.ts";
import type { Guesses } from "./guesses.ts";
import { PresentDevices } from "./present_devices.ts";
import { Renewals } from "./renewals.ts";
import { type Belongings, type DeviceRecord, KeptDevices } from "../store/devices.ts";
import { StoreError } from "../store/errors.ts";
import { deviceIdentity } from "../store/identities.ts";
import type { Store } from "../store/store.ts";

/** How many devices an account has at the most; of its guests' devices the room keeps 100,000. */
export const MOST_DEVICES = 50;

const inventId = () => randomBytes(6).toString("hex");

/** The devices of a room. */
export class Devices {
  readonly #kept: KeptDevices;
  readonly #now: () => number;
  /** Makes the marks of secrets. */
  readonly #key: Uint8Array;
  readonly #here = new PresentDevices();
  /** The new secrets of pages' devices, until the pages get them. */
  readonly renewals: Renewals;

  /** @param now The time in milliseconds since 1970. */
  constructor(store: Store, now: () => number = Date.now, kept: KeptDevices = new KeptDevices(store)) {
    this.#kept = kept;
    this.#now = now;
    this.#key = kept.key ?? randomBytes(32);
    this.renewals = new Renewals(now);
  }

  /** What tells this room from others at the same host name. */
  get room(): string {
    return this.#kept.room;
  }

  /** Whether a text is written as a secret is, so that it is worth while to look for it. */
  isSecret(text: string): boolean {
    return secretOf(text) !== undefined;
  }

  /** Makes the device of a guest. Nothing is kept of it yet; see `keep`. @param name Its name, cleaned. */
  make(name: string, address: string): NewDevice {
    const secret = inventSecret(this.#key);
    const id = inventId();
    const whose = { identity: deviceIdentity(id), isGuest: true, isApp: false };
    return { secret, device: newDevice(id, hashOf(secret), whose, { name, address }, this.#now()) };
  }

  /** Makes an app password of an account, and keeps it. Nothing where it can't be kept. @param identity The account's. */
  makeAppPassword(identity: string, name: string, address: string): NewDevice | undefined {
    const secret = inventAppPassword();
    const whose = { identity, isGuest: false, isApp: true };
    const device = newDevice(inventId(), hashOf(secretOf(secret)!), whose, { name, address }, this.#now());
    return this.#putNow(device) ? { secret, device } : undefined;
  }

  /** The device of a secret; nothing where there is none, or where the text can't be one. */
  find(text: string): Device | undefined {
    const secret = secretOf(text);
    if (secret === undefined) return undefined;
    const hash = hashOf(secret);
    const device = this.#here.get(hash) ?? this.#toDevice(this.#kept.find(hash));
    return device !== undefined && timingSafeEqual(Buffer.from(device.hash), Buffer.from(hash)) ? device : undefined;
  }

  /**
   * Whether a text is written as a secret, and is none that this room has made: whoever names it guesses. A secret that the
   * room has made may have no device, because that has ended, or because its person never came in.
   */
  isGuess(text: string): boolean {
    return this.isSecret(text) && this.find(text) === undefined && !isMadeBy(this.#key, text);
  }

  /** Whether a page that names this secret may be about to get another one in place of it. */
  isBeingReplaced(text: string): boolean {
    const secret = secretOf(text);
    return secret !== undefined && this.renewals.isReplaced(hashOf(secret));
  }

  /**
   * Finds the device of a secret for a connection. A guess waits for its turn, until it is found to be wrong; nobody else
   * waits, however many guess at the same address.
   *
   * @param refuse Called if there is no such device.
   */
  async resume(
    guesses: Guesses,
    guesser: Guesser,
    text: string,
    refuse: () => void = () => {},
  ): Promise<Device | undefined> {
    const found = this.find(text);
    if (found !== undefined) return found;
    if (isMadeBy(this.#key, text)) return void refuse();
    return await guesses.attempt(guesser, { look: () => undefined, refuse });
  }

  #toDevice(record: DeviceRecord | undefined): Device | undefined {
    return record && { ...record, sessions: new Set(), isKept: true, isEnded: false };
  }

  /**
   * A device that was found before, as all its connections know it. Two connections may have found it at once, and it may
   * have been ended or given to an account since; so this is to be asked in the step in which something follows from it.
   *
   * @returns Nothing if it has ended.
   */
  current(found: Device): Device | undefined {
    const here = this.#here.get(found.hash);
    if (here !== undefined) return here;
    if (!found.isKept) return found.isEnded ? undefined : found;
    return this.#toDevice(this.#kept.find(found.hash));
  }

  /** Notes that a connection came by a device. @returns See `current`. */
  attach(found: Device, session: DeviceSession): Device | undefined {
    this.detach(session);
    const device = this.current(found);
    if (device === undefined) return undefined;
    session.device = device;
    device.sessions.add(session);
    this.#here.add(device);
    return device;
  }

  /** Notes that a connection is over, or has nothing to do with its device any more. */
  detach(session: DeviceSession): void {
    const { device } = session;
    if (device === undefined) return;
    session.device = undefined;
    device.sessions.delete(session);
    if (device.sessions.size === 0) this.#here.delete(device);
  }

  /** Keeps a device whose person has come in, as one that was used now. @returns How many bytes that takes. */
  keep(device: Device, address: string, nick: string): number {
    const isNew = !device.isKept;
    device.used = this.#now();
    device.address = address;
    device.nick = nick;
    const bytes = this.#put(device);
    return isNew ? bytes : 0;
  }

  /** Keeps what a person had who leaves by a device. @returns How many bytes that takes. */
  noteLeft(device: Device, belongings: Omit<Belongings, "leftAt">): number {
    if (!device.isKept) return 0;
    Object.assign(device, belongings);
    device.leftAt = device.used = this.#now();
    return this.#put(device);
  }

  /**
   * What a person is given back: as they were when they last left by any device of theirs.
   *
   * @param identity The person's.
   */
  belongingsOf(identity: string): Belongings | undefined {
    const latest = this.#kept.latestOf(identity);
    if (latest === undefined) return undefined;
    const channels = latest.channels.map(({ name, keyId }) => ({
      name: this.#kept.nameSince(casefold(name), latest.leftAt) ?? name,
      keyId,
    }));
    return { ...latest, channels };
  }

  /** The nick that an identity's person had when they last left, by any device of theirs; nothing where none is known. */
  lastNick(identity: string): string | undefined {
    return this.#kept.latestOf(identity)?.nick;
  }

  /** Whether a device has connections now. */
  isHere({ hash }: DeviceRecord): boolean {
    return this.#here.has(hash);
  }

  /** The devices of an identity, those that were used last first. One that is here is used now. */
  ofIdentity(identity: string): DeviceRecord[] {
    const now = this.#now();
    return this.#kept.ofIdentity(identity, 2 * MOST_DEVICES)
      .map((device) => this.isHere(device) ? { ...device, used: now } : device)
      .sort((a, b) => b.used - a.used || b.created - a.created);
  }

  /**
   * What is to take the place of a device: it has another secret, and perhaps belongs to somebody else. A secret belongs to one
   * identity, or whoever had the device before would be whoever has it next. Nothing has changed yet; see `succeed`.
   */
  successor(before: Device, change: Partial<Device> = {}): Successor {
    const secret = inventSecret(this.#key);
    const more = { stamp: stampOf(before), hash: hashOf(secret), sessions: new Set<DeviceSession>() };
    return { before, secret, device: { ...before, ...change, ...more } };
  }

  /**
   * Has a device take the place of the one before, which has ended, in this step. To be called when that is written, or is about
   * to be.
   *
   * @param session The connection that goes on by it.
   * @returns The other connections of the one before, which came by its secret and are to be closed.
   */
  succeed({ before, device }: Successor, session: DeviceSession): DeviceSession[] {
    const left = [...before.sessions].filter((one) => one !== session);
    this.#kept.replaced(before.hash);
    // One that has ended already stays so: nothing is kept of it.
    if (!device.isEnded) this.#ended(before);
    this.detach(session);
    session.device = device;
    device.sessions.add(session);
    if (device.isEnded) return left;
    this.#here.add(device);
    return left;
  }

  /** Writes at once that a device has taken the place of the one before. @throws {StoreError} Then nothing has changed. */
  #replaceNow({ before, device }: Successor): void {
    if (before.isKept && !before.isEnded) this.#kept.replaceNow(before.hash, recordOf(device));
  }

  /** The same soon. */
  #replaceSoon({ before, device }: Successor): void {
    if (!before.isKept || before.isEnded) return;
    this.#kept.dropSoon(before.hash);
    this.#put(device);
  }

  /**
   * Makes a device that has another secret, and takes the place of the one before; it is written. `succeed` is to follow.
   *
   * @throws {StoreError} Where that can't be written; then nothing has changed.
   */
  renew(before: Device): Successor {
    const successor = this.successor(before);
    this.#replaceNow(successor);
    return successor;
  }

  /**
   * Gives a device to an account, with another secret: `succeed` is to follow. If the account has too many, the one that was not
   * used for the longest gives way, but never an app password.
   *
   * @param identity The account's, which has the device not yet; it may have been that of the device's guest.
   * @returns What takes its place, unless the account has no room; and what has given way.
   */
  give(device: Device, identity: string): { successor?: Successor; ended?: Device | undefined } {
    const { hasRoom, ended } = this.makeRoom(identity);
    if (!hasRoom) return {};
    const successor = this.successor(device, { identity, isGuest: false });
    this.#replaceSoon(successor);
    return { successor, ended };
  }

  /**
   * Makes room for one more device of an account.
   *
   * @param identity The account's.
   * @param but A device that does not give way.
   * @returns Whether there is room, and what has given way.
   */
  makeRoom(identity: string, but?: DeviceRecord): { hasRoom: boolean; ended?: Device | undefined } {
    const all = this.ofIdentity(identity);
    if (all.length < MOST_DEVICES) return { hasRoom: true };
    const last = all.findLast(({ isApp, hash }) => !isApp && hash !== but?.hash);
    return last === undefined ? { hasRoom: false } : { hasRoom: true, ended: this.#endSoon(last) };
  }

  #endSoon(record: DeviceRecord): Device {
    this.#kept.dropSoon(record.hash);
    return this.#ended(record);
  }

  /** A device that was ended, as all its connections know it. */
  #ended(record: DeviceRecord): Device {
    const device = this.#here.get(record.hash) ?? this.#toDevice(record)!;
    device.isEnded = true;
    device.isKept = false;
    this.#here.delete(device);
    return device;
  }

  /**
   * Takes a device from whoever had it, and gives it another secret: it is that of a guest whom nobody knows yet. `succeed` is
   * to follow.
   *
   * @returns What takes its place; and whether that is written: if not, the device may be as it was after a restart.
   */
  release(device: Device): { successor: Successor; isWritten: boolean } {
    const id = inventId();
    const nobody = { id, identity: deviceIdentity(id), isGuest: true, channels: [], away: undefined, leftAt: 0 };
    const successor = this.successor(device, nobody);
    try {
      this.#replaceNow(successor);
      return { successor, isWritten: true };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#replaceSoon(successor);
      return { successor, isWritten: false };
    }
  }

  /**
   * Ends a device of an account.
   *
   * @returns The device as its connections know it.
   * @throws {StoreError} Where that can't be written; then it has not ended.
   */
  end(record: DeviceRecord): Device {
    this.#kept.drop(record.hash);
    return this.#ended(record);
  }

  /**
   * Ends the devices of an account, or all but one, in a transaction that others have begun. When that is written, what
   * `endedOf` gives is to be told.
   *
   * @param successor What takes the place of that one, by which `succeed` is to follow.
   */
  endOthers(identity: string, but?: DeviceRecord, successor?: Successor): void {
    this.#kept.dropOthers(identity, but?.hash);
    if (successor?.device.isKept) this.#kept.replaceWithin(successor.before.hash, recordOf(successor.device));
  }

  /** Notes that the devices of an account, or all but one, were ended. Gives those that are here. */
  endedOf(identity: string, but?: DeviceRecord): Device[] {
    const here = this.#here.ofIdentity(identity).filter(({ hash }) => hash !== but?.hash);
    return here.map((device) => this.#ended(device));
  }

  /** A channel has another name. @param before Folded, as is `after`. */
  moved(before: string, after: string): void {
    this.#kept.moved(before, after, this.#now());
  }

  /** Forgets guests' devices that are unused for too long. @param oldest See `KeptDevices.expire`. */
  expire(oldest: (keep: number) => number): void {
    this.#kept.expire(oldest);
  }

  /** Keeps a device that has not ended, at once. @returns Whether that could be written. */
  #putNow(device: Device): boolean {
    try {
      this.#kept.putNow(recordOf(device));
    } catch (error) {
      if (error instanceof StoreError) return false;
      throw error;
    }
    return device.isKept = true;
  }

  /** Keeps a device, if it has not ended. @returns How many bytes that takes. */
  #put(device: Device): number {
    const bytes = device.isEnded ? 0 : this.#kept.put(recordOf(device));
    if (bytes > 0) device.isKept = true;
    return bytes;
  }
}
