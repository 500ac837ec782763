/**
 * The entries of a channel's list of bans: making them for a person, and reading them. They are masks, and on some servers
 * extended masks (EXTBAN and ACCOUNTEXTBAN of 005), with a letter for what is special about them. Pure.
 *
 * @module
 */

import { foldName } from "../names.ts";
import type { Member } from "./members.ts";
import type { Isupport } from "./isupport.ts";
import type { Sentences } from "../sentences.ts";

/** What the extended masks of a server can say; `timed` and `mute` as in InspIRCd, UnrealIRCd and our server. */
export interface ExtendedMasks {
  /** Stands before a mask that only keeps people from talking. */
  mute?: string;
  /** Stands before a number of minutes, a colon and a mask: such a ban ends by itself. */
  timed?: string;
  /** Stands before the name of an account. */
  account?: string;
}

/** Reads what a server's extended masks can say. */
export function extendedMasksOf(isupport: Isupport): ExtendedMasks {
  const [, prefix = "", letters = ""] = /^([^,]*),(.*)$/.exec(isupport.get("EXTBAN") ?? "") ?? [];
  const accounts = isupport.get("ACCOUNTEXTBAN")?.split(",")[0];
  const account = accounts ?? (letters.includes("a") ? "a" : undefined);
  return {
    ...(letters.includes("m") ? { mute: `${prefix}m:` } : {}),
    ...(letters.includes("t") ? { timed: `${prefix}t:` } : {}),
    ...(account ? { account: `${prefix}${account}:` } : {}),
  };
}

const hostOf = ({ userhost = "" }: Partial<Member>) => userhost.slice(userhost.indexOf("@") + 1);

/**
 * The masks that cover somebody together: their account, so that another address does not help them, and their host, so that a
 * new nick or logging out does not. Where the host is not known, or others in the channel share it (as behind one router), their
 * nick stands in its place. For somebody of whom nothing is known, who may be offline, an account of that name is taken as well.
 *
 * @param members Who is in the channel; the person may be among them.
 */
export function masksToSet(person: Member, members: readonly Member[], { account }: ExtendedMasks): string[] {
  const host = hostOf(person);
  const folded = foldName(person.nick);
  const isShared = members.some((member) => hostOf(member) === host && foldName(member.nick) !== folded);
  const name = person.account ?? (host === "" ? person.nick : undefined);
  return [
    ...(name !== undefined && account !== undefined ? [account + name] : []),
    host !== "" && !isShared ? `*!*@${host}` : `${person.nick}!*@*`,
  ];
}

/** All masks, folded, that cover a person and nobody else. */
export function masksToLift(person: Member, { account }: ExtendedMasks): Set<string> {
  const { nick, userhost = "" } = person;
  const masks = [`${nick}!*@*`, nick];
  if (userhost.includes("@")) masks.push(`*!*@${hostOf(person)}`, `*!${userhost}`, `${nick}!${userhost}`);
  if (person.account !== undefined && account !== undefined) masks.push(account + person.account);
  return new Set(masks.map(foldName));
}

/** What an entry of the list says. */
export interface Ban {
  /** The mask without time and mute. */
  mask: string;
  /** Whether it only keeps people from talking. */
  isMute: boolean;
  /** For how many minutes it was set; undefined: without an end. */
  minutes?: number;
}

/** Reads an entry. What is special in another way stays in the mask. */
export function readBan(text: string): Ban {
  const [, minutes, mute, mask = ""] = /^(?:~t:(\d{1,9}):)?(~?m:)?(.*)$/s.exec(text)!;
  return { mask, isMute: mute !== undefined, ...(minutes === undefined ? {} : { minutes: Number(minutes) }) };
}

/** Whether two bans may have been set for one person together, for their account and for their place: see `masksToSet`. */
export function arePair(account: Ban, place: Ban): boolean {
  const isAccount = ({ mask }: Ban) => /^~(?:a|account):/.test(mask);
  const isPlace = ({ mask }: Ban) => /^(?:\*!\*@[^*?!@]+|[^*?!@]+!\*@\*)$/.test(mask);
  return account.isMute === place.isMute && account.minutes === place.minutes && isAccount(account) && isPlace(place);
}

/** The nick in a mask of our server's for a device, `~d:stamp/nick`: of the person for whom it was set. */
export function nickOfDevice(mask: string): string | undefined {
  return /^~d:[^/]+\/(.+)$/.exec(mask)?.[1];
}

/** Says whom a mask covers: `bob`, `everybody at 10.0.0.7`, `the account bob`; else the mask as it is. */
export function maskText(mask: string, { accountOf, everybodyAt, deviceOf }: Sentences["moderation"]): string {
  const nickBehind = nickOfDevice(mask);
  if (nickBehind !== undefined) return nickBehind;
  const [, stamp] = /^~d:([\da-z]+)$/.exec(mask) ?? [];
  if (stamp !== undefined) return deviceOf(stamp);
  const [, account] = /^~(?:a|account):(.+)$/.exec(mask) ?? [];
  if (account !== undefined) return accountOf(account);
  const [, nick, user, host] = /^([^!@]*)!([^!@]*)@([^!@]*)$/.exec(mask) ?? [];
  const isNamed = (part: string | undefined) => part !== undefined && part !== "" && !/[*?]/.test(part);
  if (isNamed(nick) && user === "*" && host === "*") return nick;
  if (nick === "*" && user === "*" && isNamed(host)) return everybodyAt(host);
  return mask;
}

/** The same of a mask of a ban from the whole server. An address, or a host, is all of the mask of whoever is there. */
export function serverMaskText(mask: string, moderation: Sentences["moderation"]): string {
  return maskText(mask.replace(/^(?:\*@)?(?=[^~@/]+$)/, "*!*@"), moderation);
}
