/**
 * By which masks a channel's lists name one person: by what lasts, so that another nick, another connection and a logout do
 * not help them.
 *
 *     ~a:account             their account, if they are logged in
 *     ~d:stamp/nick          the devices by which they came, if they did
 *     *!*@host               without a device: where they come from, if nobody else does; of IPv6 the /64
 *     nick!*@host            where others come from there, too; then this stay is named as well, by `~d:stamp/nick`
 *
 * @module
 */

import { casefold, fits } from "../../protocol.ts";
import { addressRange } from "../wire/address.ts";
import { loopback, machineRange } from "../wire/networks.ts";
import type { Chat } from "./chat.ts";
import { BOUNDS } from "./isupport.ts";
import { completeMask } from "./mask.ts";
import { accountSource, deviceSource, type MaskEntry, MOST_MINUTES } from "./masklist.ts";
import { Person } from "./person.ts";
import type { FormerNick } from "./whowas.ts";
import { isNickOf } from "./restrictions.ts";

/** How many devices and stays are named, those of the person first, then those of others who are logged in to the account. */
const MOST_DEVICES = 4;

/** The most bytes of a mask that gets the longest time before it, and a mute. */
const MOST_BYTES = BOUNDS.maskBytes - `~t:${MOST_MINUTES}:~m:`.length;

/** What a mask names a person by; `name` is the nick of nobody who is known. */
export type Basis = "account" | "device" | "address" | "nick" | "connection" | "name";

/** A mask that names a person, and by what. */
export interface PersonMask {
  text: string;
  basis: Basis;
}

/** Whether several persons are known to come from an address: this machine, a gateway that does not tell whom it stands for. */
function isCommon(chat: Chat, address: string): boolean {
  return loopback.has(address) || chat.gateways?.has(address) === true;
}

/**
 * The masks that name a person who is here, or was. In steps, since everybody who is here may be looked at. Where no device
 * tells who it is, a stamp for this stay does.
 */
export function* masksOf(chat: Chat, person: Person | FormerNick): Generator<void, PersonMask[]> {
  const { nick, account, hasDevice } = person;
  const masks: PersonMask[] = account === undefined ? [] : [{ text: accountSource(account), basis: "account" }];
  const place: PersonMask[] = [];
  if (!hasDevice) {
    const isCommon = yield* isShared(chat, person);
    const host = placeOf(person);
    const text = `${nick}!*@${host}`;
    if (!isCommon) place.push({ text: `*!*@${host}`, basis: "address" });
    else place.push({ text: fits(text, MOST_BYTES) ? text : `${nick}!*@*`, basis: "nick" });
  }
  const others = [...chat.logins.get(casefold(account ?? "")) ?? []].filter((other) => other !== person);
  const stamps: { stamp: string; basis: Basis }[] = [];
  for (const one of [person, ...others]) {
    // Who is alone at an address is named by that.
    if (one === person && place[0]?.basis === "address") continue;
    const basis = one.hasDevice ? "device" : "connection";
    for (const stamp of one instanceof Person ? one.stamp() : one.stamps) stamps.push({ stamp, basis });
  }
  for (const { stamp, basis } of stamps.slice(0, MOST_DEVICES)) {
    masks.push({ text: `${deviceSource(stamp)}/${nick}`, basis });
  }
  return [...masks, ...place];
}

/** Where a person comes from, as a mask names it: of an IPv6 address the /64, in which a machine has as many as it likes. */
function placeOf({ host, address }: Person | FormerNick): string {
  return host === address ? machineRange(address) ?? host : host;
}

/** The mask of everybody at an address or a host name. */
export function maskOfHost(host: string): string {
  return `*!*@${machineRange(host) ?? host}`;
}

/** Whether others come from where a person does. Further sessions of the same account are the same person. */
function* isShared(chat: Chat, { address, host, account, nick }: Person | FormerNick): Generator<void, boolean> {
  if (isCommon(chat, address)) return true;
  const range = addressRange(address);
  const isSame = (other: Person) => account !== undefined && isNickOf(account, other.account);
  for (const other of [...chat.persons.values()]) {
    const isThere = other.address === address || other.host === host || addressRange(other.address) === range;
    if (isThere && !isNickOf(nick, other.nick) && !isSame(other)) return true;
    yield;
  }
  return false;
}

/** Whether a text is a mask, an extended one (`~a:bob`) among them, rather than a nick or an address. */
export function isMask(text: string): boolean {
  return /^~|[!@*?]/.test(text);
}

/** Whether a text is an address or a host name, rather than a nick: nicks hold neither dots nor colons. */
export function isHost(text: string): boolean {
  return !isMask(text) && /[.:]/.test(text);
}

/** The masks that cover a person of a nick who is not here, of whom nothing else is known. */
export function masksOfNick({ accounts }: Chat, nick: string): PersonMask[] {
  const account = accounts?.find(nick);
  const named: PersonMask = { text: completeMask(nick), basis: "name" };
  return account === undefined ? [named] : [{ text: accountSource(account), basis: "account" }, named];
}

/**
 * Those of some entries that were set for a person: under the nick that is named, or with a mask that names the person who has
 * that nick now, and nobody else. Entries that were set together are given together.
 *
 * @param person Who has the nick now.
 */
export function entriesFor(entries: readonly MaskEntry[], nick: string, person: Person | undefined): MaskEntry[] {
  const names = person === undefined ? [`${nick}!*@*`, accountSource(nick)] : [
    `*!*@${person.host}`,
    maskOfHost(person.address),
    `*!*@${person.address}`,
    `*!${person.user}@${person.host}`,
    person.source,
    ...person.sources,
  ];
  const own = new Set(names.map(casefold));
  const isOfNick = (pattern: string) => pattern.startsWith(`${casefold(nick)}!`);
  const found = entries.filter(({ cause, pattern }) => {
    const folded = casefold(pattern);
    return isNickOf(nick, cause?.nick) || own.has(folded) || isOfNick(folded);
  });
  const isTogether = (one: MaskEntry, other: MaskEntry) =>
    one.cause?.nick !== undefined && one.cause.nick === other.cause?.nick && one.by === other.by && one.at === other.at;
  return entries.filter((entry) => found.some((one) => one === entry || isTogether(one, entry)));
}
