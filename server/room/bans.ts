/**
 * Bans from the whole room (GLINE): by address, by user and host, or by account; until when, and why.
 *
 *     10.0.0.7, 2001:db8::/64, 10.0.0.0/8     an address or a network, in one spelling
 *     user@host                                with * and ?, or with a network in place of the host
 *     ~a:account                               whoever logs in to it, from anywhere
 *
 * @module
 */

import { casefold, ERR_YOUREBANNEDCREEP } from "../../protocol.ts";
import { matches } from "./mask.ts";
import { accountSource } from "./masklist.ts";
import { isIn, type Network, networkText, parseAddress, parseNetwork } from "../wire/networks.ts";
import type { Origin } from "./origin.ts";
import type { Person } from "./person.ts";
import { KeptServerBans, type ServerBanRecord } from "../store/server_bans.ts";
import type { Store } from "../store/store.ts";
import { inSlices, type Pace } from "../turns/slices.ts";

/** How many bans there may be. Each is compared with everybody who comes. */
export const MOST_BANS = 500;

/** The most bytes of a mask and of a reason. */
export const BAN_BYTES = { mask: 100, reason: 200 } as const;

/** A network has at least so many bits, of an IPv4 and of an IPv6 address; other masks have at least so many letters or digits. */
const BROADEST = { v4: 96 + 8, v6: 16, letters: 3 };

/** What a mask covers. */
export interface ServerMask {
  /** Its one spelling. */
  text: string;
  /** Users, with `*` and `?`; all where left out. */
  user?: string;
  network?: Network;
  /** Hosts, with `*` and `?`. */
  host?: string;
  account?: string;
}

/** Somebody who has connected, and may be covered. */
export type Subject = Pick<Person, "user" | "host" | "address" | "account">;

/** One ban. */
export interface ServerBan extends Omit<ServerBanRecord, "mask"> {
  mask: ServerMask;
}

/** Whether nothing but wildcards stands for a user. */
function isAnyone(user: string): boolean {
  return /^\*+$/.test(user);
}

/**
 * Reads a mask.
 *
 * @returns Nothing if it is no mask, too long, or so broad that it would cover a large part of the world.
 */
