/**
 * The nicks of accounts: their owners get them at once, and others who have one, or one that looks like it, lose it after a
 * while.
 *
 * @module
 */

import { casefold } from "../../protocol.ts";
import type { Accounts } from "../auth/accounts.ts";
import type { Event } from "./event.ts";
import type { LookAlikes } from "./look_alikes.ts";
import type { Person } from "./person.ts";
import { guestNick, ownedText, Reservations } from "./reservations.ts";

/** The room, as far as the nicks of accounts need it: a `Chat`. */
export interface NicksRoom {
  readonly accounts: Accounts | undefined;
  readonly lookAlikes: LookAlikes;
  /** See `Chat.uptime`. */
  readonly uptime: () => number;
  find(nick: string): Person | undefined;
  rename(person: Person, nick: string): void;
  serverEvent(command: string, params: string[]): Event;
}

/** Whose the nicks of accounts are. */
export class OwnedNicks {
  readonly #room: NicksRoom;
  readonly #reservations = new Reservations();

  constructor(room: NicksRoom) {
    this.#room = room;
  }

  /** Has somebody give up a nick to the owner of its account. @param person Who wants it. */
  yieldToOwner(person: Person, nick: string): void {
    const holder = this.#room.find(nick);
    const isOwner = (one: Person) => one.account !== undefined && casefold(one.account) === casefold(nick);
    if (holder && holder !== person && isOwner(person) && !isOwner(holder)) this.take(holder);
  }

  /**
   * Gives a person whose nick is, or looks like, that of an account 30 s to log in, or what others have left of them.
   *
   * @param isClaimed Whether the nick has been found to look like nobody's in this step.
   */
  check(person: Person, isClaimed = false): void {
    const { accounts, lookAlikes, uptime } = this.#room;
    const { nick } = person;
    person.reservedUntil = undefined;
    if (person.ownsNick) return this.forget(casefold(nick));
    const owned = accounts?.find(nick) ?? (isClaimed ? undefined : lookAlikes.account(person, nick));
    if (owned === undefined) return;
    const now = uptime();
    const end = this.#reservations.endOf(casefold(nick), now);
    if (now >= end) return this.take(person);
    person.reservedUntil = end;
    person.tell(this.#room.serverEvent("NOTICE", [nick, ownedText(nick, owned, end - now)]));
  }

  /** Takes the nick of an account away from somebody who had it for too long. To be called every few seconds. */
  takeOverdue(person: Person): void {
    if (person.reservedUntil !== undefined && this.#room.uptime() >= person.reservedUntil) this.check(person);
  }

  /** Takes a nick away from somebody who has not logged in to its account. */
  take(person: Person): void {
    const room = this.#room;
    person.reservedUntil = undefined;
    person.lostNick = person.nick;
    room.rename(person, guestNick((nick) => !room.find(nick) && !room.lookAlikes.refusal(person, nick)));
  }

  /** The owner of an account has its nick, or the account is no more. @param folded The nick, folded. */
  forget(folded: string): void {
    this.#reservations.forget(folded);
  }
}
