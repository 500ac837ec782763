/**
 * The entries of a channel's list of bans: how they are made for a person, and what one says. They are masks, and on some
 * servers extended ones (EXTBAN and ACCOUNTEXTBAN of 005), with a letter for what is special about them. Pure.
 *
 * @module
 */

import { foldName } from "../names.ts";
import type { Member } from "./members.ts";
import type { Isupport } from "./isupport.ts";
import type { Sentences } from "../sentences.ts";

/** What the extended masks of a server can say; `timed` and `mute` as InspIRCd and UnrealIRCd have them, and we. */
export interface Extended {
  /** Before a mask, so that it only keeps people from talking. */
  mute?: string;
  /** Before a number of minutes, a colon and a mask, so that it ends by itself. */
  timed?: string;
  /** Before the name of an account. */
  account?: string;
}

/** Reads what a server's extended masks can say. */
export function extendedOf(isupport: Isupport): Extended {
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
 * The masks that cover somebody together: their account, so that another address is of no use, and their host, so that a new
 * nick or logging out is of none. In place of the host, where that is not known or others in the channel share it, as behind
 * one router: their nick. Of somebody of whom nothing is known, who may be offline, an account of that name as well.
 *
 * @param members Who is in the channel, the person among them where they are.
 */
export function masksOf(person: Member, members: readonly Member[], { account }: Extended): string[] {
  const host = hostOf(person);
  const folded = foldName(person.nick);
  const isShared = members.some((member) => hostOf(member) === host && foldName(member.nick) !== folded);
  const name = person.account ?? (host === "" ? person.nick : undefined);
  return [
    ...(name !== undefined && account !== undefined ? [account + name] : []),
    host !== "" && !isShared ? `*!*@${host}` : `${person.nick}!*@*`,
  ];
}

/** Every mask, folded, that is made for a person and nobody else. */
export function masksFor(person: Member, { account }: Extended): Set<string> {
  const { nick, userhost = "" } = person;
  const masks = [`${nick}!*@*`, nick];
  if (userhost.includes("@")) masks.push(`*!*@${hostOf(person)}`, `*!${userhost}`, `${nick}!${userhost}`);
  if (person.account !== undefined && account !== undefined) masks.push(account + person.account);
  return new Set(masks.map(foldName));
}

/** What an entry of the list says. */
export interface Entry {
  /** The mask without time and mute. */
  mask: string;
  isMute: boolean;
  /** How long it was set for, in minutes; undefined: without an end. */
  minutes?: number;
}

/** Reads an entry. What is special in another way than these stays in the mask. */
export function readEntry(text: string): Entry {
  const [, minutes, mute, mask = ""] = /^(?:~t:(\d{1,9}):)?(~?m:)?(.*)$/s.exec(text)!;
  return { mask, isMute: mute !== undefined, ...(minutes === undefined ? {} : { minutes: Number(minutes) }) };
}

/** Whether two entries may have been made for the same person, for their account and for where they were: see `masksOf`. */
export function arePair(account: Entry, place: Entry): boolean {
  const isAccount = ({ mask }: Entry) => /^~(?:a|account):/.test(mask);
  const isPlace = ({ mask }: Entry) => /^(?:\*!\*@[^*?!@]+|[^*?!@]+!\*@\*)$/.test(mask);
  return account.isMute === place.isMute && account.minutes === place.minutes && isAccount(account) && isPlace(place);
}

/** Whom a mask covers, in words: `bob`, `everybody at 10.0.0.7`, `the account bob`; else the mask as it is. */
export function whom(mask: string, { accountOf, everybodyAt }: Sentences["moderation"]): string {
  const [, account] = /^~(?:a|account):(.+)$/.exec(mask) ?? [];
  if (account !== undefined) return accountOf(account);
  const [, nick, user, host] = /^([^!@]*)!([^!@]*)@([^!@]*)$/.exec(mask) ?? [];
  const isNamed = (part: string | undefined) => part !== undefined && part !== "" && !/[*?]/.test(part);
  if (isNamed(nick) && user === "*" && host === "*") return nick;
  if (nick === "*" && user === "*" && isNamed(host)) return everybodyAt(host);
  return mask;
}