export function parseServerMask(written: string): ServerMask | undefined {
  const text = casefold(written).replace(/^\*!/, "");
  if (new TextEncoder().encode(text).length > BAN_BYTES.mask || /[\s!]/.test(text)) return undefined;
  const letters = (part: string) => part.replace(/[^\p{L}\p{Nd}]/gu, "").length;
  if (text.startsWith(accountSource(""))) {
    const account = text.slice(accountSource("").length);
    const isBroad = /[*?]/.test(account) && letters(account) < BROADEST.letters;
    return account === "" || isBroad ? undefined : { text, account };
  }
  const at = text.lastIndexOf("@");
  const [user, host] = at < 0 ? ["*", text] : [text.slice(0, at) || "*", text.slice(at + 1)];
  const restOfMask = isAnyone(user) ? {} : { user };
  const before = isAnyone(user) ? "" : `${user}@`;
  const network = parseNetwork(host);
  if (network !== undefined) {
    const { first, bits } = network;
    const isBroad = bits < (first >> 32n === 0xFFFFn ? BROADEST.v4 : BROADEST.v6);
    return isBroad ? undefined : { text: before + networkText(network), network, ...restOfMask };
  }
  if (host === "" || /^:|\//.test(before + host) || letters(host) + letters(user) < BROADEST.letters) return undefined;
  return { text: `${before || "*@"}${host}`, host, ...restOfMask };
}

/** The mask of an account. */
export function accountMask(account: string): ServerMask {
  const folded = casefold(account);
  return { text: accountSource(folded), account: folded };
}

/** Whether a mask covers somebody. @param address The subject's address, as a number. */
function coversAddress({ user, network, host, account }: ServerMask, subject: Subject, address: bigint | undefined) {
  if (account !== undefined) return subject.account !== undefined && matches(account, subject.account);
  if (user !== undefined && !matches(user, subject.user)) return false;
  if (network !== undefined) return address !== undefined && isIn(address, network);
  return matches(host!, subject.address) || matches(host!, subject.host);
}

/** Whether a mask covers somebody. */
export function covers(mask: ServerMask, subject: Subject): boolean {
  return coversAddress(mask, subject, parseAddress(subject.address));
}

/** Whether a mask covers a person, by the address of any of their sessions. */
export function coversPerson(mask: ServerMask, { user, host, account, addresses }: Person): boolean {
  return addresses.some((address) => covers(mask, { user, host, account, address }));
}

/** The bans of a room. */
export class ServerBans {
  readonly #kept: KeptServerBans | undefined;
  readonly #now: () => number;
  readonly #setBack: () => number;
  readonly #bans = new Map<string, ServerBan>();

  /**
   * @param store Where they are kept; when left out, they last as long as the room is open.
   * @param setBack Gives by how much their ends have gone back; see `Endings.setBack`.
   */
  constructor(store?: Store, now: () => number = Date.now, setBack: () => number = () => 0) {
    this.#now = now;
    this.#setBack = setBack;
    if (store === undefined) return;
    this.#kept = new KeptServerBans(store);
    this.#kept.restore(MOST_BANS, ({ mask: text, endsAt, ...rest }) => {
      const mask = parseServerMask(text);
      if (mask !== undefined) this.#bans.set(mask.text, { mask, endsAt: endsAt && endsAt - setBack(), ...rest });
      return mask !== undefined;
    });
  }

  /** The bans that have not ended. */
  get all(): ServerBan[] {
    this.expire();
    return [...this.#bans.values()];
  }

  /** The ban that covers somebody, if any. Before registration nobody has a user. */
  find(subject: Subject): ServerBan | undefined {
    if (this.#bans.size === 0) return undefined;
    const now = this.#now();
    const address = parseAddress(subject.address);
    return this.#bans.values().find(({ mask, endsAt }) =>
      (endsAt === 0 || endsAt > now) && coversAddress(mask, subject, address)
    );
  }

  has({ text }: ServerMask): boolean {
    return this.#bans.has(text);
  }

  /** Adds a ban, in place of one with the same mask. */
  add(ban: ServerBan): void {
    this.#bans.set(ban.mask.text, { ...ban });
    const { mask: { text: mask }, endsAt } = ban;
    this.#kept?.put({ ...ban, mask, endsAt: endsAt && endsAt + this.#setBack() });
  }

  /** Ends a ban. False if there is none with that mask. */
  remove({ text }: ServerMask): boolean {
    const isThere = this.#bans.delete(text);
    if (isThere) this.#kept?.drop(text);
    return isThere;
  }

  /** Moves the ends of the bans, since the clock was set. They are kept as they were. @param by Milliseconds. */
  move(by: number): void {
    for (const ban of this.#bans.values()) if (ban.endsAt !== 0) ban.endsAt += by;
  }

  /** Removes the bans whose time is over. */
  expire(): void {
    const now = this.#now();
    for (const { mask, endsAt } of this.#bans.values()) if (endsAt !== 0 && endsAt <= now) this.remove(mask);
  }
}

/** Until when a ban holds, in words. */
export function untilWhen({ endsAt }: ServerBan): string {
  return endsAt === 0 ? "for ever" : `until ${new Date(endsAt).toUTCString()}`;
}

/** Ends all sessions of a person who is banned, and says why (465, modern.ircdocs.horse/#erryourebannedcreep-465). */
export function turnAway(origin: Origin, person: Person, ban: ServerBan): void {
  const why = `${untilWhen(ban)}: ${ban.reason}`;
  person.tell(origin.event(ERR_YOUREBANNEDCREEP, [person.nick, `You are banned from this server ${why}`]));
  person.close(`Banned ${why}`);
}

/**
 * Ends the sessions of many persons who are banned, in slices, since all who share a channel are told of each. Whoever sends a line
 * before their turn has come is put out then.
 */
export function turnAwayAll(
  { origin, pace }: { origin: Origin; pace: Pace },
  banned: Iterable<[Person, ServerBan]>,
): void {
  const all = [...banned].map(([person, ban]) => person.putOut = () => turnAway(origin, person, ban));
  const steps = function* () {
    for (const putOut of all) yield putOut();
  };
  void inSlices(pace, steps(), (error) => origin.reportFailure("cannot put out who is banned", error));
}

/** Ends the sessions of a person whom a ban covers. True if one does. */
export function turnAwayIfBanned(origin: Origin, bans: ServerBans, person: Person): boolean {
  const ban = bans.find(person);
  if (ban !== undefined) turnAway(origin, person, ban);
  return ban !== undefined;
}
