/**
 * Names that could be taken for another's: they are refused while the other is here, has an account, or is reserved.
 *
 * Whoever takes a name first holds it, in whatever script. What is asked for a name does not depend on how many names there
 * are: those in memory are found by their looks, and those of accounts by an index of the database.
 *
 * @module
 */

import {
  casefold,
  ERR_ERRONEUSNICKNAME,
  ERR_NICKNAMEINUSE,
  isNick,
  nameFault,
  RESERVED_NICKS,
} from "../../protocol.ts";
import { DEFAULT_CHANNEL } from "../../shared/default_channel.ts";
import type { Accounts } from "../auth/accounts.ts";
import { type Look, lookOf, NamesByLook } from "../store/looks.ts";
import type { Person } from "./person.ts";
import { ReplyError } from "./reply.ts";

/** Nicks of services elsewhere, folded. People tell these their passwords, so nobody may take them here. */
export const SERVICES: ReadonlySet<string> = new Set(
  ["nick", "chan", "memo", "oper", "host", "bot", "sasl", "hist"].map((name) => `${name}serv`),
);

const RESERVED = new NamesByLook([...RESERVED_NICKS, ...SERVICES]);

/** Channels that clients join by themselves: nobody can keep people out of these by a name that looks the same. */
const FIRST_CHANNELS = [`#${DEFAULT_CHANNEL}`];

/** One of some names, if there are any. */
function anyOf(names: Iterator<string>): string | undefined {
  return Iterator.from(names).find(() => true);
}

/** The room, as far as look-alikes need it; `Chat` is one. */
export interface LookAlikesRoom {
  find(nick: string): Person | undefined;
  readonly accounts: Accounts | undefined;
}

/** The look-alikes of a room's names. */
export class LookAlikes {
  readonly #room: LookAlikesRoom;
  /** The nicks of the persons who are here. */
  readonly nicks = new NamesByLook();

  constructor(room: LookAlikesRoom) {
    this.#room = room;
  }

  /** Throws if a nick could be taken for another's: 432 where that is reserved, else 433. @param person Who wants it. */
  requireNick(person: Person, nick: string): void {
    const refusal = this.refusal(person, nick);
    if (refusal !== undefined) throw new ReplyError(refusal.numeric, nick, refusal.why);
  }

  /**
   * Why a nick could be taken for another's; undefined if it could not. The owner of an account may have the nick of its name
   * in any case; what looks like it is their own affair.
   */
  refusal(person: Person, nick: string): { numeric: string; why: string } | undefined {
    const look = lookOf(nick);
    const reserved = anyOf(RESERVED.alike(look));
    if (reserved !== undefined) {
      return { numeric: ERR_ERRONEUSNICKNAME, why: `Erroneous nickname: ${likeServer(nick)}` };
    }
    const own = person.account === undefined ? undefined : casefold(person.account);
    if (own === casefold(nick)) return undefined;
    const isOthers = (name: string) => {
      const holder = this.#room.find(name);
      return holder !== person && (own === undefined || casefold(holder?.account ?? "") !== own);
    };
    const here = this.nicks.alike(look).find(isOthers);
    if (here !== undefined) return { numeric: ERR_NICKNAMEINUSE, why: `${nick} looks like ${here}, who is here` };
    const account = this.account(person, nick, look);
    if (account === undefined) return undefined;
    return { numeric: ERR_NICKNAMEINUSE, why: `${nick} looks like ${account}, the name of an account` };
  }

  /** Why a person can't be shown under a name: it is somebody else's nick, or looks like it; undefined if they can. */
  displayNameFault(person: Person, name: string): string | undefined {
    // As a nick it would be written so.
    const nick = name.trim().normalize("NFC").replace(/\s+/gu, "_");
    if (nameFault("nick", nick)?.kind === "reserved") return `${name} is a name that is kept for the room`;
    if (!isNick(nick)) return undefined;
    const own = [person.nick, person.account ?? ""].map(casefold);
    const holder = this.#room.find(nick)?.nick ?? this.#room.accounts?.find(nick);
    if (holder !== undefined && !own.includes(casefold(holder))) return `${name} is the name of somebody else`;
    return this.refusal(person, nick)?.why;
  }

  /**
   * The account of somebody else that a nick could be taken for. The nicks of guests who are away are free, with all that looks
   * like them: a device costs nothing, so that nicks could be taken in stock.
   */
  account(person: Person, nick: string, look: Look = lookOf(nick)): string | undefined {
    return this.#room.accounts?.alike(look, person.account);
  }
}

const likeServer = (name: string) => `${name} looks like a name that is kept for the room`;

/** The looks of a room's channels. */
export class ChannelLooks {
  /** The names of the channels that are open. */
  readonly open = new NamesByLook();
  readonly #first = new NamesByLook(FIRST_CHANNELS);

  /** The channel that one of this name could be taken for. @param but A name that does not matter, since it is given up. */
  alike(name: string, but?: string): string | undefined {
    if (FIRST_CHANNELS.includes(casefold(name))) return undefined;
    const look = lookOf(name);
    return this.open.alike(look).find((other) => other !== but) ?? anyOf(this.#first.alike(look));
  }
}
